// SPDX-License-Identifier: BSD-3-Clause
// Ids of nodes by their position in a file. Nearly all files number nodes 0, 1, …; such ids take no memory,
// which counts where each of many ranks knows all nodes. Copies share what there is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <ranges>
#include <vector>

namespace striate::io {

/// At most 2^32 - 1.
class NodeIds {
 public:
  NodeIds() = default;
  /// 0 to count - 1.
  static NodeIds counted(std::size_t count) {
    NodeIds ids;
    ids.size_ = count;
    return ids;
  }
  NodeIds(std::vector<std::uint64_t> ids) : size_(ids.size()) {
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (ids[i] != i) {
        listed_ = std::make_shared<const std::vector<std::uint64_t>>(std::move(ids));
        return;
      }
  }

  std::size_t size() const { return size_; }
  /// Whether they are 0 to size() - 1, in order.
  bool are_counted() const { return !listed_; }
  std::uint64_t operator[](std::size_t position) const { return listed_ ? (*listed_)[position] : position; }
  /// A range of them all.
  auto all() const {
    return std::views::iota(std::uint32_t{0}, static_cast<std::uint32_t>(size_)) |
           std::views::transform([this](std::uint32_t position) { return (*this)[position]; });
  }
  bool operator==(const NodeIds& other) const { return std::ranges::equal(all(), other.all()); }

 private:
  std::size_t size_ = 0;
  std::shared_ptr<const std::vector<std::uint64_t>> listed_;  ///< null: counted
};

}  // namespace striate::io
