// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/cells/cohort_activity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/output.hpp"
#include "metrics/math/statistics.hpp"
#include "metrics/pooling/network_samples.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t quantity_count = std::size(cohort_quantities), metric_count = std::size(cohort_metrics);
constexpr CohortLevel levels[] = {CohortLevel::high, CohortLevel::mid, CohortLevel::low};

/// All of it by [cell row].
struct Ranked {
  std::array<std::vector<double>, quantity_count> quantity;
  std::array<std::vector<CohortLevel>, quantity_count> level;
  std::array<std::vector<double>, metric_count> metric;
};

/// "Exc", "PV", "SST", "VIP", "L1_Inh".
std::string shown_class(const std::string& type) {
  return is_excitatory(type) ? "Exc" : simplify_inhibitory(type);
}

bool in_class(std::string_view shown, const std::string& type) {
  const auto own = shown_class(type);
  return shown == "Inh" ? own == "PV" || own == "SST" || own == "VIP" : own == shown;
}

Table cell_table(const std::string& network, const Cells& cells, const Ranked& ranked) {
  const auto rows = core_rows(cells);
  const auto of_rows = [&](const auto& value) {
    std::vector<decltype(value(rows[0]))> values;
    for (const auto row : rows) values.push_back(value(row));
    return values;
  };
  Table table{{{"network", std::vector<std::string>(rows.size(), network)},
               {"node_id", of_rows([&](auto row) { return static_cast<std::int64_t>(cells.node_id[row]); })},
               {"cell_type", of_rows([&](auto row) { return std::string(cells.type_of(row)); })},
               {"class", of_rows([&](auto row) { return shown_class(cells.type_of(row)); })}}};
  for (std::size_t k = 0; k < quantity_count; ++k) {
    table.columns.push_back(
        {cohort_quantities[k].column, of_rows([&](auto row) { return double{ranked.quantity[k][row]}; })});
    table.columns.push_back({fmt::format("{}_level", cohort_quantities[k].name), of_rows([&](auto row) {
                               const auto level = static_cast<std::size_t>(ranked.level[k][row]);
                               return std::string(cohort_level_names[level]);
                             })});
  }
  for (std::size_t k = 0; k < metric_count; ++k)
    table.columns.push_back(
        {cohort_metrics[k], of_rows([&](auto row) { return double{ranked.metric[k][row]}; })});
  return table;
}

Table summary_table(const std::string& network, const Cells& cells, const Ranked& ranked) {
  std::vector<std::string> quantities, classes, level_names, metrics;
  std::vector<std::int64_t> members, defined;
  std::vector<double> means, deviations, first, middle, third;
  const auto rows = core_rows(cells);
  for (std::size_t k = 0; k < quantity_count; ++k)
    for (const char* shown : cohort_classes)
      for (const auto level : levels) {
        std::vector<std::uint32_t> own;
        std::ranges::copy_if(rows, std::back_inserter(own), [&](std::uint32_t row) {
          return ranked.level[k][row] == level && in_class(shown, cells.type_of(row));
        });
        if (own.empty()) continue;
        for (std::size_t metric = 0; metric < metric_count; ++metric) {
          std::vector<double> values;
          for (const auto row : own) values.push_back(ranked.metric[metric][row]);
          values = without_nan(values);
          quantities.emplace_back(cohort_quantities[k].name);
          classes.emplace_back(shown);
          level_names.emplace_back(cohort_level_names[static_cast<std::size_t>(level)]);
          metrics.emplace_back(cohort_metrics[metric]);
          members.push_back(static_cast<std::int64_t>(own.size()));
          defined.push_back(static_cast<std::int64_t>(values.size()));
          means.push_back(mean(values));
          deviations.push_back(deviation(values, 1));
          std::ranges::sort(values);
          first.push_back(quantile_of_sorted(values, 0.25));
          middle.push_back(quantile_of_sorted(values, 0.5));
          third.push_back(quantile_of_sorted(values, 0.75));
        }
      }
  return {{{"network", std::vector<std::string>(classes.size(), network)},
           {"cohorts_by", std::move(quantities)},
           {"class", std::move(classes)},
           {"level", std::move(level_names)},
           {"metric", std::move(metrics)},
           {"cells", std::move(members)},
           {"defined", std::move(defined)},
           {"mean", std::move(means)},
           {"sd", std::move(deviations)},
           {"q25", std::move(first)},
           {"median", std::move(middle)},
           {"q75", std::move(third)}}};
}

}  // namespace

