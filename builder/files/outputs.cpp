// SPDX-License-Identifier: BSD-3-Clause
#include "builder/files/outputs.hpp"

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

void Outputs::check(const std::vector<std::filesystem::path>& inputs) const {
  std::vector<io::NamedPath> outputs, read;
  for (const auto& path : paths()) outputs.push_back({path, "the build"});
  for (const auto& path : inputs) read.push_back({path, "the network's description"});
  io::check_outputs(outputs, read);
}

void Outputs::refuse_existing() const {
  for (const auto& path : paths())
    if (io::would_replace(path))
      throw core::ConfigError(
          "{} exists (an earlier network would be overwritten) give --force or another -o", path);
}

void Outputs::prepare() const {
  std::set<std::filesystem::path> folders;
  for (const auto& path : paths()) folders.insert(path.parent_path());
  for (const auto& folder : folders) io::make_folder(folder);
  io::remove_leftovers(paths());
  for (const auto& path : files_) io::make_new_file(io::incomplete_name(path));
}

void Outputs::publish(const core::Comm& comm) const {
  if (comm.is_root())
    for (const auto& text : texts_) io::write_incomplete_text(text.path, text.text);
  io::publish(paths(), comm);
}

}  // namespace striate::builder
