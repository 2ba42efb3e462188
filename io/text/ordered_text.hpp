// SPDX-License-Identifier: BSD-3-Clause
// A text file that all ranks write and only root has open: making the text is the slow part, and one writer
// cannot damage pages that it shares with another on network file systems.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "core/ranks/comm.hpp"
#include "io/files/new_file.hpp"

namespace striate::io {

/// All of it is collective, and throws SystemError.
class OrderedText {
 public:
  /// `path` is a temporary name; see io/text/atomic_file.hpp.
  OrderedText(const std::filesystem::path& path, const core::Comm& comm);
  /// Behind what there is: every rank's text, in the order of the ranks.
  void append(std::string_view own);
  void close();

 private:
  core::Comm comm_;
  std::optional<NewFile> file_;  ///< root's
  std::uint64_t end_ = 0;
};

}  // namespace striate::io
