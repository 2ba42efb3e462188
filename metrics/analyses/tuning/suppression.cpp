// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/suppression.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "core/values/nan.hpp"
#include "metrics/analyses/tuning/grating_sparsity.hpp"
#include "metrics/analyses/tuning/odsi.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/node_set_file.hpp"
#include "metrics/base/output.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;
/// What is compared, the mean rate first. Means over types are of all but the spontaneous rate.
struct ComparedValue {
  const char* metric;  ///< in the tables of types
  const char* short_name;  ///< in the columns of the table of cells
};
constexpr ComparedValue compared[] = {{"Ave_Rate(Hz)", "rate"},
                                      {"OSI", "osi"},
                                      {"DSI", "dsi"},
                                      {"dg_sparsity", "dg_sparsity"},
                                      {"Spont_Rate(Hz)", "spont"}};
constexpr std::size_t metric_count = std::size(compared) - 1;

/// [as compared][cell row]
using CellValues = std::array<std::vector<double>, std::size(compared)>;

fs::path tuning_file_of(const fs::path& network, const std::string& option) {
  return table_file(odsi_files.items[0], network / "metrics", option);
}
fs::path sparsity_file_of(const fs::path& network, const std::string& option) {
  return table_file(sparsity_files.items[0], network / "metrics", option);
}

CellValues read_values(const fs::path& network, const std::string& option, const Cells& cells) {
  auto tuning = read_tuning(tuning_file_of(network, option), cells);
  return {std::move(tuning.mean_rate), std::move(tuning.osi), std::move(tuning.dsi),
          read_grating_sparsity(sparsity_file_of(network, option), cells),
          std::move(tuning.spontaneous_rate)};
}

/// One network in both options.
struct Compared {
  Cells cells;
  CellValues before, after;
  std::vector<char> silenced;  ///< [cell row]
};

Compared read_both(const fs::path& network, const SuppressionRequest& request) {
  Compared both{.cells = read_cells(network, request.core), .before = {}, .after = {}, .silenced = {}};
  both.before = read_values(network, request.baseline, both.cells);
  both.after = read_values(network, request.option, both.cells);
  both.silenced.assign(both.cells.size(), 0);
  if (request.targets)
    for (const auto id : read_targets(network / *request.targets))
      both.silenced[both.cells.require_row(id, [&] { return (network / *request.targets).string(); })] = 1;
  return both;
}

struct Change {
  double baseline = 0, perturbed = 0, percent = 0;
  std::int64_t baseline_cells = 0, perturbed_cells = 0;
};
using NetworkChanges = std::map<std::string, std::array<Change, metric_count>>;

/// Rows of core cells by type; excitatory cells of layer 5 also count as L5_Exc.
std::map<std::string, std::vector<std::uint32_t>> rows_by_type(const Cells& cells) {
  std::map<std::string, std::vector<std::uint32_t>> rows;
  for (const auto row : core_rows(cells)) {
    const auto& type = cells.type_of(row);
    rows[type].push_back(row);
    if (is_l5_excitatory(type)) rows[aggregate_l5(type)].push_back(row);
  }
  return rows;
}

NetworkChanges changes_of(const Compared& both, const SuppressionRequest& request) {
  NetworkChanges changes;
  for (const auto& [type, rows] : rows_by_type(both.cells))
    for (std::size_t metric = 0; metric < metric_count; ++metric) {
      std::vector<double> baseline, perturbed;
      for (const auto row : rows) {
        if (both.silenced[row] == 0 || request.keep_targets_in_baseline)
          baseline.push_back(both.before[metric][row]);
        if (both.silenced[row] == 0) perturbed.push_back(both.after[metric][row]);
      }
      baseline = without_nan(baseline);
      perturbed = without_nan(perturbed);
      const double old_mean = mean(baseline), new_mean = mean(perturbed);
      changes[type][metric] = {old_mean, new_mean, percent_change(old_mean, new_mean),
                               static_cast<std::int64_t>(baseline.size()),
                               static_cast<std::int64_t>(perturbed.size())};
    }
  return changes;
}

std::vector<std::string> types_of(const std::vector<NetworkChanges>& networks) {
  std::vector<std::string> types;
  for (const auto& changes : networks)
    for (const auto& [type, values] : changes)
      if (std::ranges::find(types, type) == types.end()) types.push_back(type);
  sort_types(types);
  return types;
}

Table network_table(const SuppressionRequest& request, const std::vector<NetworkChanges>& networks) {
  std::vector<std::string> names, types, metrics;
  std::vector<double> baselines, values, percents;
  std::vector<std::int64_t> baseline_cells, cells;
  for (std::size_t i = 0; i < networks.size(); ++i)
    for (const auto& type : types_of({networks[i]}))
      for (std::size_t metric = 0; metric < metric_count; ++metric) {
        const auto& change = networks[i].at(type)[metric];
        names.push_back(request.networks[i].string());
        types.push_back(type);
        metrics.emplace_back(compared[metric].metric);
        baselines.push_back(change.baseline);
        values.push_back(change.perturbed);
        percents.push_back(change.percent);
        baseline_cells.push_back(change.baseline_cells);
        cells.push_back(change.perturbed_cells);
      }
  return {{{"network", std::move(names)},
           {"cell_type", std::move(types)},
           {"metric", std::move(metrics)},
           {"baseline", std::move(baselines)},
           {"perturbed", std::move(values)},
           {"percent_change", std::move(percents)},
           {"baseline_cells", std::move(baseline_cells)},
           {"perturbed_cells", std::move(cells)}}};
}

