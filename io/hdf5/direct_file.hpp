// SPDX-License-Identifier: BSD-3-Clause
// Writes large pieces of an existing file past the page cache, while the caller makes the next piece: whole
// pages by O_DIRECT from a writer thread, the first and last page of a piece (which a neighbour may share)
// the ordinary way. Meant for contiguous HDF5 datasets whose place HDF5 has already given out
// (h5::contiguous_offset): the network's columns are written once and are larger than what a page cache
// should hold. Where the file system knows no direct writes, everything goes the ordinary way. Pieces of
// different ranks must not overlap.
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

namespace striate::io {

class DirectFile {
 public:
  /// Throws SystemError if the file cannot be opened for writing.
  explicit DirectFile(const std::filesystem::path& path);
  ~DirectFile();  ///< without close(): what is queued may be lost
  DirectFile(const DirectFile&) = delete;
  DirectFile& operator=(const DirectFile&) = delete;

  /// Writes `count` values at byte `offset`, a multiple of sizeof(T). fill(first, span<T>) makes values
  /// [first, first + span.size()), called for ascending consecutive pieces. Throws SystemError if an earlier
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

  /// Waits until all is written; throws SystemError if anything was not.
  void close();

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
  void stop();
  void work();
  void write_out(const Block& block);
  void write_range(int descriptor, const Block& block, std::uint64_t begin, std::uint64_t end);

  std::filesystem::path path_;
  int buffered_ = -1, direct_ = -1;
  Block current_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Block> free_;
  std::deque<Block> full_;
  bool stopping_ = false;
  std::exception_ptr error_;
  std::thread writer_;
};

}  // namespace striate::io
