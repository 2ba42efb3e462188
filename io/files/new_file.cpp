// SPDX-License-Identifier: BSD-3-Clause
#include "io/files/new_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include "core/errors/error.hpp"

namespace striate::io {
namespace {

namespace fs = std::filesystem;

core::SystemError failed(const char* what, const fs::path& path) {
  const bool full = errno == ENOSPC || errno == EDQUOT || errno == EIO;
  return core::SystemError("cannot {} {} ({}){}", what, path, std::strerror(errno),
                           full ? " is the disk full?" : "");
}

/// File systems that know no fsync say so by these; nothing is lost.
bool cannot_sync() {
  return errno == EINVAL || errno == ENOTSUP || errno == ENOSYS || errno == EROFS || errno == EBADF;
}

/// While it lives, a reader who has gone is an error of write(2), not the end of this process.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &before_);
  }
  ~NoPipeSignal() { ::sigaction(SIGPIPE, &before_, nullptr); }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  struct sigaction before_ = {};
};

/// N where `path` is this process's descriptor N by its name in /proc, else -1. Opened by that name a file
/// would be written from its beginning again, over what went there before.
int own_descriptor(const fs::path& path) {
  const auto folder = path.parent_path();
  if (folder != fmt::format("/proc/{}/fd", ::getpid()) && folder != "/proc/self/fd") return -1;
  const auto name = path.filename().string();
  int number = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? number : -1;
}

}  // namespace

Descriptor make_new_file(const fs::path& path) {
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  Descriptor file(::open(path.c_str(), flags, 0666));
  if (file.number < 0 && errno == EEXIST && ::unlink(path.c_str()) == 0)
    file = Descriptor(::open(path.c_str(), flags, 0666));
  if (file.number < 0) throw failed("create", path);
  return file;
}

Descriptor continue_file(const fs::path& path, std::uint64_t size) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
  if (file.number < 0) throw failed("open", path);
  if (::ftruncate(file.number, static_cast<off_t>(size)) != 0) throw failed("shorten", path);
  return file;
}

void write_at(const Descriptor& file, const fs::path& path, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(file.number, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw failed("write", path);
    offset += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void close(Descriptor& file, const fs::path& path) {
  if (file.close() != 0) throw failed("close", path);
}

NewFile::~NewFile() {
  if (file_.number >= 0) ::unlink(path_.c_str());
}

void NewFile::append(std::string_view bytes) {
  write_at(end_, bytes);
  end_ += bytes.size();
}

void reserve_bytes(const fs::path& path, std::uint64_t size) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.number < 0) throw failed("open", path);
  while (size > 0 && ::fallocate(file.number, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size)) != 0) {
    if (errno == EINTR) continue;
    if (errno == ENOSPC || errno == EDQUOT || errno == EIO) throw failed("write", path);
    return;  // not all file systems can
  }
}

GoneAtEnd::~GoneAtEnd() {
  std::error_code ignored;
  for (const auto& file : files_) fs::remove(file, ignored);
}

void sync(const Descriptor& file, const fs::path& path) {
  if (::fsync(file.number) != 0 && !cannot_sync()) throw failed("bring to the disk", path);
}

void sync_files(std::span<const fs::path> files) {
  // All begin before the first is waited for: a journal then commits many small files at once.
  std::vector<Descriptor> opened;
  for (const auto& path : files) {
    opened.emplace_back(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (opened.back().number < 0) throw failed("open", path);
    (void)::sync_file_range(opened.back().number, 0, 0, SYNC_FILE_RANGE_WRITE);  // fsync tells what fails
  }
  for (std::size_t i = 0; i < files.size(); ++i) sync(opened[i], files[i]);
}

void sync_folder(const fs::path& folder) {
  const Descriptor opened(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.number >= 0) sync(opened, folder);  // one that may be written to and not read has to do without
}

void copy_into_stream(const fs::path& file, const fs::path& stream) {
  const Descriptor from(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (from.number < 0) throw failed("open", file);
  const int own = own_descriptor(stream);
  Descriptor to(own >= 0 ? ::fcntl(own, F_DUPFD_CLOEXEC, 0)
                         : ::open(stream.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (to.number < 0) throw failed("open", stream);
  const NoPipeSignal no_signal;
  std::string buffer(std::size_t{1} << 20, '\0');
  while (true) {
    const auto count = ::read(from.number, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw failed("read", file);
    if (count == 0) break;
    for (std::string_view rest(buffer.data(), static_cast<std::size_t>(count)); !rest.empty();) {
      const auto written = ::write(to.number, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) throw failed("write", stream);
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  if (to.close() != 0) throw failed("close", stream);
}

}  // namespace striate::io
