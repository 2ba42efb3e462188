// SPDX-License-Identifier: BSD-3-Clause
// The cells of V1 as the analyses see them, by ascending node id: type, place, tuning angle and whether they
// belong to the core. There is one definition of the core: sqrt(x^2 + z^2) below a radius.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace striate::metrics {

inline constexpr double usual_core_radius_um = 200;

struct CoreRule {
  enum class Edge { strict, inclusive };
  double radius_um = usual_core_radius_um;
  Edge edge = Edge::strict;
  bool contains(double x, double z) const;
};

struct Cells {
  std::filesystem::path nodes_file;
  std::string network;  ///< its run id; "" where that is not known
  std::vector<std::uint64_t> node_id;  ///< ascending
  std::vector<std::uint64_t> node_type_id;  ///< the cell model
  std::vector<std::uint32_t> type;  ///< index into type_names
  std::vector<std::uint32_t> population;  ///< index into population_names
  std::vector<double> x, z, tuning_angle;  ///< um, um, degrees (NaN where nodes have none)
  std::vector<char> core;
  std::vector<std::string> type_names, population_names;
  /// Ids of the population that have no row here, ascending: of a selection such as the core's cells.
  std::vector<std::uint64_t> left_out;

  std::size_t size() const { return node_id.size(); }
  const std::string& type_of(std::size_t row) const { return type_names[type[row]]; }
  const std::string& population_of(std::size_t row) const { return population_names[population[row]]; }
  /// Row of a node id; nullopt for ids that are none of ours.
  std::optional<std::uint32_t> row_of(std::uint64_t id) const;
  /// The same where every id must be ours: else a FormatError, with place() for where the id stands.
  template <class Place>
  std::uint32_t require_row(std::uint64_t id, const Place& place) const {
    const auto row = row_of(id);
    if (!row) refuse(id, place());
    return *row;
  }
  [[noreturn]] void refuse(std::uint64_t id, const std::string& place) const;

  std::unordered_map<std::uint64_t, std::uint32_t> row_by_id;  ///< empty when ids are 0, 1, 2, …
};

/// Reads BASE/network/v1_nodes.h5 and v1_node_types.csv. Throws FormatError without pop_name, x or z.
Cells read_cells(const std::filesystem::path& base, const CoreRule& core);

/// Rows of core cells, ascending.
std::vector<std::uint32_t> core_rows(const Cells& cells);
/// The core cells alone, as a Cells of their own. Throws FormatError without any.
Cells core_cells(const Cells& cells);

}  // namespace striate::metrics
