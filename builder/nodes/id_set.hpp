// SPDX-License-Identifier: BSD-3-Clause
// A set of small integers that is filled in any order and emptied in ascending order: for a few hundred of
// some 10^5 ids cheaper than sorting, and repeated insertion is harmless. Two levels of bits, so that
// emptying touches only words in use.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace striate::builder {

class IdSet {
 public:
  explicit IdSet(std::size_t largest_count)
      : bits_(largest_count / 64 + 1, 0), used_(bits_.size() / 64 + 1, 0) {}

  void insert(std::uint32_t id) {
    const std::uint32_t word = id >> 6;
    bits_[word] |= std::uint64_t{1} << (id & 63);
    used_[word >> 6] |= std::uint64_t{1} << (word & 63);
  }
  bool contains(std::uint32_t id) const { return (bits_[id >> 6] >> (id & 63) & 1) != 0; }

  /// Calls visit(id) in ascending order and leaves the set empty.
  template <class Visit>
  void drain(Visit visit) {
    for (std::size_t block = 0; block < used_.size(); ++block) {
      for (std::uint64_t words = used_[block]; words != 0; words &= words - 1) {
        const auto word = block * 64 + static_cast<std::size_t>(std::countr_zero(words));
        for (std::uint64_t bits = bits_[word]; bits != 0; bits &= bits - 1)
          visit(static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits))));
        bits_[word] = 0;
      }
      used_[block] = 0;
    }
  }

 private:
  std::vector<std::uint64_t> bits_, used_;
};

}  // namespace striate::builder
