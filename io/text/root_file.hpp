// SPDX-License-Identifier: BSD-3-Clause
// A file that only root has open, at places of its own choice: what all ranks have to tell goes through one
// writer, which cannot damage pages that it shares with another on network file systems.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace striate::io {

class RootFile {
 public:
  RootFile() = default;  ///< closed, as on the other ranks
  /// `flags`: of open(2), besides O_WRONLY and O_CLOEXEC. Throws SystemError, as all but the destructor.
  RootFile(const std::filesystem::path& path, int flags);
  ~RootFile();  ///< without close(): errors are swallowed
  RootFile(RootFile&& other) noexcept { swap(other); }
  RootFile& operator=(RootFile&& other) noexcept {
    swap(other);
    return *this;
  }

  bool is_open() const { return descriptor_ >= 0; }
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  void set_length(std::uint64_t bytes);
  /// To the disk itself.
  void sync();
  /// Does nothing where it is closed already.
  void close();

 private:
  void swap(RootFile& other) noexcept;
  void require(bool success, const char* what) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace striate::io
