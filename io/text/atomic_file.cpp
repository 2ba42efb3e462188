// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/atomic_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

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

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw core::SystemError("cannot create {} ({})", folder, error.message());
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
