// SPDX-License-Identifier: BSD-3-Clause
// The files of a network directory. All are written under temporary names (io/text/atomic_file.hpp) and
// renamed at the very end, so that an interrupted build leaves nothing that looks complete.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/comm.hpp"

namespace striate::builder {

struct NetworkPaths {
  std::filesystem::path base;
  std::filesystem::path network() const { return base / "network"; }
  std::filesystem::path cell_models() const { return base / "components" / "cell_models"; }
  std::filesystem::path synaptic_models() const { return base / "components" / "synaptic_models"; }
  std::filesystem::path configs() const { return base / "configs"; }
  std::filesystem::path nodes(const std::string& population) const {
    return network() / (population + "_nodes.h5");
  }
  std::filesystem::path node_types(const std::string& population) const {
    return network() / (population + "_node_types.csv");
  }
  std::filesystem::path edges(const std::string& source) const {
    return network() / (source + "_v1_edges.h5");
  }
  std::filesystem::path edge_types(const std::string& source) const {
    return network() / (source + "_v1_edge_types.csv");
  }
};

/// What a build writes, in order of publication.
class Outputs {
 public:
  /// Text to be written by the root rank at publication.
  void add_text(std::filesystem::path path, std::string text) {
    texts_.push_back({std::move(path), std::move(text)});
  }
  /// A file that is written under io::incomplete_name(path).
  void add_file(std::filesystem::path path) { files_.push_back(std::move(path)); }

  std::vector<std::filesystem::path> paths() const;
  /// Throws ConfigError when one of the files exists.
  void refuse_existing() const;
  /// Makes the folders and opens every file for writing, so that refusals come before the work. One rank
  /// calls this.
  void prepare() const;
  /// Writes the texts and renames everything. Collective.
  void publish(const core::Comm& comm) const;

 private:
  struct Text {
    std::filesystem::path path;
    std::string text;
  };
  std::vector<Text> texts_;
  std::vector<std::filesystem::path> files_;
};

}  // namespace striate::builder
