// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/cells/neuron_features.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/values/nan.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/output.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;

constexpr double rounding = 1e-12;  // what is left of a column of equal numbers
/// Sums over the connections of a cell on one side, in this order.
enum Sum : std::size_t { number, signed_weight, magnitude, square, sum_count };
constexpr const char* sides[] = {"incoming", "outgoing"};

/// [(core cell * sides + side) * sum_count + sum], on the root. Collective.
std::vector<double> connection_sums(const fs::path& file, const Cells& cells, const core::Comm& comm,
                                    std::uint64_t block_rows) {
  std::vector<std::size_t> place(cells.size(), 0);
  const auto rows = core_rows(cells);
  for (std::size_t i = 0; i < rows.size(); ++i) place[rows[i]] = i;
  const auto visit = [&](std::uint32_t source, std::uint32_t target, double weight, std::span<double> sums) {
    for (const auto& [cell, side] : {std::pair(target, 0u), std::pair(source, 1u)}) {
      const auto own = sums.subspan((place[cell] * std::size(sides) + side) * sum_count, sum_count);
      own[number] += 1;
      own[signed_weight] += weight;
      own[magnitude] += std::abs(weight);
      own[square] += weight * weight;
    }
  };
  return sum_core_edges(file, cells, rows.size() * std::size(sides) * sum_count, visit, comm, block_rows);
}

void add_connections(Table& table, std::span<const double> sums) {
  const std::size_t cells = sums.size() / (std::size(sides) * sum_count);
  for (std::size_t side = 0; side < std::size(sides); ++side) {
    std::vector<std::int64_t> degree;
    std::vector<double> total, average, spread, absolute, absolute_average;
    for (std::size_t cell = 0; cell < cells; ++cell) {
      const auto own = sums.subspan((cell * std::size(sides) + side) * sum_count, sum_count);
      const double n = own[number];
      degree.push_back(static_cast<std::int64_t>(n));
      total.push_back(own[signed_weight]);
      average.push_back(n > 0 ? own[signed_weight] / n : nan);
      spread.push_back(
          n > 1
              ? std::sqrt(std::max(0.0, own[square] - own[signed_weight] * own[signed_weight] / n) / (n - 1))
              : nan);
      absolute.push_back(own[magnitude]);
      absolute_average.push_back(n > 0 ? own[magnitude] / n : nan);
    }
    const auto named = [&](const char* name) { return fmt::format("{}_{}", sides[side], name); };
    table.columns.push_back({named("degree"), std::move(degree)});
    table.columns.push_back({named("weight_sum"), std::move(total)});
    table.columns.push_back({named("weight_mean"), std::move(average)});
    table.columns.push_back({named("weight_std"), std::move(spread)});
    table.columns.push_back({named("weight_sum_abs"), std::move(absolute)});
    table.columns.push_back({named("weight_mean_abs"), std::move(absolute_average)});
  }
}

/// [core cell] of a value by cell row.
std::vector<double> of_core(const std::vector<double>& values, std::span<const std::uint32_t> rows) {
  std::vector<double> own;
  for (const auto row : rows) own.push_back(values[row]);
  return own;
}

Table place_columns(const NeuronFeaturesRequest& request, const Cells& cells,
                    std::span<const std::uint32_t> rows) {
  std::vector<std::int64_t> ids, inhibitory;
  std::vector<std::string> populations, ei, types, pooled_l5, families, layers, classes;
  std::vector<double> radius;
  for (const auto row : rows) {
    const auto& type = cells.type_of(row);
    const bool excites = is_excitatory(type);
    ids.push_back(static_cast<std::int64_t>(cells.node_id[row]));
    inhibitory.push_back(excites ? 0 : 1);
    populations.push_back(cells.population_of(row));
    ei.emplace_back(excites ? "e" : "i");
    types.push_back(type);
    pooled_l5.push_back(aggregate_l5(type));
    families.push_back(simplify_inhibitory(type));
    layers.push_back(layer_of(type).value_or(unknown_label));
    classes.push_back(class_of(type));
    radius.push_back(std::hypot(cells.x[row], cells.z[row]));
  }
  return {{{"node_id", std::move(ids)},
           {"network", std::vector<std::string>(rows.size(), network_name(request.base))},
           {"network_type", std::vector<std::string>(rows.size(), request.option)},
           {"pop_name", std::move(populations)},
           {"ei", std::move(ei)},
           {"tuning_angle", of_core(cells.tuning_angle, rows)},
           {"x", of_core(cells.x, rows)},
           {"z", of_core(cells.z, rows)},
           {"radius", std::move(radius)},
           {"cell_type", std::move(types)},
           {"cell_type_l5_agg", std::move(pooled_l5)},
           {"cell_type_inh_family", std::move(families)},
           {"cell_layer", std::move(layers)},
           {"cell_class", std::move(classes)},
           {"is_inhibitory", std::move(inhibitory)}}};
}

