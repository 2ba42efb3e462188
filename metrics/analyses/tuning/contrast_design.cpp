// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/contrast_design.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "core/values/nan.hpp"
#include "metrics/analyses/conditions/responses.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {

using core::nan;

namespace {

ContrastDesign design_of(const io::Paradigm& paradigm) {
  ContrastDesign design;
  const auto angles = levels_of(paradigm, "angle");
  design.contrasts = levels_of(paradigm, "contrast");
  std::vector<double> shown;  // blanks have an angle, too
  std::vector<std::vector<std::size_t>> trials;
  const auto is_blank = [&](std::size_t trial) {
    return !design.blanks.empty() && std::ranges::find(design.blanks, trial) != design.blanks.end();
  };
  if (design.contrasts.size() > 0 && design.contrasts.values.front() == 0) {
    design.blanks = design.contrasts.trials.front();
    design.contrasts.texts.erase(design.contrasts.texts.begin());
    design.contrasts.values.erase(design.contrasts.values.begin());
    design.contrasts.trials.erase(design.contrasts.trials.begin());
  }
  for (std::size_t k = 0; k < angles.size(); ++k) {
    if (std::ranges::all_of(angles.trials[k], is_blank)) continue;
    shown.push_back(angles.values[k]);
    for (const auto& of_contrast : design.contrasts.trials) {
      auto& cell = trials.emplace_back();
      std::ranges::set_intersection(angles.trials[k], of_contrast, std::back_inserter(cell));
    }
  }
  for (const auto& cell : trials) design.repetitions = std::max(design.repetitions, cell.size());
  for (const auto& cell : trials)
    if (cell.size() == design.repetitions)
      design.evoked.insert(design.evoked.end(), cell.begin(), cell.end());
  design.directions = directions_with(std::move(shown));
  return design;
}

bool is_blank(const io::ConditionTable& table, const io::ShownCondition& row) {
  return row.blank || core::parse_number<double>(row.values[table.variable("contrast")]) == 0.0;
}

/// Slots as trials of a paradigm, in the order of their times, and when each was shown.
struct SlotTrials {
  io::Paradigm paradigm;
  std::vector<Presentation> presentations;
  bool grey = false;  ///< the screen before slots is among them
};

SlotTrials slot_trials(const io::Paradigm& paradigm) {
  const auto& table = paradigm.conditions;
  SlotTrials slots{.paradigm = {}, .presentations = {}, .grey = false};
  slots.paradigm.name = paradigm.name;
  slots.grey = std::ranges::none_of(table.rows, [&](const auto& row) { return is_blank(table, row); });
  const auto add = [&](std::size_t run, double begin_ms, double end_ms) -> auto& {
    const double latency = paradigm.analysis.latency_ms;
    slots.presentations.push_back(
        {.run = run, .condition = 0, .window = {begin_ms + latency, end_ms + latency}});
    auto& trial = slots.paradigm.trials.emplace_back();
    trial.index = slots.presentations.size() - 1;
    return trial.variables;
  };
  double free_from_ms = 0;
  std::string run_before;
  for (const auto& row : table.rows) {
    const auto found = std::ranges::find(paradigm.trials, row.run, &io::ParadigmTrial::name);
    if (found == paradigm.trials.end()) continue;  // of a trial that was not asked for
    const auto run = static_cast<std::size_t>(found - paradigm.trials.begin());
    if (row.run != run_before) free_from_ms = 0;
    const double before_ms = row.start_ms - (row.end_ms - row.start_ms);
    if (slots.grey && before_ms >= free_from_ms) add(run, before_ms, row.start_ms) = {{"contrast", "0"}};
    auto& variables = add(run, row.start_ms, row.end_ms);
    for (std::size_t v = 0; v < table.variables.size(); ++v)
      if (!row.blank) variables.emplace_back(table.variables[v], row.values[v]);
    if (row.blank) variables = {{"contrast", "0"}};
    free_from_ms = row.end_ms;
    run_before = row.run;
  }
  return slots;
}

/// Why slots cannot be such trials, or "".
std::string slots_refusal(const io::Paradigm& paradigm) {
  const auto& table = paradigm.conditions;
  for (const char* name : {"angle", "contrast"})
    if (!paradigm.orders.empty() || std::ranges::find(table.variables, name) == table.variables.end() ||
        std::ranges::any_of(table.rows, [&](const auto& row) {
          return !row.blank && !core::parse_number<double>(row.values[table.variable(name)]);
        }))
      return several_conditions(paradigm);
  for (const auto& row : table.rows)
    if (std::abs(row.end_ms - row.start_ms - table.rows.front().end_ms + table.rows.front().start_ms) > 1e-9)
      return "it counts spikes for the same time in all slots, and those of " + paradigm.name + " differ";
  for (const auto& each : slot_trials(paradigm).presentations)
    if (each.window.end_ms > paradigm.duration_ms)
      return fmt::format("it counts spikes in {}, and trials of {} end at {} ms", to_text(each.window),
                         paradigm.name, paradigm.duration_ms);
  return {};
}

}  // namespace

