// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/atomic_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "core/error.hpp"

namespace striate::io {

std::filesystem::path incomplete_name(const std::filesystem::path& path) {
  auto name = path;
  name += ".incomplete";
  return name;
}

void publish(const std::filesystem::path& path, const core::Comm& comm) {
  comm.barrier();
  if (comm.is_root()) {
    std::error_code error;
    std::filesystem::rename(incomplete_name(path), path, error);
    if (error)
      throw core::SystemError("cannot rename {} to {} ({})", incomplete_name(path), path, error.message());
  }
  comm.barrier();
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder,
                                            const std::string& extension) {
  std::vector<std::filesystem::path> files;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
    if (entry.path().extension() == extension) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw core::SystemError("cannot create {} ({})", folder, error.message());
}

std::string read_text_file(const std::filesystem::path& path, const std::string& why) {
  core::require_readable(path, why);
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad() || !in.is_open()) throw core::SystemError("cannot read {} (the file system refused)", path);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    throw core::FormatError("{} is UTF-16 (its byte order mark says so) save it as UTF-8", path);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

void write_text_file(const std::filesystem::path& path, const std::string& text) {
  const auto temporary = incomplete_name(path);
  std::ofstream out(temporary, std::ios::binary);
  out << text;
  out.close();
  if (!out)
    throw core::SystemError("cannot write {} ({}) is the disk full?", temporary, std::strerror(errno));
  publish(path);
}

}  // namespace striate::io
