// SPDX-License-Identifier: BSD-3-Clause
// Which HDF5 files have been walked through, in this process and before it. A file is known by its place on
// the file system, size and times, so one that was replaced or changed is unknown. Between processes the file
// $XDG_CACHE_HOME/striate/walked_hdf5_VERSION (or ~/.cache/striate/…) remembers; where there is no such
// folder or it cannot be written, nothing does, and nothing but time is lost.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>

namespace striate::io::h5 {

struct FileIdentity {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t modified_ns = 0, changed_ns = 0;
  auto operator<=>(const FileIdentity&) const = default;
};
std::optional<FileIdentity> identity_of(const std::filesystem::path& file);

class ProbedFiles {
 public:
  bool knows(const FileIdentity& file);
  /// Without `lasting` in this process only. A file that changed a moment ago may change again without its
  /// times telling, and is not remembered longer either.
  void add(const FileIdentity& file, bool lasting);

 private:
  std::set<FileIdentity> known_;
  bool read_ = false;
};

}  // namespace striate::io::h5
