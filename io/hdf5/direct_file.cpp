// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/direct_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/error.hpp"

namespace striate::io {
namespace {

constexpr std::uint64_t page = 4096;  ///< what O_DIRECT asks of addresses, offsets and sizes on common disks
constexpr std::uint64_t block_bytes = 2 << 20;
constexpr int blocks = 4;  ///< one being filled, the others on their way

std::uint64_t page_below(std::uint64_t offset) {
  return offset / page * page;
}
std::uint64_t page_above(std::uint64_t offset) {
  return (offset + page - 1) / page * page;
}

}  // namespace

void DirectFile::FreeAligned::operator()(std::byte* bytes) const {
  std::free(bytes);
}

DirectFile::DirectFile(const std::filesystem::path& path) : path_(path) {
  buffered_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (buffered_ < 0) throw core::SystemError("cannot open {} for writing ({})", path, std::strerror(errno));
  direct_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_DIRECT);
  for (int i = 0; i < blocks; ++i) {
    auto* bytes = static_cast<std::byte*>(std::aligned_alloc(page, block_bytes));
    if (bytes == nullptr) throw std::bad_alloc();
    free_.push_back({.bytes = std::unique_ptr<std::byte, FreeAligned>(bytes)});
  }
  writer_ = std::thread([this] { work(); });
}

DirectFile::~DirectFile() {
  stop();
  if (direct_ >= 0) ::close(direct_);
  if (buffered_ >= 0) ::close(buffered_);
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

void DirectFile::close() {
  stop();
  if (error_) std::rethrow_exception(error_);
}

DirectFile::Room DirectFile::begin_block(std::uint64_t offset) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !free_.empty(); });
  if (error_) std::rethrow_exception(error_);
  current_ = std::move(free_.back());
  free_.pop_back();
  current_.file_offset = page_below(offset);
  current_.begin = offset - current_.file_offset;
  return {current_.bytes.get() + current_.begin, block_bytes - current_.begin};
}

void DirectFile::end_block(std::uint64_t size) {
  current_.end = current_.begin + size;
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
  if (direct_ < 0 || first_whole >= last_whole) return write_range(buffered_, block, block.begin, block.end);
  write_range(buffered_, block, block.begin, first_whole);
  write_range(direct_, block, first_whole, last_whole);
  write_range(buffered_, block, last_whole, block.end);
}

void DirectFile::write_range(int descriptor, const Block& block, std::uint64_t begin, std::uint64_t end) {
  while (begin < end) {
    const auto written = ::pwrite(descriptor, block.bytes.get() + begin, end - begin,
                                  static_cast<off_t>(block.file_offset + begin));
    if (written > 0)
      begin += static_cast<std::uint64_t>(written);
    else if (written < 0 && errno == EINVAL && descriptor != buffered_)
      descriptor = buffered_;  // the file system opens for direct writes but does not take this one
    else if (written == 0 || errno != EINTR)
      throw core::SystemError("cannot write {} ({}) is the disk full?", path_,
                              written == 0 ? "nothing was taken" : std::strerror(errno));
  }
}

}  // namespace striate::io
