// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/fields/place_responses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "metrics/analyses/conditions/responses.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

double place_value(const io::ConditionTable& table, const io::ShownCondition& row, const char* variable) {
  const auto& text = row.values[table.variable(variable)];
  const auto value = core::parse_number<double>(text);
  if (!value || !std::isfinite(*value))
    throw core::FormatError("invalid {}=\"{}\" in slot {} of {}{} (must be a number of degrees)", variable,
                            text, row.slot, row.run, table.file.empty() ? "" : " in " + table.file.string());
  return *value;
}

std::vector<double> axis_of(const std::set<double>& values, const char* variable,
                            const io::ConditionTable& table) {
  std::vector<double> axis(values.begin(), values.end());
  require_even(axis, variable, table.file.empty() ? "" : " in " + table.file.string());
  return axis;
}

std::size_t index_of(const std::vector<double>& axis, double value) {
  return static_cast<std::size_t>(std::ranges::find(axis, value) - axis.begin());
}

void require_all_places(const PlaceDesign& design) {
  const auto& [x, y] = design.axes;
  std::vector<char> seen(design.axes.places(), 0);
  for (const auto& each : design.shown) seen[each.place] = 1;
  const auto gap = static_cast<std::size_t>(std::ranges::find(seen, 0) - seen.begin());
  if (gap < seen.size())
    throw core::FormatError("nothing was shown at {}={}, {}={} (a field needs every place)", x_variable,
                            x[gap % x.size()], y_variable, y[gap / x.size()]);
}

}  // namespace

std::string places_refusal(const io::Paradigm& paradigm) {
  for (const char* name : {x_variable, y_variable})
    if (std::ranges::find(paradigm.conditions.variables, name) == paradigm.conditions.variables.end())
      return fmt::format(
          "it needs a sequence of stimuli with the variables {} and {}, which {} does not show", x_variable,
          y_variable, paradigm.name);
  return {};
}

PlaceDesign place_design(const io::Paradigm& paradigm, const fs::path& base, const std::string& option,
                         double counted_ms) {
  const auto table = condition_table(paradigm, base);
  PlaceDesign design;
  std::map<std::string, std::size_t> run_of;
  for (const auto& trial : paradigm.trials) {
    run_of.emplace(trial.name, design.runs.size());
    design.runs.push_back(base / paradigm.run_directory(trial, option));
  }
  std::set<double> x, y;
  for (const auto& row : table.rows)
    if (!row.blank) {
      x.insert(place_value(table, row, x_variable));
      y.insert(place_value(table, row, y_variable));
    }
  design.axes = {.x = axis_of(x, x_variable, table), .y = axis_of(y, y_variable, table)};
  std::ranges::reverse(design.axes.y);
  for (const auto& row : table.rows) {
    if (row.blank) continue;
    const auto run = run_of.find(row.run);
    if (run == run_of.end())
      throw core::FormatError("unknown run '{}' in the conditions of {}{} (no trial is called so)", row.run,
                              paradigm.name, table.file.empty() ? "" : ", " + table.file.string());
    const auto column = index_of(design.axes.x, place_value(table, row, x_variable)),
               line = index_of(design.axes.y, place_value(table, row, y_variable));
    design.shown.push_back(
        {.run = run->second,
         .window = {row.start_ms, std::min(row.end_ms, row.start_ms + counted_ms), End::closed, End::open},
         .place = static_cast<std::uint32_t>(line * design.axes.x.size() + column)});
  }
  require_all_places(design);
  require_agreement(table, paradigm);
  return design;
}

PlaceResponses count_places(const PlaceDesign& design, const Cells& cells, const core::Comm& comm) {
  ShownConditions shown{.variables = {}, .conditions = {}, .runs = design.runs, .presentations = {}};
  for (const auto& each : design.shown)
    shown.presentations.push_back({.run = each.run, .condition = each.place, .window = each.window});
  const auto all = design.shown.size();
  PlaceResponses responses{.cells = core::contiguous_share(cells.size(), comm.rank(), comm.size()),
                           .missing_runs = 0,
                           .place = {},
                           .counts = {}};
  responses.counts.assign(responses.cells.count() * all, 0);
  const auto missing =
      spikes_of_runs(shown, cells, comm)([&](std::size_t run, std::span<const ResponseSpike> spikes) {
        for (const auto& spike : spikes) {
          auto& count = responses.counts[(spike.cell - responses.cells.first) * all + spike.presentation];
          if (count == std::numeric_limits<Count>::max())
            throw core::FormatError(
                "more than {} spikes of node {} at one place in {} (no cell fires so often)",
                std::numeric_limits<Count>::max(), cells.node_id[spike.cell], design.runs[run]);
          ++count;
        }
      });
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < all; ++i)
    if (missing[design.shown[i].run] == 0) {
      kept.push_back(i);
      responses.place.push_back(design.shown[i].place);
    }
  if (kept.empty())
    throw core::MissingFileError("no spikes of any run such as {} (simulate first)", design.runs.front());
  responses.missing_runs = static_cast<std::size_t>(std::ranges::count(missing, 1));
  if (responses.missing_runs == 0) return responses;
  core::log::warning("{} of {} runs have no spikes (left out)", responses.missing_runs, design.runs.size());
  for (std::size_t cell = 0, to = 0; cell < responses.cells.count(); ++cell)
    for (const auto i : kept) responses.counts[to++] = responses.counts[cell * all + i];
  responses.counts.resize(responses.cells.count() * kept.size());
  return responses;
}

}  // namespace striate::metrics
