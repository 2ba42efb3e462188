// SPDX-License-Identifier: BSD-3-Clause
// BASE/network/manifest.json: what a network directory is, as one thing. It lists the parts (v1, lgn, bkg),
// what each was made of, by whom, and their files. A build says "unfinished" in it before the first file
// takes its final name, and "complete" after the last one has: so whatever ends a build in between, what lies
// there is known to be neither the old network nor the new one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/generation/run_attributes.hpp"
#include "io/text/json.hpp"

namespace striate::io {

struct ManifestPart {
  bool complete = true;
  RunAttributes attributes;  ///< as they stand in the part's files
  Json made = Json::object();  ///< program, command line, host, ranks, date
};

struct ManifestFile {
  std::filesystem::path file;  ///< relative to BASE
  std::string part;
  std::uint64_t bytes = 0;
  std::string content_hash;  ///< "" where nobody asked for it
};

struct Manifest {
  std::map<std::string, ManifestPart> parts;
  std::vector<ManifestFile> files;
  std::map<std::string, Json> configurations;  ///< resolved, by their hash

  bool complete() const;  ///< all parts are
  bool is_unfinished(const std::string& part) const;
  /// Of the network as a whole. Parts of one description have its run id; a mixture has one of its own.
  RunAttributes network() const;
  /// Whose file it is by its name: "lgn" for lgn_nodes.h5 and lgn_v1_edges_trained.h5; null for others'.
  const ManifestPart* part_of(const std::string& file_name) const;
};

/// The manifest of the folder network/. Nullopt where there is none of ours. Throws ConfigError for one that
/// is damaged.
std::optional<Manifest> read_manifest(const std::filesystem::path& network_folder);

/// A build was interrupted while files took their names.
bool is_unfinished(const std::filesystem::path& network_folder);

/// The manifest beside it lists the file with the size it has, and was written after it: it is as its build
/// left it, as far as that costs nothing to tell. False for a damaged manifest.
bool is_as_recorded(const std::filesystem::path& file);

std::string manifest_text(const Manifest& manifest);

}  // namespace striate::io
