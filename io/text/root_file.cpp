// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/root_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/error.hpp"

namespace striate::io {

RootFile::RootFile(const std::filesystem::path& path, int flags)
    : path_(path), descriptor_(::open(path.c_str(), flags | O_WRONLY | O_CLOEXEC, 0666)) {
  require(is_open(), "create");
}

RootFile::~RootFile() {
  if (is_open()) ::close(descriptor_);
}

void RootFile::swap(RootFile& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
}

void RootFile::require(bool success, const char* what) const {
  if (!success)
    throw core::SystemError("cannot {} {} ({}) is the disk full?", what, path_, std::strerror(errno));
}

void RootFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    require(written > 0, "write");
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void RootFile::set_length(std::uint64_t bytes) {
  require(::ftruncate(descriptor_, static_cast<off_t>(bytes)) == 0, "shorten");
}

void RootFile::sync() {
  // Some file systems refuse fsync (EINVAL) on what they hold; that is no loss of data.
  require(::fsync(descriptor_) == 0 || errno == EINVAL, "flush");
}

void RootFile::close() {
  if (is_open()) require(::close(std::exchange(descriptor_, -1)) == 0, "close");
}

}  // namespace striate::io