std::vector<CohortLevel> levels_in_class(const Cells& cells, std::span<const double> quantity) {
  auto cohorts = make_cohorts(cells, quantity);
  auto levels_of_cells = std::move(cohorts.level[static_cast<std::size_t>(CohortBase::exc)]);
  for (const auto base : {CohortBase::pv, CohortBase::sst, CohortBase::vip}) {
    const auto& own = cohorts.level[static_cast<std::size_t>(base)];
    for (std::size_t row = 0; row < cells.size(); ++row)
      if (own[row] != CohortLevel::none) levels_of_cells[row] = own[row];
  }
  return levels_of_cells;
}

std::vector<fs::path> make_cohort_activity(const CohortActivityRequest& request, const core::Comm& comm) {
  const auto cells = read_cells(request.base, request.core);
  const auto edge_file = v1_edge_file(request.base, request.cohort_option);
  CellActivity activity;  // read before the edges: what is missing is said at once
  if (comm.is_root()) activity = read_activity(request.base, request.option, cells, request.images);
  Ranked ranked;
  for (std::size_t k = 0; k < quantity_count; ++k) {
    ranked.quantity[k] = cell_sums(edge_file, cells, cohort_quantities[k].quantity, comm, request.block_rows);
    ranked.level[k] = levels_in_class(cells, ranked.quantity[k]);
  }
  const auto named = [&](std::size_t k) {
    return table_file(cohort_activity_files.items[k], request.output_directory, request.option);
  };
  std::vector<fs::path> files{named(0), named(1)};
  if (!comm.is_root()) return files;
  Provenance provenance{.kind = "cohorts",
                        .inputs = {cells.nodes_file.string(), edge_file.string()},
                        .options = {{"cohorts by connections of", request.cohort_option},
                                    {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  provenance.inputs.insert(provenance.inputs.end(), activity.inputs.begin(), activity.inputs.end());
  ranked.metric = {std::move(activity.tuning.mean_rate), std::move(activity.tuning.osi),
                   std::move(activity.tuning.dsi), std::move(activity.grating_sparsity),
                   std::move(activity.image_selectivity)};
  const auto network = network_name(request.base);
  write_csv(files[0], cell_table(network, cells, ranked), ',', provenance);
  write_csv(files[1], summary_table(network, cells, ranked), ',', provenance);
  return files;
}

std::vector<fs::path> run_cohort_activity(const core::Call& call, const core::Comm& world) {
  const auto networks = all_networks(call);
  const auto output = output_directory(call);
  const SampledTable samples{.kind = "cohorts",
                             .each = cohort_activity_files.items[1],
                             .means = "{tables}/cohort_activity_networks_{option}.csv",
                             .keys = {"cohorts_by", "class", "level", "metric"},
                             .number_keys = {},
                             .values = {"mean", "median"},
                             .value_column = "statistic"};
  const auto tables = sampled_files(samples, networks, "metrics", output, call.option());
  auto files =
      make_cohort_activity({.base = call.base(),
                            .option = call.option(),
                            .cohort_option = call.values.text_if("cohorts-from").value_or(call.option()),
                            .output_directory = output,
                            .images = path_if(call.values, "units"),
                            .core = core_rule(call.values)},
                           world);
  for (const auto& file : make_network_means(samples, networks, tables, output, call.option(), world))
    files.push_back(file);
  return files;
}

}  // namespace striate::metrics
