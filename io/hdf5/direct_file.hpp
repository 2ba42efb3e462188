// SPDX-License-Identifier: BSD-3-Clause
// Writes large pieces of an existing file past the page cache, while the caller makes the next piece: whole
// pages by O_DIRECT from a writer thread. Meant for contiguous HDF5 datasets whose place HDF5 has already
// given out (h5::contiguous_offset): the network's columns are written once and are larger than what a page
// cache should hold. Where the file system knows no direct writes, and for short pieces, the ordinary way is
// taken.
//
// Ranks may sit on several nodes, and clients of NFS that write into the same page lose each other's bytes.
// So a rank writes only pages that lie in its pieces as a whole; the bytes at the ragged ends go to rank 0,
// which made the file and writes them when all are done (close_together). Pieces of different ranks must not
// overlap.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/files/descriptor.hpp"

namespace striate::io {

/// Bytes of a page that a piece does not fill.
struct RaggedBytes {
  std::uint64_t offset = 0;  ///< in the file
  std::vector<std::byte> bytes;
};

class DirectFile {
 public:
  /// Throws SystemError if the file cannot be opened for writing.
  explicit DirectFile(const std::filesystem::path& path);
  ~DirectFile();  ///< without close(): what is queued may be lost
  DirectFile(const DirectFile&) = delete;
  DirectFile& operator=(const DirectFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes `count` values at byte `offset`, a multiple of sizeof(T). fill(first, span<T>) makes values
  /// [first, first + span.size()), called for ascending consecutive pieces. What follows the piece before it
  /// continues that one's last page. Throws SystemError if an earlier
  /// piece could not be written.
  template <class T, class Fill>
  void write(std::uint64_t offset, std::uint64_t count, Fill fill) {
    for (std::uint64_t first = 0; first < count;) {
      const auto [bytes, room] = begin_block(offset + first * sizeof(T));
      const auto values = std::min<std::uint64_t>(count - first, room / sizeof(T));
      fill(first, std::span<T>(reinterpret_cast<T*>(bytes), values));
      end_block(values * sizeof(T));
      first += values;
    }
  }

  /// Waits until all whole pages are written; throws SystemError if anything was not. Returns what is left to
  /// be written (write_ragged).
  [[nodiscard]] std::vector<RaggedBytes> close();

 private:
  struct FreeAligned {
    void operator()(std::byte* bytes) const;
  };
  struct Block {
    std::unique_ptr<std::byte, FreeAligned> bytes;
    std::uint64_t file_offset = 0;  ///< of `bytes`, a multiple of the page
    std::uint64_t begin = 0, end = 0;  ///< filled part
  };
  struct Room {
    std::byte* bytes;
    std::uint64_t size;
  };

  Room begin_block(std::uint64_t offset);
  void end_block(std::uint64_t size);
  void flush();
  void stop();
  void work();
  void write_out(const Block& block);
  void write_range(int descriptor, const Block& block, std::uint64_t begin, std::uint64_t end);
  void keep(const Block& block, std::uint64_t begin, std::uint64_t end);

  std::filesystem::path path_;
  Descriptor buffered_, direct_;
  std::vector<RaggedBytes> ragged_;  ///< the writer thread's, until it has ended
  Block current_;  ///< filled up to its end, and further where the next piece follows
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Block> free_;
  std::deque<Block> full_;
  bool stopping_ = false;
  std::exception_ptr error_;
  std::thread writer_;
};

/// The ordinary way. Throws SystemError.
void write_ragged(const std::filesystem::path& path, const std::vector<RaggedBytes>& pieces);

/// The end of what all ranks have written into one file: waits for the pages of each, lets rank 0 write the
/// ragged ends of all, and lets the last rank look whether the file has `size` bytes for it, too. Collective.
/// Throws SystemError.
void close_together(DirectFile& file, std::uint64_t size, const core::Comm& comm);

}  // namespace striate::io
