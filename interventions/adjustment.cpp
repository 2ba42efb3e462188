// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/adjustment.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"

namespace striate::interventions {
namespace {

namespace fs = std::filesystem;
constexpr const char* layer_1 = "L1_Inh";

/// Weights of a group are rewritten in the type in which they are stored.
template <io::h5::Number T>
void scale(const io::h5::File& file, const std::string& dataset, const io::EdgeSlab& slab,
           const metrics::Cells& cells, const std::vector<double>& factors) {
  std::vector<T> weights;
  weights.reserve(slab.size());
  for (std::size_t i = 0; i < slab.size(); ++i) {
    const auto ends = metrics::ends_of(slab, i, cells, file.path());
    const double factor = factors[cells.population[ends.target]], weight = slab.syn_weight->values[i];
    weights.push_back(static_cast<T>(weight >= 0 ? weight * factor : weight / factor));
  }
  io::h5::write_rows<T>(file, dataset, slab.first, weights);
}

/// Row i of the file must be row i of its only group.
void require_rows_in_order(const io::EdgePopulation& edges, const io::EdgeSlab& slab) {
  for (std::size_t i = 0; i < slab.group_index.size(); ++i)
    if (slab.group_index[i] != slab.first + i || slab.group_id[i] != 0)
      throw core::FormatError(
          "row {} of {} is row {} of group {} (weights are scaled where all rows stand in "
          "order in group 0)",
          slab.first + i, edges.file(), slab.group_index[i], slab.group_id[i]);
}

}  // namespace

std::optional<double> adjustment_factor(double needed, double excitation, double inhibition) {
  if (excitation == 0) {
    if (needed == 0 || inhibition / needed <= 0) return std::nullopt;
    return inhibition / needed;
  }
  const double root = std::sqrt(needed * needed - 4 * excitation * inhibition);  // NaN: no real root
  for (const double candidate : {(needed + root) / (2 * excitation), (needed - root) / (2 * excitation)})
    if (candidate > 0) return candidate;
  return std::nullopt;
}

std::vector<Adjustment> adjustments(const ActuationMatrix& currents,
                                    const std::map<std::string, double>& target_currents) {
  std::vector<Adjustment> result;
  for (std::size_t t = 0; t < currents.targets.size(); ++t) {
    const auto& type = currents.targets[t];
    const auto target = target_currents.find(type);
    if (target == target_currents.end())
      throw core::FormatError(
          "no target current of {} (see 'striate metrics target-current') add it to the table", type);
    Adjustment a{.type = type, .target_current = target->second};
    for (std::size_t s = 0; s < currents.sources.size(); ++s) {
      const auto& source = currents.sources[s];
      const double current = currents.at(s, t);
      if (source == core::background_population)
        a.background = current;
      else if (source == core::lgn_population)
        a.lgn = current * (evoked_lgn_rate_hz / mean_lgn_rate_hz);
      else if (metrics::is_excitatory(source))
        a.excitation += current;
      else if (source != layer_1)
        a.inhibition += current;
    }
    a.needed = a.target_current - a.background - a.lgn;
    const auto factor = adjustment_factor(a.needed, a.excitation, a.inhibition);
    if (!factor)
      throw core::FormatError(
          "no factor for {} (it needs {:.1f} pA from V1, and receives {:.1f} pA of excitation and {:.1f} pA "
          "of "
          "inhibition)",
          type, a.needed, a.excitation, a.inhibition);
    a.factor = *factor;
    result.push_back(std::move(a));
  }
  return result;
}

std::map<std::string, double> read_target_currents(const fs::path& file) {
  const auto table = io::read_delimited_table(
      file, ' ', "target currents, made by 'striate metrics if-curves' and 'striate metrics target-current'");
  const auto type = table.column("cell_type"), current = table.column("target_current");
  std::map<std::string, double> currents;
  for (const auto& row : table.rows) {
    const double value = metrics::number_or_nan(table, row, current);
    if (std::isnan(value)) continue;
    if (!currents.emplace(row.cells[type], value).second)
      throw core::FormatError("a second target current of {} in {}:{}", row.cells[type], file, row.line);
  }
  return currents;
}

metrics::Table modulation_table(const std::vector<Adjustment>& adjustments) {
  std::vector<std::string> property, source, target, operation;
  std::vector<double> value;
  for (const auto& adjustment : adjustments)
    for (const char* sign : {"e", "i"}) {
      property.emplace_back("pop_name");
      source.emplace_back(sign);
      target.push_back(population_substring(adjustment.type));
      operation.emplace_back(*sign == 'e' ? "*" : "/");
      value.push_back(adjustment.factor);
    }
  return {{{"src_property", property},
           {"src_substring", std::move(source)},
           {"trg_property", property},
           {"trg_substring", std::move(target)},
           {"operation", std::move(operation)},
           {"value", std::move(value)}}};
}

std::vector<double> population_factors(const metrics::Cells& cells,
                                       const std::vector<Adjustment>& adjustments) {
  std::vector<double> factors;
  for (const auto& population : cells.population_names) {
    const auto type = metrics::cell_type_of(population);
    const bool excites = population.find('e') != std::string::npos,
               inhibits = population.find('i') != std::string::npos;
    std::vector<const Adjustment*> found;
    for (const auto& adjustment : adjustments)
      if (population.find(population_substring(adjustment.type)) != std::string::npos)
        found.push_back(&adjustment);
    const bool clear = found.empty() || (found.size() == 1 && found.front()->type == type);
    if (!clear || excites == inhibits || excites != metrics::is_excitatory(type))
      throw core::FormatError(
          "a modfile cannot tell population {} from others (its rows look for \"e\", \"i\" and the short "
          "names of cell types in names of populations) rename it in {}",
          population, cells.nodes_file);
    factors.push_back(found.empty() ? 1 : found.front()->factor);
  }
  return factors;
}

void write_adjusted_edges(const fs::path& source, const fs::path& destination, const metrics::Cells& cells,
                          const std::vector<double>& factor_of_population, std::uint64_t block_rows) {
  const io::EdgePopulation edges(source, metrics::v1_edge_population);
  metrics::require_edge_weights(edges);
  io::copy_incomplete(source, destination);
  auto file = io::h5::File::open_to_change(io::incomplete_name(destination));
  const auto dataset = fmt::format("/edges/{}/0/syn_weight", metrics::v1_edge_population);
  for (std::uint64_t first = 0; first < edges.size(); first += block_rows) {
    const auto slab = edges.read(first, std::min(block_rows, edges.size() - first));
    require_rows_in_order(edges, slab);
    if (edges.weight_is_float32())
      scale<float>(file, dataset, slab, cells, factor_of_population);
    else
      scale<double>(file, dataset, slab, cells, factor_of_population);
  }
  file.close();
  io::publish(destination);
}

}  // namespace striate::interventions
