// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/training/training_objective.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/errors/error.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/recorded/reference_values.hpp"

namespace striate::workflows {
namespace {

using training::Activity;

struct SelectivityRow {
  double units;
  training::SelectivityTarget target;
};

std::map<std::string, SelectivityRow> read_selectivity(const std::filesystem::path& file) {
  const auto table = io::read_delimited_table(file, ',', "targets of the selectivity loss");
  const auto type = table.column("cell_type"), units = table.column("units"), osi = table.column("OSI"),
             dsi = table.column("DSI");
  std::map<std::string, SelectivityRow> rows;
  for (const auto& row : table.rows)
    rows[metrics::clean_label(row.cells[type])] = {
        .units = table.number(row, units),
        .target = {.osi = table.number(row, osi), .dsi = table.number(row, dsi)}};
  return rows;
}

/// The rows of the table for windows as long as this network's trials have.
void read_fano(const TrainingPreset& preset, training::Objective& objective) {
  const auto table = io::read_delimited_table(preset.fano_targets, ',', "targets of the synchrony loss");
  const auto window = table.column("window_ms"), width = table.column("width_ms"),
             evoked = table.column("evoked"), spontaneous = table.column("spontaneous");
  const auto& some = objective.by_activity[0].synchrony;
  const double wanted = static_cast<double>(some.end_step) - static_cast<double>(some.first_step);
  for (const auto& row : table.rows) {
    if (table.number(row, window) != wanted) continue;
    for (const Activity activity : {Activity::evoked, Activity::spontaneous}) {
      auto& synchrony = objective.by_activity[static_cast<std::size_t>(activity)].synchrony;
      const double steps = table.number(row, width);
      if (!(steps >= 1) || steps > wanted)
        throw core::FormatError("invalid width_ms = {} in {}:{} (must be from 1 to the window)", steps,
                                table.path, row.line);
      synchrony.widths.push_back(static_cast<std::uint32_t>(steps));
      synchrony.targets.push_back(table.number(row, activity == Activity::evoked ? evoked : spontaneous));
    }
  }
  if (some.widths.empty())
    throw core::ConfigError(
        "no Fano targets for windows of {} ms in {} (trials of {} ms, without their first {} ms) "
        "use trials of 500 ms, add rows for this window or set losses.synchrony.strength to 0",
        wanted, preset.fano_targets, some.end_step, some.first_step);
}

double mean(const std::vector<double>& values) {
  return std::reduce(values.begin(), values.end()) /
         static_cast<double>(std::max<std::size_t>(values.size(), 1));
}

std::vector<double> per_ms(std::vector<double> rates_hz) {
  for (double& rate : rates_hz) rate /= 1000;
  return rates_hz;
}

class Maker {
 public:
  Maker(const TrainingPreset& preset, const TrainingCells& cells)
      : preset_(preset), cells_(cells), recorded_(metrics::read_compact_table(preset.recorded)) {
    result_.objective = preset.objective;
  }

  TrainingObjective make() {
    find_types();
    for (std::size_t type = 0; type < result_.types.size(); ++type) {
      const auto& values = recorded_.values.at(result_.types[type]);
      const auto& evoked = values.at("average_rate");
      const auto& spontaneous = values.at("spontaneous_rate");
      result_.recorded.push_back({.evoked = mean(evoked), .spontaneous = mean(spontaneous)});
      result_.evoked_hz.push_back(evoked);
      result_.spontaneous_hz.push_back(spontaneous);
      add_rates(type, Activity::evoked, evoked);
      add_rates(type, Activity::spontaneous, spontaneous);
    }
    add_selectivity();
    if (preset_.objective.by_activity[0].synchrony.strength > 0) {
      read_fano(preset_, result_.objective);
      for (std::uint32_t cell = 0; cell < cells_.size(); ++cell)
        if (cells_.core[cell] != 0 && cells_.excitatory[cell] != 0)
          result_.objective.synchrony_cells.push_back(cell);
      if (result_.objective.synchrony_cells.size() < preset_.objective.groups.least_size)
        throw core::ConfigError(
            "{} excitatory cells within {} um of the axis (groups of the synchrony loss have at "
            "least {}) train a larger network or set losses.synchrony.strength to 0",
            result_.objective.synchrony_cells.size(), preset_.core_radius_um,
            preset_.objective.groups.least_size);
    }
    return std::move(result_);
  }

