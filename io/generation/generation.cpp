// SPDX-License-Identifier: BSD-3-Clause
#include "io/generation/generation.hpp"

#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/network_paths.hpp"
#include "io/hdf5/content_hash.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

bool is_network_file(const fs::path& file) {
  const auto name = file.filename().string();
  return name.ends_with(core::nodes_ending) ||
         (name.ends_with(core::data_ending) && name.find(core::edges_mark) != std::string::npos);
}

std::string text_of(const RunAttributes& attributes) {
  return attributes.seed ? fmt::format("run id {}, seed {}", attributes.run_id, *attributes.seed)
                         : fmt::format("run id {}", attributes.run_id);
}

void require_complete(const fs::path& folder, const Manifest& manifest) {
  if (!manifest.complete())
    throw core::FormatError(
        "{} is the network of an interrupted build (files of two networks may lie there, says its {}) build "
        "it "
        "again with the same command",
        folder, core::manifest_file_name);
}

void require_part(const fs::path& file, const Manifest& manifest, core::Problems* problems) {
  const auto* part = manifest.part_of(file.filename());
  const auto id = run_id_of(file);
  if (part == nullptr || id.empty() || id == part->attributes.run_id) return;
  core::attempt(problems, [&] {
    throw core::FormatError(
        "{} belongs to another network (its run id is {}; {} says {}) build the network again, or put the "
        "file "
        "elsewhere",
        file, id, core::manifest_file_name, text_of(part->attributes));
  });
}

/// The first run id of a folder without a manifest, and who has it.
struct KnownId {
  std::string id;
  fs::path file;
};

void require_same_id(const fs::path& file, KnownId& known, core::Problems* problems) {
  const auto id = run_id_of(file);
  if (id.empty() || id == known.id) return;
  if (known.id.empty()) {
    known = {id, file};
    return;
  }
  core::attempt(problems, [&] {
    throw core::FormatError(
        "{} and {} belong to different networks (run ids {} and {}) build the network again", known.file,
        file, known.id, id);
  });
}

/// Nodes and edges as they are built, without trained and adjusted copies.
std::vector<fs::path> files_of_network(const fs::path& folder, const std::optional<Manifest>& manifest) {
  std::vector<fs::path> files;
  if (manifest) {
    for (const auto& entry : manifest->files)
      if (is_network_file(entry.file)) files.push_back(folder / entry.file.filename());
    return files;
  }
  for (const auto& file : files_in(folder, std::string(core::data_ending))) {
    const auto name = file.filename().string();
    if (name.ends_with(core::nodes_ending) ||
        name.ends_with(std::string(core::edges_mark) + std::string(core::data_ending)))
      files.push_back(file);
  }
  return files;
}

/// Looks at a folder as a whole and at those files of it that are to be read. What is known of its network.
RunAttributes look_at(const fs::path& folder, std::set<fs::path> files, core::Problems* problems) {
  const auto manifest = read_manifest(folder);
  if (manifest) core::attempt(problems, [&] { require_complete(folder, *manifest); });
  const auto built = files_of_network(folder, manifest);
  files.insert(built.begin(), built.end());
  KnownId known;
  for (const auto& file : files) {
    if (!is_there(file)) continue;
    if (manifest)
      require_part(file, *manifest, problems);
    else
      require_same_id(file, known, problems);
  }
  if (manifest) return manifest->network();
  return {.scheme = {}, .seed = std::nullopt, .config_hash = {}, .run_id = known.id};
}

/// The root's answer on all ranks.
RunAttributes broadcast(const RunAttributes& attributes, const core::Comm& comm) {
  Json json{{"scheme", attributes.scheme}, {"config", attributes.config_hash}, {"run_id", attributes.run_id}};
  if (attributes.seed) json["seed"] = *attributes.seed;
  json = Json::parse(comm.broadcast(json.dump()));
  RunAttributes all{.scheme = json["scheme"],
                    .seed = std::nullopt,
                    .config_hash = json["config"],
                    .run_id = json["run_id"]};
  if (json.contains("seed")) all.seed = json["seed"].get<std::uint64_t>();
  return all;
}

}  // namespace

RunAttributes require_one_generation(std::span<const fs::path> files, const core::Comm& comm) {
  RunAttributes network;
  if (comm.is_root()) {
    std::map<fs::path, std::set<fs::path>> folders;
    for (const auto& file : files) folders[folder_of(file)].insert(file);
    for (const auto& [folder, named] : folders) {
      const auto found = look_at(folder, named, nullptr);
      if (folder == folder_of(files.front())) network = found;
    }
  }
  return broadcast(network, comm);
}

RunAttributes require_one_generation(const fs::path& base, const core::Comm& comm) {
  return broadcast(
      comm.is_root() ? look_at(core::NetworkPaths{base}.network(), {}, nullptr) : RunAttributes{}, comm);
}

RunAttributes network_of(const fs::path& folder) {
  if (const auto manifest = read_manifest(folder)) return manifest->network();
  const auto nodes = folder / core::nodes_file_name(core::v1_population);
  return {.scheme = {},
          .seed = std::nullopt,
          .config_hash = {},
          .run_id = is_there(nodes) ? run_id_of(nodes) : ""};
}

void require_made_with(const std::string& network, const fs::path& results) {
  if (network.empty() || results.extension() != core::data_ending) return;
  const auto id = run_id_of(results);
  if (!id.empty() && id != network)
    throw core::FormatError(
        "{} was made with another network (run id {}) than the one that is there now ({}) make it again",
        results, id, network);
}

void note_unknown_origin(const RunAttributes& network, const core::Comm& comm) {
  if (network.run_id.empty() && comm.is_root())
    core::log::detail(
        "the network has no run id (made by another program or an earlier version): whether its files belong "
        "together is not known");
}

void check_generation(const fs::path& folder, core::Problems& problems) {
  std::optional<Manifest> manifest;
  if (!core::attempt(&problems, [&] { manifest = read_manifest(folder); })) return;
  std::set<fs::path> files;
  for (const auto& file : files_in(folder, std::string(core::data_ending)))
    if (is_network_file(file)) files.insert(file);
  look_at(folder, files, &problems);
  if (!manifest) {
    problems.note(fmt::format("{} has no {} (it is not known whether all files are those that were built)",
                              folder, core::manifest_file_name));
    return;
  }
  if (!manifest->complete()) return;  // sizes are those of the network that was to be
  for (const auto& entry : manifest->files) {
    const auto file = folder.parent_path() / entry.file;
    std::error_code error;
    const auto bytes = fs::file_size(file, error);
    if (error)
      problems.add(core::MissingFileError("{} is gone (the network was built with it)", file));
    else if (bytes != entry.bytes)
      problems.note(fmt::format("{} has been changed (it was built with {} bytes and has {})", file,
                                entry.bytes, bytes));
  }
}

void check_content_hashes(const fs::path& folder, core::Problems& problems) {
  std::optional<Manifest> manifest;
  if (!core::attempt(&problems, [&] { manifest = read_manifest(folder); }) || !manifest) return;
  for (const auto& entry : manifest->files) {
    if (entry.content_hash.empty()) continue;
    core::attempt(&problems, [&] {
      const auto file = folder.parent_path() / entry.file;
      if (content_hash(file) != entry.content_hash)
        throw core::FormatError("{} has other contents than it was built with (its SHA-256 differs)", file);
    });
  }
}

}  // namespace striate::io