ContrastTrials contrast_trials(const io::Paradigm& paradigm) {
  ContrastTrials trials;
  if (paradigm.conditions.empty()) {
    const auto* window = paradigm.window("contrast");
    trials.design = design_of(paradigm);
    for (std::size_t run = 0; run < paradigm.trials.size(); ++run)
      trials.presentations.push_back(
          {.run = run, .condition = 0, .window = window == nullptr ? Window{} : *window});
    trials.windows = window == nullptr ? "" : to_text(*window);
    return trials;
  }
  auto slots = slot_trials(paradigm);
  trials.design = design_of(slots.paradigm);
  trials.presentations = std::move(slots.presentations);
  trials.windows = fmt::format("{} ms of each slot{}", 1000 * trials.seconds(),
                               slots.grey ? " and of the grey screen before it" : "");
  return trials;
}

std::string contrast_refusal(const io::Paradigm& paradigm) {
  if (auto why = paradigm.conditions.empty()
                     ? first_of({missing_variable(paradigm, "angle"), missing_variable(paradigm, "contrast"),
                                 missing_window(paradigm, "contrast")})
                     : slots_refusal(paradigm);
      !why.empty())
    return why;
  const auto design = contrast_design(paradigm);
  if (design.blanks.size() < 2)
    return fmt::format("it compares responses with blanks (contrast 0), of which {} has {}", paradigm.name,
                       design.blanks.size());
  if (design.repetitions < 2 ||
      design.evoked.size() != design.directions.size() * design.contrasts.size() * design.repetitions)
    return fmt::format(
        "it needs every angle at every contrast above 0 equally often, at least twice; {} is no such "
        "design",
        paradigm.name);
  if (!design.directions.tell_orientation)
    return "its angles are not spread evenly over the circle, so that untuned cells would seem tuned";
  return {};
}

TrialCounts count_contrast_trials(const ContrastTrials& trials, const io::Paradigm& paradigm,
                                  const std::filesystem::path& base, const std::string& option,
                                  const Cells& cells, const core::Comm& comm) {
  const auto runs = run_directories(paradigm, base, option);
  TrialCounts counts;
  if (paradigm.conditions.empty()) {
    require_one_condition(paradigm, base, "contrast");
    counts = count_trials(runs, cells, {{trials.presentations.front().window}, {}}, comm);
  } else {
    require_agreement(condition_table(paradigm, base), paradigm);
    counts = {.cells = core::contiguous_share(cells.size(), comm.rank(), comm.size()),
              .trials = trials.presentations.size(),
              .bins = 1,
              .missing = {},
              .values = {}};
    const auto local = counts.cells.count();
    counts.values.assign(counts.trials * local, 0);
    const ShownConditions shown{
        .variables = {}, .conditions = {}, .runs = runs, .presentations = trials.presentations};
    counts.missing =
        spikes_of_runs(shown, cells, comm)([&](std::size_t, std::span<const ResponseSpike> spikes) {
          for (const auto& spike : spikes)
            ++counts.values[spike.presentation * local + spike.cell - counts.cells.first];
        });
  }
  for (std::size_t run = 0; run < runs.size(); ++run)
    if (counts.missing[run] != 0)
      throw core::MissingFileError(
          "no spikes.h5 or spikes.csv in {} ({} of {} trials are missing, all are needed) simulate first",
          runs[run], counts.missing_count(), runs.size());
  return counts;
}

Responsiveness responsiveness_of(std::span<const Count> blank_counts, std::uint64_t evoked_total,
                                 std::size_t trials) {
  const std::vector<double> grey(blank_counts.begin(), blank_counts.end());
  const double spontaneous = mean(grey), spread = deviation(grey, 0);
  if (!(spontaneous > 0) || !(spread > 0)) return {nan, nan, nan};
  const double dispersion = spread * spread / spontaneous;
  const double k = static_cast<double>(evoked_total) / dispersion;
  const double mu = spontaneous * static_cast<double>(trials) / dispersion;
  return {dispersion, poisson_upper(k, mu), poisson_lower(k, mu)};
}

}  // namespace striate::metrics