 private:
  void find_types() {
    std::map<std::string, std::uint32_t> absent;
    std::vector<std::string> merged;
    for (const auto& name : cells_.type_names) merged.push_back(metrics::aggregate_l5(name));
    for (const auto& name : merged) {
      const auto found = recorded_.values.find(name);
      const bool complete = found != recorded_.values.end() && found->second.contains("average_rate") &&
                            found->second.contains("spontaneous_rate");
      if (complete && std::ranges::find(result_.types, name) == result_.types.end())
        result_.types.push_back(name);
    }
    std::ranges::sort(result_.types);
    if (result_.types.empty())
      throw core::ConfigError("no cell type of the network is in {} (its types are told from pop_name)",
                              preset_.recorded);
    for (const auto type : cells_.type) {
      const auto place = std::ranges::find(result_.types, merged[type]);
      result_.type_of.push_back(
          place == result_.types.end() ? -1 : static_cast<int>(place - result_.types.begin()));
      if (place == result_.types.end()) ++absent[merged[type]];
    }
    for (const auto& [name, count] : absent)
      result_.warnings.push_back(fmt::format("type {} ({} cells) is not in {}: its rates are left free", name,
                                             count, preset_.recorded.filename()));
  }

  void add_rates(std::size_t type, Activity activity, const std::vector<double>& recorded_hz) {
    auto& of = result_.objective.by_activity[static_cast<std::size_t>(activity)];
    for (const bool core : {true, false}) {
      training::RateGroup group;
      for (std::uint32_t cell = 0; cell < cells_.size(); ++cell)
        if (result_.type_of[cell] == static_cast<int>(type) && (cells_.core[cell] != 0) == core)
          group.cells.push_back(cell);
      if (group.cells.empty()) continue;
      group.targets =
          training::rate_targets(per_ms(recorded_hz), group.cells.size(),
                                 static_cast<std::uint32_t>(preset_.session.seed), preset_.target_draw);
      (core ? of.rates : of.outer_rates).push_back(std::move(group));
    }
  }

  void add_selectivity() {
    const auto rows = read_selectivity(preset_.selectivity_targets);
    std::vector<std::optional<SelectivityRow>> of_type;
    for (const auto& name : result_.types) {
      const auto row = rows.find(name);
      of_type.push_back(row == rows.end() ? std::nullopt : std::optional(row->second));
      if (row != rows.end() && row->second.units <= 3)
        few_ += fmt::format("{}{} ({:.0f})", few_.empty() ? "" : ", ", name, row->second.units);
    }
    if (!few_.empty())
      result_.warnings.push_back(
          fmt::format("selectivity targets that rest on up to three recorded units: {}", few_));
    for (auto* some : {&result_.objective.selectivity, &result_.objective.outer_selectivity})
      for (const auto& row : of_type)
        some->targets.push_back(row ? row->target : training::SelectivityTarget{});
    for (std::uint32_t cell = 0; cell < cells_.size(); ++cell) {
      const int type = result_.type_of[cell];
      if (type < 0 || !of_type[static_cast<std::size_t>(type)] || !std::isfinite(cells_.tuning_deg[cell]))
        continue;
      auto& some =
          cells_.core[cell] != 0 ? result_.objective.selectivity : result_.objective.outer_selectivity;
      some.cells.push_back(cell);
      some.kind.push_back(static_cast<std::uint32_t>(type));
      some.tuning_deg.push_back(cells_.tuning_deg[cell]);
    }
  }

  const TrainingPreset& preset_;
  const TrainingCells& cells_;
  metrics::ReferenceValues recorded_;
  std::string few_;
  TrainingObjective result_;
};

}  // namespace

TrainingObjective make_objective(const TrainingPreset& preset, const TrainingCells& cells) {
  return Maker(preset, cells).make();
}

}  // namespace striate::workflows