/// Rates and selectivity, and at the end of the table (`scores`) what they make together.
struct ActivityColumns {
  std::vector<TableColumn> measured, scores;
};

ActivityColumns activity_columns(const CellActivity& activity, std::span<const std::uint32_t> rows) {
  const auto image_selectivity = of_core(activity.image_selectivity, rows),
             osi = of_core(activity.tuning.osi, rows), dsi = of_core(activity.tuning.dsi, rows),
             image_rate = of_core(activity.image_rate, rows),
             grey = of_core(activity.tuning.spontaneous_rate, rows),
             average = of_core(activity.tuning.mean_rate, rows),
             peak = of_core(activity.tuning.max_rate, rows);
  std::vector<double> evoked;
  for (std::size_t i = 0; i < rows.size(); ++i) evoked.push_back(average[i] - grey[i]);
  const std::vector<double> selectivities[] = {image_selectivity, osi, dsi};
  std::vector<double> rates[] = {image_rate, grey, evoked, peak};
  for (auto& column : rates)
    for (auto& rate : column) rate = std::isnan(rate) ? nan : std::log1p(std::max(rate, 0.0));
  auto selectivity_score = composite_score(selectivities), rate_score = composite_score(rates);
  std::vector<double> discriminant;
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    discriminant.push_back(selectivity_score[i] - rate_score[i]);
    labels.emplace_back(selectivity_label(selectivity_score[i]));
  }
  return {.measured = {{"image_selectivity", image_selectivity},
                       {"orientation_selectivity", osi},
                       {"firing_rate", average},
                       {"natural_image_evoked_rate", image_rate},
                       {"dg_spont_rate", grey},
                       {"dg_mean_rate", average},
                       {"dg_peak_rate", peak},
                       {"dg_evoked_rate", std::move(evoked)},
                       {"dg_dsi", dsi},
                       {"dg_sparsity", of_core(activity.grating_sparsity, rows)}},
          .scores = {{"activity_selectivity_score", std::move(selectivity_score)},
                     {"activity_rate_score", std::move(rate_score)},
                     {"activity_discriminant", std::move(discriminant)},
                     {"activity_label", std::move(labels)}}};
}

}  // namespace

std::vector<double> composite_score(std::span<const std::vector<double>> columns) {
  if (columns.empty()) return {};
  std::vector<std::vector<double>> scores(columns.front().size());
  for (const auto& column : columns) {
    const auto defined = without_nan(column);
    const double centre = mean(defined), spread = deviation(defined, 0);
    if (!(spread > rounding * std::abs(centre))) continue;
    for (std::size_t cell = 0; cell < column.size(); ++cell)
      if (!std::isnan(column[cell])) scores[cell].push_back((column[cell] - centre) / spread);
  }
  std::vector<double> means;
  for (const auto& own : scores) means.push_back(mean(own));
  return means;
}

const char* selectivity_label(double score) {
  if (std::isnan(score)) return unknown_label;
  return score > 0 ? selective_label : not_selective_label;
}

std::vector<fs::path> make_neuron_features(const NeuronFeaturesRequest& request, const core::Comm& comm) {
  const auto cells = read_cells(request.base, request.core);
  const auto edge_file = v1_edge_file(request.base, request.option);
  CellActivity activity;  // read before the edges: what is missing is said at once
  if (comm.is_root()) activity = read_activity(request.base, request.option, cells, request.images);
  const auto sums = connection_sums(edge_file, cells, comm, request.block_rows);
  const auto file = table_file(neuron_features_files.items[0], request.output_directory, request.option);
  if (!comm.is_root()) return {file};
  const auto rows = core_rows(cells);
  auto table = place_columns(request, cells, rows);
  auto columns = activity_columns(activity, rows);
  std::ranges::move(columns.measured, std::back_inserter(table.columns));
  add_connections(table, sums);
  std::ranges::move(columns.scores, std::back_inserter(table.columns));
  Provenance provenance{.kind = "features",
                        .inputs = {cells.nodes_file.string(), edge_file.string()},
                        .options = {{"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  provenance.inputs.insert(provenance.inputs.end(), activity.inputs.begin(), activity.inputs.end());
  write_csv(file, table, ',', provenance);
  return {file};
}

std::vector<fs::path> run_neuron_features(const core::Call& call, const core::Comm& world) {
  return make_neuron_features({.base = call.base(),
                               .option = call.option(),
                               .output_directory = output_directory(call),
                               .images = path_if(call.values, "units"),
                               .core = core_rule(call.values)},
                              world);
}

}  // namespace striate::metrics
