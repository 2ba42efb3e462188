// SPDX-License-Identifier: BSD-3-Clause
#include "builder/files/outputs.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

#include "core/error.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::builder {

std::vector<std::filesystem::path> Outputs::paths() const {
  std::vector<std::filesystem::path> all;
  for (const auto& text : texts_) all.push_back(text.path);
  all.insert(all.end(), files_.begin(), files_.end());
  return all;
}

void Outputs::refuse_existing() const {
  for (const auto& path : paths())
    if (std::filesystem::exists(path))
      throw core::ConfigError(
          "{} exists (an earlier network would be overwritten) give --force or another -o", path);
}

void Outputs::prepare() const {
  std::set<std::filesystem::path> folders;
  for (const auto& path : paths()) folders.insert(path.parent_path());
  for (const auto& folder : folders) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw core::SystemError("cannot create folder {} ({})", folder, error.message());
  }
  for (const auto& path : files_) {
    std::ofstream file(io::incomplete_name(path), std::ios::binary);
    if (!file)
      throw core::SystemError("cannot write {} ({})", io::incomplete_name(path), std::strerror(errno));
  }
  for (const auto& path : paths())
    if (std::filesystem::is_directory(path))
      throw core::ConfigError("{} is a folder (a file of that name is to be written) move it away", path);
}

void Outputs::publish(const core::Comm& comm) const {
  comm.barrier();  // all ranks have closed their files
  if (!comm.is_root()) {
    comm.barrier();
    return;
  }
  for (const auto& text : texts_) io::write_text_file(text.path, text.text);
  for (const auto& path : files_) io::publish(path);
  comm.barrier();
}

}  // namespace striate::builder
