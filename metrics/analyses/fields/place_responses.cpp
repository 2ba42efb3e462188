// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/fields/place_responses.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "metrics/analyses/conditions/shown_conditions.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t fewest_places = 3;  // along an axis
constexpr double even = 1e-6;  // of the step

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
  const auto where = table.file.empty() ? std::string() : " in " + table.file.string();
  if (axis.size() < fewest_places)
    throw core::FormatError("{} values of {}{} (a field needs at least {} places along each axis)",
                            axis.size(), variable, where, fewest_places);
  const double step = axis[1] - axis[0];
  for (std::size_t k = 1; k < axis.size(); ++k)
    if (std::abs(axis[k] - axis[k - 1] - step) > even * step)
      throw core::FormatError(
          "{} {} and {}{} are not as far apart as {} and {} (places must be evenly spaced)", variable,
          axis[k - 1], axis[k], where, axis[0], axis[1]);
  return axis;
}

std::size_t index_of(const std::vector<double>& axis, double value) {
  return static_cast<std::size_t>(std::ranges::find(axis, value) - axis.begin());
}

void require_all_places(const PlaceDesign& design) {
  std::vector<char> seen(design.places(), 0);
  for (const auto& each : design.shown) seen[each.place] = 1;
  const auto gap = static_cast<std::size_t>(std::ranges::find(seen, 0) - seen.begin());
  if (gap < seen.size())
    throw core::FormatError("nothing was shown at {}={}, {}={} (a field needs every place)", x_variable,
                            design.x[gap % design.x.size()], y_variable, design.y[gap / design.x.size()]);
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
  design.x = axis_of(x, x_variable, table);
  design.y = axis_of(y, y_variable, table);
  std::ranges::reverse(design.y);
  for (const auto& row : table.rows) {
    if (row.blank) continue;
    const auto run = run_of.find(row.run);
    if (run == run_of.end())
      throw core::FormatError("unknown run '{}' in the conditions of {}{} (no trial is called so)", row.run,
                              paradigm.name, table.file.empty() ? "" : ", " + table.file.string());
    const auto column = index_of(design.x, place_value(table, row, x_variable)),
               line = index_of(design.y, place_value(table, row, y_variable));
    design.shown.push_back(
        {.run = run->second,
         .window = {row.start_ms, std::min(row.end_ms, row.start_ms + counted_ms), End::closed, End::open},
         .place = static_cast<std::uint32_t>(line * design.x.size() + column)});
  }
  require_all_places(design);
  require_agreement(table, paradigm);
  return design;
}

PlaceResponses count_places(const PlaceDesign& design, const Cells& cells, const core::Comm& comm) {
  // Runs whose presentations lie at the same times are counted together: usually all.
  const auto before = [](const std::vector<Window>& a, const std::vector<Window>& b) {
    return std::ranges::lexicographical_compare(a, b, [](const Window& p, const Window& q) {
      return std::pair(p.begin_ms, p.end_ms) < std::pair(q.begin_ms, q.end_ms);
    });
  };
  std::vector<std::vector<Window>> windows(design.runs.size());
  std::vector<std::vector<std::uint32_t>> places(design.runs.size());
  for (const auto& each : design.shown) {
    windows[each.run].push_back(each.window);
    places[each.run].push_back(each.place);
  }
  std::map<std::vector<Window>, std::vector<std::size_t>, decltype(before)> groups(before);
  for (std::size_t run = 0; run < design.runs.size(); ++run)
    if (!windows[run].empty()) groups[windows[run]].push_back(run);

  PlaceResponses responses{.cells = core::contiguous_share(cells.size(), comm.rank(), comm.size()),
                           .missing_runs = 0,
                           .place = {},
                           .counts = {}};
  std::vector<std::vector<Count>> by_presentation;  // [presentation][local cell]
  for (const auto& [times, runs] : groups) {
    std::vector<fs::path> directories;
    for (const auto run : runs) directories.push_back(design.runs[run]);
    const auto counts = count_trials(directories, cells, {.windows = times, .slots = {}}, comm);
    responses.missing_runs += counts.missing_count();
    for (std::size_t k = 0; k < runs.size(); ++k) {
      if (counts.missing[k] != 0) continue;
      for (std::size_t bin = 0; bin < times.size(); ++bin) {
        responses.place.push_back(places[runs[k]][bin]);
        auto& row = by_presentation.emplace_back(responses.cells.count());
        for (std::size_t cell = 0; cell < row.size(); ++cell) row[cell] = counts.at(k, bin, cell);
      }
    }
  }
  if (responses.place.empty())
    throw core::MissingFileError("no spikes of any run such as {} (simulate first)", design.runs.front());
  if (responses.missing_runs > 0)
    core::log::warning("{} of {} runs have no spikes (left out)", responses.missing_runs, design.runs.size());
  responses.counts.resize(by_presentation.size() * responses.cells.count());
  for (std::size_t i = 0; i < by_presentation.size(); ++i)
    for (std::size_t cell = 0; cell < responses.cells.count(); ++cell)
      responses.counts[cell * by_presentation.size() + i] = by_presentation[i][cell];
  return responses;
}

}  // namespace striate::metrics
