// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/probed_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "io/hdf5/h5.hpp"

namespace striate::io::h5 {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t longest_list = 256 << 10;
constexpr std::int64_t second_ns = 1'000'000'000;

std::int64_t nanoseconds(const timespec& time) {
  return time.tv_sec * second_ns + time.tv_nsec;
}

/// Empty where there is no place for it.
fs::path list_file() {
  const auto absolute = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && fs::path(value).is_absolute() ? fs::path(value) : fs::path();
  };
  auto folder = absolute("XDG_CACHE_HOME");
  if (folder.empty()) {
    folder = absolute("HOME");
    if (folder.empty()) return {};
    folder /= ".cache";
  }
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return folder / "striate" /
         ("walked_hdf5_" + std::to_string(major) + "." + std::to_string(minor) + "." +
          std::to_string(release));
}

/// A whole line of five numbers; what a crash or another program left is none.
std::optional<FileIdentity> parse_line(const std::string& line) {
  std::istringstream in(line);
  FileIdentity file;
  std::string rest;
  if (!(in >> file.device >> file.inode >> file.size >> file.modified_ns >> file.changed_ns >> rest) ||
      rest != ".")
    return std::nullopt;
  return file;
}

std::string line_of(const FileIdentity& file) {
  std::ostringstream out;
  out << file.device << ' ' << file.inode << ' ' << file.size << ' ' << file.modified_ns << ' '
      << file.changed_ns << " .\n";
  return out.str();
}

void append_to_list(const std::string& line) {
  const auto list = list_file();
  if (list.empty()) return;
  std::error_code ignored;
  fs::create_directories(list.parent_path(), ignored);
  // A list that has grown too long begins anew.
  if (const auto size = fs::file_size(list, ignored); !ignored && size > longest_list)
    fs::remove(list, ignored);
  const int out = ::open(list.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (out < 0) return;
  [[maybe_unused]] const auto written = ::write(out, line.data(), line.size());
  ::close(out);
}

}  // namespace

std::optional<FileIdentity> identity_of(const fs::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return std::nullopt;
  return FileIdentity{.device = info.st_dev,
                      .inode = info.st_ino,
                      .size = static_cast<std::uint64_t>(info.st_size),
                      .modified_ns = nanoseconds(info.st_mtim),
                      .changed_ns = nanoseconds(info.st_ctim)};
}

bool ProbedFiles::knows(const FileIdentity& file) {
  if (known_.contains(file)) return true;
  if (!read_) {
    read_ = true;
    std::error_code ignored;
    if (const auto list = list_file(); fs::is_regular_file(list, ignored)) {
      std::ifstream in(list);
      for (std::string line; std::getline(in, line);)
        if (const auto known = parse_line(line)) known_.insert(*known);
    }
  }
  return known_.contains(file);
}

void ProbedFiles::add(const FileIdentity& file, bool lasting) {
  known_.insert(file);
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const auto age = nanoseconds(now) - std::max(file.modified_ns, file.changed_ns);
  if (lasting && age > 2 * second_ns) append_to_list(line_of(file));
}

}  // namespace striate::io::h5
