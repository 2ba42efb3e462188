// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/actuation.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "metrics/base/cell_sums.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::interventions {
namespace {

using Kind = SynapseSource::Kind;

/// Cell types in alphabetical order, and those with core cells.
struct Types {
  std::vector<std::string> names;
  std::vector<std::uint32_t> of_cells_type;  ///< [cell type of Cells]
  std::vector<std::uint64_t> core_cells;

  explicit Types(const metrics::Cells& cells) : names(cells.type_names) {
    std::ranges::sort(names);
    for (const auto& name : cells.type_names)
      of_cells_type.push_back(static_cast<std::uint32_t>(std::ranges::find(names, name) - names.begin()));
    core_cells.assign(names.size(), 0);
    for (const auto row : metrics::core_rows(cells)) ++core_cells[of_cells_type[cells.type[row]]];
  }
};

/// [source type * types + target type] sums over edges to core cells; one source type for virtual nodes.
std::vector<double> sum_charges(const metrics::Cells& cells, const Types& types, const SynapseSource& source,
                                const TimeConstants& time_constants, const core::Comm& comm,
                                std::uint64_t block_rows) {
  const io::EdgePopulation edges(source.edge_file, core::edges_onto_v1(name_of(source.kind)));
  const bool recurrent = source.kind == Kind::v1;
  EdgeCharge charge(cells, source, time_constants, edges);
  const auto visit = [&](std::uint64_t, const io::EdgeSlab& slab, std::span<double> sums) {
    const auto counts = recurrent ? metrics::synapse_counts(edges, slab) : std::nullopt;
    for (std::size_t i = 0; i < slab.size(); ++i) {
      const auto place = [&] { return fmt::format("row {} of {}", slab.first + i, edges.file()); };
      const auto target = cells.require_row(slab.target_id[i], place);
      const auto from = recurrent ? cells.require_row(slab.source_id[i], place) : 0;
      if (cells.core[target] == 0) continue;
      const std::size_t source_type = recurrent ? types.of_cells_type[cells.type[from]] : 0;
      sums[source_type * types.names.size() + types.of_cells_type[cells.type[target]]] +=
          (counts ? counts->values[i] : 1) * charge(slab, i, target);
    }
  };
  const std::size_t rows = recurrent ? types.names.size() : 1;
  return metrics::sum_edge_blocks(edges, rows * types.names.size(), visit, comm, block_rows);
}

double recorded_rate(const metrics::ReferenceValues& reference, const std::string& type) {
  const auto find = [&](const std::string& label) -> std::optional<double> {
    const auto found = reference.values.find(label);
    if (found == reference.values.end() || !found->second.contains("average_rate")) return std::nullopt;
    return metrics::mean(found->second.at("average_rate"));
  };
  if (const auto rate = find(type)) return *rate;
  if (const auto rate = find(metrics::aggregate_l5(type))) return *rate;
  throw core::FormatError("no recorded rate of {} in {} (its influence depends on it) give --reference", type,
                          reference.source);
}

}  // namespace

ActuationMatrix charges(const metrics::Cells& cells, const std::vector<SynapseSource>& sources,
                        const TimeConstants& time_constants, const core::Comm& comm,
                        std::uint64_t block_rows) {
  const Types types(cells);
  std::map<Kind, std::vector<double>> sums;
  for (const auto& source : sources)
    sums[source.kind] = sum_charges(cells, types, source, time_constants, comm, block_rows);
  ActuationMatrix matrix;
  if (!comm.is_root()) return matrix;
  std::vector<std::size_t> columns;
  for (std::size_t t = 0; t < types.names.size(); ++t)
    if (types.core_cells[t] != 0) {
      columns.push_back(t);
      matrix.targets.push_back(types.names[t]);
    }
  const auto add = [&](const std::string& name, std::span<const double> row) {
    matrix.sources.push_back(name);
    for (const auto t : columns) matrix.values.push_back(row[t] / static_cast<double>(types.core_cells[t]));
  };
  for (const auto kind : {Kind::bkg, Kind::lgn})
    if (const auto found = sums.find(kind); found != sums.end()) add(name_of(kind), found->second);
  if (const auto found = sums.find(Kind::v1); found != sums.end())
    for (std::size_t s = 0; s < types.names.size(); ++s)
      add(types.names[s], std::span(found->second).subspan(s * types.names.size(), types.names.size()));
  return matrix;
}

ActuationMatrix currents(ActuationMatrix charges, const metrics::ReferenceValues& reference) {
  for (std::size_t s = 0; s < charges.sources.size(); ++s) {
    const auto& name = charges.sources[s];
    const double rate = name == core::background_population ? background_rate_hz
                        : name == core::lgn_population      ? mean_lgn_rate_hz
                                                            : recorded_rate(reference, name);
    for (std::size_t t = 0; t < charges.targets.size(); ++t)
      charges.values[s * charges.targets.size() + t] *= rate;
  }
  return charges;
}

std::string population_substring(const std::string& cell_type) {
  const auto layer = metrics::layer_of(cell_type);
  if (!layer) return cell_type;
  std::string digits;
  for (const char c : *layer)
    if (c >= '0' && c <= '9') digits += c;
  const auto label = cell_type.substr(layer->size() + 1);
  if (label == "Exc") return "e" + digits.substr(0, 1);
  if (metrics::is_l5_excitatory(cell_type)) return "e" + digits + label;
  return "i" + digits + (label == "Inh" ? 'H' : label.at(0));
}

metrics::Table actuation_table(const ActuationMatrix& currents) {
  metrics::Table table;
  std::vector<std::string> sources;
  for (const auto& source : currents.sources) sources.push_back(population_substring(source));
  table.columns.push_back({"source", std::move(sources)});
  for (std::size_t t = 0; t < currents.targets.size(); ++t) {
    std::vector<double> column;
    for (std::size_t s = 0; s < currents.sources.size(); ++s) column.push_back(currents.at(s, t));
    table.columns.push_back({population_substring(currents.targets[t]), std::move(column)});
  }
  return table;
}

}  // namespace striate::interventions
