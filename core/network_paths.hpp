// SPDX-License-Identifier: BSD-3-Clause
// The names by which the stages find each other's files: the model's populations, and the files of a network
// directory. Nobody else spells them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace striate::core {

inline constexpr const char* v1_population = "v1";  ///< the neurons
inline constexpr const char* lgn_population = "lgn";
inline constexpr const char* background_population = "bkg";

/// The edge population of a source onto V1: "lgn_to_v1".
inline std::string edges_onto_v1(const std::string& source) {
  return source + "_to_" + v1_population;
}

/// Ends of the names of a network's files: POPULATION_nodes.h5, SOURCE_TARGET_edges[_VARIANT].h5, …
inline constexpr std::string_view nodes_ending = "_nodes.h5", node_types_ending = "_node_types.csv",
                                  edges_mark = "_edges", edge_types_ending = "_edge_types.csv",
                                  data_ending = ".h5";

inline std::string nodes_file_name(const std::string& population) {
  return population + std::string(nodes_ending);
}
inline std::string node_types_file_name(const std::string& population) {
  return population + std::string(node_types_ending);
}
/// Of the edges onto V1; `variant` says whose weights they have: "", "bio_trained", "adjusted".
inline std::string edges_file_name(const std::string& source, const std::string& variant = "") {
  return source + "_" + v1_population + std::string(edges_mark) + (variant.empty() ? "" : "_" + variant) +
         std::string(data_ending);
}
inline std::string edge_types_file_name(const std::string& source) {
  return source + "_" + v1_population + std::string(edge_types_ending);
}

/// In the folder network/, see io/generation/manifest.hpp.
inline constexpr const char* manifest_file_name = "manifest.json";

/// The files of the network directory `base`; relative ones without it.
struct NetworkPaths {
  std::filesystem::path base;
  std::filesystem::path network() const { return base / "network"; }
  std::filesystem::path components() const { return base / "components"; }
  std::filesystem::path cell_models() const { return components() / "cell_models"; }
  std::filesystem::path synaptic_models() const { return components() / "synaptic_models"; }
  std::filesystem::path configs() const { return base / "configs"; }
  std::filesystem::path manifest() const { return network() / manifest_file_name; }
  /// What the network was made of, as a file to make it again.
  std::filesystem::path description() const { return network() / "network.yaml"; }
  std::filesystem::path nodes(const std::string& population) const {
    return network() / nodes_file_name(population);
  }
  std::filesystem::path node_types(const std::string& population) const {
    return network() / node_types_file_name(population);
  }
  std::filesystem::path edges(const std::string& source, const std::string& variant = "") const {
    return network() / edges_file_name(source, variant);
  }
  std::filesystem::path edge_types(const std::string& source) const {
    return network() / edge_types_file_name(source);
  }
};

}  // namespace striate::core
