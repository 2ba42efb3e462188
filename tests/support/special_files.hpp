// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>

namespace striate::test {

/// Devices of Linux's memory driver: what is written to them is gone, or fails.
enum class Device : unsigned { null = 3, full = 7 };

/// A device node of the test's own (never the machine's). False where that takes more rights than there are.
inline bool make_device(const std::filesystem::path& path, Device device) {
  if (::mknod(path.c_str(), S_IFCHR | 0666, ::makedev(1, static_cast<unsigned>(device))) != 0) return false;
  const int opened = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (opened >= 0) ::close(opened);
  return opened >= 0;
}

/// A FIFO and who reads it to its end.
class FifoReader {
 public:
  explicit FifoReader(const std::filesystem::path& path) {
    if (::mkfifo(path.c_str(), 0666) != 0) return;
    reader_ = std::thread([this, path] {
      const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
      char buffer[4096];
      for (ssize_t count = 0; (count = ::read(opened, buffer, sizeof buffer)) > 0;)
        text_.append(buffer, static_cast<std::size_t>(count));
      ::close(opened);
    });
  }
  ~FifoReader() {
    if (reader_.joinable()) reader_.join();
  }
  FifoReader(const FifoReader&) = delete;
  FifoReader& operator=(const FifoReader&) = delete;
  /// Waits for the end.
  std::string text() {
    reader_.join();
    return text_;
  }

 private:
  std::string text_;
  std::thread reader_;
};

}  // namespace striate::test
