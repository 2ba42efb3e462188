// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/cells.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "io/generation/generation.hpp"
#include "io/sonata/nodes.hpp"
#include "io/sonata/rules.hpp"
#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
namespace {

/// A number per node: every node needs one, or NaN stands for nodes without.
enum class Presence { required, optional };

std::vector<double> numbers(const io::NodePopulation& nodes, const std::string& key, Presence presence) {
  const auto column = nodes.column(key);
  const bool required = presence == Presence::required;
  if (column)
    if (const auto* values = std::get_if<std::vector<double>>(&*column)) {
      for (std::size_t node = 0; node < values->size(); ++node)
        if (const double value = (*values)[node]; std::isinf(value) || (required && std::isnan(value)))
          throw core::FormatError("invalid {}={} of node {} at {}:/nodes/{} (must be finite)", key, value,
                                  nodes.node_id[node], nodes.nodes_file, nodes.name);
      return *values;
    }
  if (required || column)
    throw core::FormatError("{} {} at {}:/nodes/{} (a number for each node is needed)",
                            column ? "text in" : "missing", key, nodes.nodes_file, nodes.name);
  return std::vector<double>(nodes.size(), std::numeric_limits<double>::quiet_NaN());
}

/// Index of `name` in `names`, which grows as needed.
std::uint32_t intern(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<std::uint32_t>(found - names.begin());
  names.push_back(name);
  return static_cast<std::uint32_t>(names.size() - 1);
}

io::NodePopulation read_v1(const std::filesystem::path& base) {
  const core::NetworkPaths paths{base};
  const auto nodes = paths.nodes(core::v1_population), types = paths.node_types(core::v1_population);
  for (auto& population : io::read_node_populations({{.nodes_file = nodes, .node_types_file = types}}))
    if (population.name == core::v1_population) return std::move(population);
  throw core::FormatError("no population {} in {}", core::v1_population, nodes);
}

std::vector<std::string> population_names_of(const io::NodePopulation& nodes) {
  const auto column = nodes.column("pop_name");
  const auto* names = column ? std::get_if<std::vector<std::string>>(&*column) : nullptr;
  if (names == nullptr)
    throw core::FormatError("no pop_name for {}:/nodes/{} (cell types follow from it) add the column to {}",
                            nodes.nodes_file, nodes.name, nodes.types.path());
  return *names;
}

}  // namespace

bool CoreRule::contains(double x, double z) const {
  const double distance = std::sqrt(x * x + z * z);
  return edge == Edge::strict ? distance < radius_um : distance <= radius_um;
}

std::optional<std::uint32_t> Cells::row_of(std::uint64_t id) const {
  if (row_by_id.empty()) return id < size() ? std::optional(static_cast<std::uint32_t>(id)) : std::nullopt;
  const auto found = row_by_id.find(id);
  return found == row_by_id.end() ? std::nullopt : std::optional(found->second);
}

void Cells::refuse(std::uint64_t id, const std::string& place) const {
  throw io::rules::unknown_node(id, place, fmt::format("{} in {}", core::v1_population, nodes_file), size());
}

Cells read_cells(const std::filesystem::path& base, const CoreRule& core) {
  const auto nodes = read_v1(base);
  const auto names = population_names_of(nodes);
  const auto x = numbers(nodes, "x", Presence::required), z = numbers(nodes, "z", Presence::required),
             angle = numbers(nodes, "tuning_angle", Presence::optional);
  std::vector<std::uint32_t> order(nodes.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, {}, [&](std::uint32_t node) { return nodes.node_id[node]; });

  Cells cells;
  cells.nodes_file = nodes.nodes_file;
  cells.network = io::network_of(core::NetworkPaths{base}.network()).run_id;
  for (const auto node : order) {
    cells.node_id.push_back(nodes.node_id[node]);
    cells.node_type_id.push_back(nodes.node_type_id(node));
    cells.population.push_back(intern(cells.population_names, names[node]));
    cells.type.push_back(intern(cells.type_names, cell_type_of(names[node])));
    cells.x.push_back(x[node]);
    cells.z.push_back(z[node]);
    cells.tuning_angle.push_back(angle[node]);
    cells.core.push_back(core.contains(x[node], z[node]) ? 1 : 0);
  }
  if (!cells.node_id.empty() && cells.node_id.back() != cells.size() - 1)
    for (std::uint32_t row = 0; row < cells.size(); ++row) cells.row_by_id.emplace(cells.node_id[row], row);
  return cells;
}

std::vector<std::uint32_t> core_rows(const Cells& cells) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < cells.size(); ++row)
    if (cells.core[row] != 0) rows.push_back(row);
  return rows;
}

Cells core_cells(const Cells& cells) {
  Cells core;
  core.nodes_file = cells.nodes_file;
  core.network = cells.network;
  core.type_names = cells.type_names;
  core.population_names = cells.population_names;
  for (const auto row : core_rows(cells)) {
    core.row_by_id.emplace(cells.node_id[row], static_cast<std::uint32_t>(core.node_id.size()));
    core.node_id.push_back(cells.node_id[row]);
    core.node_type_id.push_back(cells.node_type_id[row]);
    core.type.push_back(cells.type[row]);
    core.population.push_back(cells.population[row]);
    core.x.push_back(cells.x[row]);
    core.z.push_back(cells.z[row]);
    core.tuning_angle.push_back(cells.tuning_angle[row]);
    core.core.push_back(1);
  }
  for (std::size_t row = 0; row < cells.size(); ++row)
    if (cells.core[row] == 0) core.left_out.push_back(cells.node_id[row]);
  if (core.node_id.empty())
    throw core::FormatError("no core cells in {} (choose a larger --core-radius)", cells.nodes_file);
  return core;
}

}  // namespace striate::metrics
