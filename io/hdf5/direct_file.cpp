// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/direct_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/errors/error.hpp"
#include "io/files/new_file.hpp"

namespace striate::io {
namespace {

constexpr std::uint64_t page = 4096;  ///< what O_DIRECT asks of addresses, offsets and sizes on common disks
constexpr std::uint64_t block_bytes = 2 << 20;
constexpr int blocks = 4;  ///< one being filled, the others on their way
constexpr std::uint64_t least_direct_bytes = 64 << 10;  ///< a direct write waits for the disk

std::uint64_t page_below(std::uint64_t offset) {
  return offset / page * page;
}
std::uint64_t page_above(std::uint64_t offset) {
  return (offset + page - 1) / page * page;
}

core::SystemError cannot_close(const std::filesystem::path& path) {
  return core::SystemError("cannot close {} ({}) is the disk full?", path, std::strerror(errno));
}

/// Returns how many bytes were written: all, or fewer where a direct write may be refused.
std::size_t write_bytes(int descriptor, std::uint64_t offset, std::span<const std::byte> bytes,
                        const std::filesystem::path& path, bool may_be_refused) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto written =
        ::pwrite(descriptor, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (written > 0)
      done += static_cast<std::size_t>(written);
    else if (written < 0 && errno == EINVAL && may_be_refused)
      return done;
    else if (written == 0 || errno != EINTR)
      throw core::SystemError("cannot write {} ({}) is the disk full?", path,
                              written == 0 ? "nothing was taken" : std::strerror(errno));
  }
  return done;
}

}  // namespace

void DirectFile::FreeAligned::operator()(std::byte* bytes) const {
  std::free(bytes);
}

DirectFile::DirectFile(const std::filesystem::path& path) : path_(path) {
  buffered_.number = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (buffered_.number < 0)
    throw core::SystemError("cannot open {} for writing ({})", path, std::strerror(errno));
  direct_.number = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_DIRECT);  // not all file systems can
  for (int i = 0; i < blocks; ++i) {
    auto* bytes = static_cast<std::byte*>(std::aligned_alloc(page, block_bytes));
    if (bytes == nullptr) throw std::bad_alloc();
    free_.push_back({.bytes = std::unique_ptr<std::byte, FreeAligned>(bytes)});
  }
  writer_ = std::thread([this] { work(); });
}

DirectFile::~DirectFile() {
  stop();
}

void DirectFile::stop() {
  if (!writer_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  writer_.join();
}

std::vector<RaggedBytes> DirectFile::close() {
  flush();
  stop();
  if (error_) std::rethrow_exception(error_);
  sync(buffered_, path_);  // rank 0 can do so only for what its own host has written
  for (auto* descriptor : {&direct_, &buffered_})
    if (descriptor->close() != 0) throw cannot_close(path_);
  return std::move(ragged_);
}

DirectFile::Room DirectFile::begin_block(std::uint64_t offset) {
  if (current_.bytes && offset != current_.file_offset + current_.end) flush();
  if (!current_.bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !free_.empty(); });
    if (error_) std::rethrow_exception(error_);
    current_ = std::move(free_.back());
    free_.pop_back();
    current_.file_offset = page_below(offset);
    current_.begin = current_.end = offset - current_.file_offset;
  }
  return {current_.bytes.get() + current_.end, block_bytes - current_.end};
}

void DirectFile::end_block(std::uint64_t size) {
  current_.end += size;
  if (current_.end == block_bytes) flush();
}

void DirectFile::flush() {
  if (!current_.bytes) return;
  {
    const std::scoped_lock lock(mutex_);
    full_.push_back(std::move(current_));
  }
  changed_.notify_all();
}

void DirectFile::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !full_.empty(); });
    if (full_.empty()) return;
    auto block = std::move(full_.front());
    full_.pop_front();
    if (!error_) {
      lock.unlock();
      std::exception_ptr error;
      try {
        write_out(block);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      error_ = error;
    }
    free_.push_back(std::move(block));
    changed_.notify_all();
  }
}

void DirectFile::write_out(const Block& block) {
  const auto first_whole = page_above(block.begin), last_whole = page_below(block.end);
  if (first_whole >= last_whole) return keep(block, block.begin, block.end);
  const bool direct = direct_.number >= 0 && last_whole - first_whole >= least_direct_bytes;
  keep(block, block.begin, first_whole);
  write_range(direct ? direct_.number : buffered_.number, block, first_whole, last_whole);
  keep(block, last_whole, block.end);
}

void DirectFile::keep(const Block& block, std::uint64_t begin, std::uint64_t end) {
  if (begin == end) return;
  ragged_.push_back(
      {.offset = block.file_offset + begin, .bytes = {block.bytes.get() + begin, block.bytes.get() + end}});
}

void DirectFile::write_range(int descriptor, const Block& block, std::uint64_t begin, std::uint64_t end) {
  const auto at = block.file_offset + begin;
  const std::span<const std::byte> bytes(block.bytes.get() + begin, end - begin);
  const auto written = write_bytes(descriptor, at, bytes, path_, descriptor == direct_.number);
  // The file system opens for direct writes but does not take this one.
  if (written < bytes.size())
    write_bytes(buffered_.number, at + written, bytes.subspan(written), path_, false);
}

void write_ragged(const std::filesystem::path& path, const std::vector<RaggedBytes>& pieces) {
  if (pieces.empty()) return;
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.number < 0) throw core::SystemError("cannot open {} for writing ({})", path, std::strerror(errno));
  for (const auto& [offset, bytes] : pieces) write_bytes(file.number, offset, bytes, path, false);
  if (file.close() != 0) throw cannot_close(path);
}

namespace {

/// Pieces of all ranks, on rank 0.
std::vector<RaggedBytes> gather(const std::vector<RaggedBytes>& pieces, const core::Comm& comm) {
  std::vector<std::uint64_t> places;  // offset, size
  std::vector<std::byte> bytes;
  for (const auto& piece : pieces) {
    places.insert(places.end(), {piece.offset, piece.bytes.size()});
    bytes.insert(bytes.end(), piece.bytes.begin(), piece.bytes.end());
  }
  const auto all_places = comm.gather_v<std::uint64_t>(places);
  const auto all_bytes = comm.gather_v<std::byte>(bytes);
  std::vector<RaggedBytes> all;
  auto from = all_bytes.begin();
  for (std::size_t i = 0; i < all_places.size(); i += 2) {
    const auto end = from + static_cast<std::ptrdiff_t>(all_places[i + 1]);
    all.push_back({.offset = all_places[i], .bytes = {from, end}});
    from = end;
  }
  return all;
}

/// As a client of a network's file system sees it, which asks again when it opens.
std::uint64_t size_when_opened(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file.number < 0 || ::fstat(file.number, &status) != 0)
    throw core::SystemError("cannot open {} again ({})", path, std::strerror(errno));
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

void close_together(DirectFile& file, std::uint64_t size, const core::Comm& comm) {
  // Also a barrier: no rank's pages are missing when rank 0 has got its ragged ends.
  const auto pieces = gather(file.close(), comm);
  if (comm.is_root()) write_ragged(file.path(), pieces);
  comm.barrier();
  if (comm.rank() != comm.size() - 1) return;
  if (const auto seen = size_when_opened(file.path()); seen != size)
    throw core::SystemError(
        "{} has {} bytes on rank {} and {} where it was written (the ranks do not see the same file system) "
        "choose a "
        "directory that all nodes share",
        file.path(), seen, comm.rank(), size);
}

}  // namespace striate::io