Table mean_table(const std::vector<NetworkChanges>& networks) {
  std::vector<std::string> types, metrics;
  std::vector<double> means;
  std::vector<std::int64_t> counts;
  for (const auto& type : types_of(networks))
    for (std::size_t metric = 0; metric < metric_count; ++metric) {
      std::vector<double> percents;
      for (const auto& changes : networks)
        if (const auto found = changes.find(type); found != changes.end())
          percents.push_back(found->second[metric].percent);
      percents = without_nan(percents);
      types.push_back(type);
      metrics.emplace_back(compared[metric].metric);
      means.push_back(mean(percents));
      counts.push_back(static_cast<std::int64_t>(percents.size()));
    }
  return {{{"cell_type", std::move(types)},
           {"metric", std::move(metrics)},
           {"percent_change", std::move(means)},
           {"networks", std::move(counts)}}};
}

/// Every cell of one network.
Table cell_table(const fs::path& network, const std::string& experiment, const Compared& both) {
  const auto& cells = both.cells;
  std::vector<std::string> populations, types;
  for (std::size_t row = 0; row < cells.size(); ++row) {
    populations.push_back(cells.population_of(row));
    types.push_back(cells.type_of(row));
  }
  Table table{{{"network", std::vector<std::string>(cells.size(), network_name(network))},
               {"node_id", std::vector<std::int64_t>(cells.node_id.begin(), cells.node_id.end())},
               {"pop_name", std::move(populations)},
               {"cell_type", std::move(types)},
               {"core", std::vector<std::int64_t>(cells.core.begin(), cells.core.end())},
               {"silenced", std::vector<std::int64_t>(both.silenced.begin(), both.silenced.end())},
               {"experiment", std::vector<std::string>(cells.size(), experiment)}}};
  for (std::size_t k = 0; k < std::size(compared); ++k) {
    const std::string name = compared[k].short_name;
    std::vector<double> delta, percent;
    for (std::size_t row = 0; row < cells.size(); ++row) {
      delta.push_back(both.after[k][row] - both.before[k][row]);
      percent.push_back(percent_change(both.before[k][row], both.after[k][row]));
    }
    table.columns.push_back({"baseline_" + name, both.before[k]});
    table.columns.push_back({"exp_" + name, both.after[k]});
    table.columns.push_back({"delta_" + name, std::move(delta)});
    table.columns.push_back({"pct_delta_" + name, std::move(percent)});
  }
  return table;
}

}  // namespace

double percent_change(double baseline, double perturbed) {
  return baseline == 0 ? nan : 100 * (perturbed - baseline) / baseline;
}

std::vector<fs::path> make_suppression(const SuppressionRequest& request, const core::Comm& comm) {
  const auto name = pooled_name(request.option, request.networks.size());
  const auto file = table_file(suppression_files.items[0], request.output_directory, name),
             mean_file = table_file(suppression_files.items[1], request.output_directory, name),
             cells_file = table_file(suppression_files.items[2], request.output_directory, request.option);
  if (!comm.is_root()) return {file, mean_file, cells_file};
  std::optional<Table> of_cells;
  std::vector<NetworkChanges> networks;
  Provenance provenance{
      .kind = "suppression",
      .inputs = {},
      .options = {{"baseline", request.baseline},
                  {"targets", request.targets ? request.targets->string() : "none"},
                  {"targets in baseline", request.keep_targets_in_baseline ? "kept" : "removed"},
                  {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  describe_networks(provenance, request.networks);
  // Both sides, too: a baseline with zeros for silent cells beside NaN would be a change.
  MadeAlike tuning({"trials"}), sparse({"trials"});
  std::map<std::string, MadeAlike> of_option;
  for (const auto& network : request.networks) {
    for (const auto& option : {request.baseline, request.option}) {
      const auto tuning_file = tuning_file_of(network, option),
                 sparsity_file = sparsity_file_of(network, option);
      tuning.add(tuning_file, network);
      sparse.add(sparsity_file, network);
      of_option["tuning of " + option].add(tuning_file, network);
      of_option["sparsity of " + option].add(sparsity_file, network);
    }
    const auto both = read_both(network, request);
    networks.push_back(changes_of(both, request));
    if (!of_cells) of_cells = cell_table(network, request.option, both);
    provenance.inputs.push_back(network.string());
  }
  write_csv(file, network_table(request, networks), ',', provenance);
  write_csv(mean_file, mean_table(networks), ',', provenance);
  write_csv(cells_file, *of_cells, ',', provenance);
  return {file, mean_file, cells_file};
}

std::vector<fs::path> run_suppression(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto targets = node_set_or_none(values, "the silenced cells would count as effect");
  if (!targets && values.given("baseline-targets"))
    throw core::UsageError("--baseline-targets with --targets none (no cell was silenced) leave one out");
  return make_suppression({.networks = all_networks(call),
                           .option = call.option(),
                           .baseline = values.text("baseline"),
                           .output_directory = output_directory(call),
                           .targets = targets,
                           .keep_targets_in_baseline = values.is("baseline-targets", "kept"),
                           .core = core_rule(values)},
                          world);
}

}  // namespace striate::metrics
