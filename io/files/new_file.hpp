// SPDX-License-Identifier: BSD-3-Clause
// Files as they are made and brought to the disk, by POSIX calls whose answers are all looked at. Whoever
// writes results uses io/text/atomic_file.hpp, which knows the names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "io/files/descriptor.hpp"

namespace striate::io {

/// Makes `path` and opens it for writing. It must be nobody's: what an earlier attempt of this run left there
/// goes first. A link is never written through. Throws SystemError.
Descriptor make_new_file(const std::filesystem::path& path);
/// Opens a file that this run or the one it continues has made; what lies behind its first `size` bytes goes.
/// Throws SystemError.
Descriptor continue_file(const std::filesystem::path& path, std::uint64_t size);
/// Writes all of `bytes` into `file`, that of `path`. Throws SystemError.
void write_at(const Descriptor& file, const std::filesystem::path& path, std::uint64_t offset,
              std::string_view bytes);
/// Tells what a destructor would have to swallow. Throws SystemError.
void close(Descriptor& file, const std::filesystem::path& path);

/// A new file that one rank writes from its beginning to its end, or at places of its own choice.
class NewFile {
 public:
  explicit NewFile(const std::filesystem::path& path) : path_(path), file_(make_new_file(path)) {}
  ~NewFile();  ///< without close(): something failed, and the file goes
  NewFile(NewFile&&) = default;
  NewFile& operator=(NewFile&&) = delete;
  const std::filesystem::path& path() const { return path_; }
  /// Behind what was appended before. Throws SystemError, as all of these.
  void append(std::string_view bytes);
  void write_at(std::uint64_t offset, std::string_view bytes) { io::write_at(file_, path_, offset, bytes); }
  /// Needed after writing.
  void close() { io::close(file_, path_); }

 private:
  std::filesystem::path path_;
  Descriptor file_;
  std::uint64_t end_ = 0;
};

/// Makes room on the disk for the first `size` bytes of a file that is there, as far as its file system can.
/// Throws SystemError.
void reserve_bytes(const std::filesystem::path& path, std::uint64_t size);

/// Unfinished files that are gone at the end of a block: they have been renamed, or something failed.
class GoneAtEnd {
 public:
  explicit GoneAtEnd(std::vector<std::filesystem::path> files) : files_(std::move(files)) {}
  ~GoneAtEnd();
  GoneAtEnd(const GoneAtEnd&) = delete;
  GoneAtEnd& operator=(const GoneAtEnd&) = delete;

 private:
  std::vector<std::filesystem::path> files_;
};

/// Returns when what was written through `file`, that of `path`, is on the disk. Throws SystemError.
void sync(const Descriptor& file, const std::filesystem::path& path);
/// Returns when the contents of these files are on the disk. Throws SystemError.
void sync_files(std::span<const std::filesystem::path> files);
/// Returns when the names in a folder are on the disk ("" is the working directory).
void sync_folder(const std::filesystem::path& folder);

/// Writes the contents of a file into a device or FIFO, which stays what it is. Throws SystemError, also
/// where nobody reads any more.
void copy_into_stream(const std::filesystem::path& file, const std::filesystem::path& stream);

}  // namespace striate::io
