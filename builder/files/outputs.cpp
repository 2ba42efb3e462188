// SPDX-License-Identifier: BSD-3-Clause
#include "builder/files/outputs.hpp"

#include <algorithm>
#include <set>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "io/hdf5/content_hash.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::builder {

std::vector<std::filesystem::path> Outputs::paths() const {
  std::vector<std::filesystem::path> all;
  for (const auto& file : files_) all.push_back(file.path);
  return all;
}

void Outputs::check(const std::vector<std::filesystem::path>& inputs) const {
  std::vector<io::NamedPath> outputs, read;
  for (const auto& path : paths()) outputs.push_back({path, "the build"});
  for (const auto& path : inputs) read.push_back({path, "the network's description"});
  io::check_outputs(outputs, read);
}

void Outputs::refuse_existing(const std::optional<io::Manifest>& before) const {
  for (const auto& file : files_) {
    if (before && before->is_unfinished(file.part)) continue;
    if (io::would_replace(file.path))
      throw core::ConfigError(
          "{} exists (an earlier network would be overwritten) give --force or another -o", file.path);
  }
}

void Outputs::prepare() const {
  std::set<std::filesystem::path> folders;
  for (const auto& path : paths()) folders.insert(path.parent_path());
  for (const auto& folder : folders) io::make_folder(folder);
  auto written = paths();
  written.push_back(core::NetworkPaths{base_}.manifest());
  io::remove_leftovers(written);
  for (const auto& file : files_)
    if (!file.text) io::make_new_file(io::incomplete_name(file.path));
}

void Outputs::list_files(io::Manifest& manifest, Hashes hashes) const {
  std::erase_if(manifest.files, [&](const io::ManifestFile& known) {
    return std::ranges::any_of(files_, [&](const File& file) { return file.part == known.part; });
  });
  for (const auto& file : files_) {
    if (file.listed == Listed::no) continue;
    const auto written = io::incomplete_name(file.path);
    manifest.files.push_back(
        {.file = file.path.lexically_relative(base_),
         .part = file.part,
         .bytes = std::filesystem::file_size(written),
         .content_hash = hashes == Hashes::keep ? io::content_hash(written, file.path) : ""});
  }
  std::ranges::sort(manifest.files, {}, &io::ManifestFile::file);
}

void Outputs::publish(io::Manifest manifest, Hashes hashes, const core::Comm& comm) const {
  comm.barrier();  // all ranks have closed their files
  const auto path = core::NetworkPaths{base_}.manifest();
  const auto write_manifest = [&](bool complete) {
    for (const auto& file : files_) manifest.parts.at(file.part).complete = complete;
    io::write_text_file(path, io::manifest_text(manifest));
  };
  if (comm.is_root()) {
    for (const auto& file : files_)
      if (file.text) io::write_incomplete_text(file.path, *file.text);
    list_files(manifest, hashes);
    write_manifest(false);
  }
  io::publish(paths(), comm);
  if (comm.is_root()) write_manifest(true);
  comm.barrier();
}

}  // namespace striate::builder
