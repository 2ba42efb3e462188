// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/cell_tuning.hpp"

#include <algorithm>
#include <cmath>

#include "core/text.hpp"
#include "core/values/nan.hpp"
#include "metrics/analyses/tuning/odsi.hpp"
#include "metrics/math/fits/response_curves.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr std::size_t fewest_of_band = 4, fewest_of_size = 5, fewest_contrasts = 5;

struct KnownName {
  const char* name;
  VariableKind kind;
};
constexpr KnownName known_names[] = {{"angle", VariableKind::direction},
                                     {"theta", VariableKind::direction},
                                     {"direction", VariableKind::direction},
                                     {"orientation", VariableKind::orientation},
                                     {"cpd", VariableKind::band},
                                     {"sf", VariableKind::band},
                                     {"spatial_frequency", VariableKind::band},
                                     {"temporal_f", VariableKind::band},
                                     {"tf", VariableKind::band},
                                     {"temporal_frequency", VariableKind::band},
                                     {"speed", VariableKind::band},
                                     {"diameter", VariableKind::size},
                                     {"contrast", VariableKind::contrast}};

VariableValues values_of_variable(const ShownConditions& shown, std::size_t variable) {
  VariableValues result{.name = shown.variables[variable],
                        .kind = variable_kind(shown.variables[variable]),
                        .texts = {},
                        .numbers = {},
                        .of_condition = std::vector<std::size_t>(shown.conditions.size(), 0)};
  for (const auto& condition : shown.conditions)
    if (!condition.blank && std::ranges::find(result.texts, condition.values[variable]) == result.texts.end())
      result.texts.push_back(condition.values[variable]);
  std::ranges::sort(result.texts, value_before);
  for (const auto& text : result.texts)
    if (const auto number = core::parse_number<double>(text)) result.numbers.push_back(*number);
  for (std::size_t c = 0; c < shown.conditions.size(); ++c) {
    const auto at = std::ranges::find(result.texts, shown.conditions[c].values[variable]);
    if (at != result.texts.end())
      result.of_condition[c] = static_cast<std::size_t>(at - result.texts.begin());
  }
  return result;
}

/// The place of the largest value, NaN aside; none without any.
std::optional<std::size_t> largest(std::span<const double> values) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i]) && (!best || values[i] > values[*best])) best = i;
  return best;
}

}  // namespace

VariableKind variable_kind(std::string_view name) {
  const auto found =
      std::ranges::find(known_names, name, [](const auto& each) { return std::string_view(each.name); });
  return found == std::end(known_names) ? VariableKind::other : found->kind;
}

CellTuning::CellTuning(const ShownConditions& shown)
    : columns_{"mean_rate", "max_rate", "blank_rate", "fano", "lifetime_sparseness"} {
  for (std::size_t c = 0; c < shown.conditions.size(); ++c)
    (shown.conditions[c].blank ? blanks_ : shown_).push_back(c);
  std::size_t angles = 0;
  for (std::size_t v = 0; v < shown.variables.size(); ++v) {
    variables_.push_back(values_of_variable(shown, v));
    const auto& own = variables_.back();
    const bool angle = own.kind == VariableKind::direction || own.kind == VariableKind::orientation;
    if (angle && own.numbers.size() >= 2) ++angles;
  }
  for (std::size_t v = 0; v < variables_.size(); ++v)
    if (variables_[v].numbers.size() >= 2) add_columns(v, angles == 1);
}

void CellTuning::add_columns(std::size_t v, bool only_angle) {
  const auto& own = variables_[v];
  const auto& numbers = own.numbers;
  columns_.push_back("pref_" + own.name);
  columns_.push_back("pref_" + own.name + "_multi");
  Step step{.variable = v};
  const auto add = [&](const std::string& name) { columns_.push_back(name); };
  const auto suffix = only_angle ? std::string() : "_" + own.name;
  switch (own.kind) {
    case VariableKind::direction:
    case VariableKind::orientation:
      step.osi = true;
      step.dsi = own.kind == VariableKind::direction;
      step.directions = directions_with(numbers);
      add("OSI" + suffix);
      if (step.dsi) add("DSI" + suffix);
      if (!step.directions.tell_orientation) untold_.push_back("OSI" + suffix);
      if (step.dsi && !step.directions.tell_direction) untold_.push_back("DSI" + suffix);
      break;
    case VariableKind::band:
      step.band = numbers.size() >= fewest_of_band && numbers.front() > 0;
      if (step.band)
        for (const char* end : {"_fit", "_low", "_high"}) add(own.name + end);
      break;
    case VariableKind::size:
      step.size = numbers.size() >= fewest_of_size && numbers.front() > 0;
      if (step.size)
        for (const char* name : {"size_pref", "suppression_index"}) add(name);
      break;
    case VariableKind::contrast:
      step.half = std::ranges::count_if(numbers, [](double c) { return c > 0; }) >=
                  static_cast<std::ptrdiff_t>(fewest_contrasts);
      if (step.half) add("c50");
      break;
    case VariableKind::other:
      break;
  }
  steps_.push_back(std::move(step));
}

std::optional<std::size_t> CellTuning::preferred(std::span<const double> means) const {
  std::optional<std::size_t> best;
  for (const auto c : shown_)
    if (!std::isnan(means[c]) && (!best || means[c] > means[*best])) best = c;
  return best && means[*best] > 0 ? best : std::nullopt;
}

/// Responses to the numbers of a variable where all others have the values that the cell prefers.
std::vector<double> CellTuning::section(std::span<const double> means, std::size_t variable,
                                        std::span<const std::size_t> preferred) const {
  std::vector<double> responses(variables_[variable].numbers.size(), nan);
  for (const auto c : shown_) {
    bool fits = true;
    for (std::size_t v = 0; v < variables_.size() && fits; ++v)
      fits = v == variable || variables_[v].of_condition[c] == preferred[v];
    if (const auto place = variables_[variable].of_condition[c]; fits && place < responses.size())
      responses[place] = means[c];
  }
  return responses;
}

std::vector<double> CellTuning::values(std::span<const double> means, double fano) const {
  std::vector<double> responses, grey;
  for (const auto c : shown_) responses.push_back(means[c]);
  for (const auto c : blanks_) grey.push_back(means[c]);
  const auto there = without_nan(responses);
  const auto best = largest(responses);
  const bool silent = !best || !(responses[*best] > 0);
  const double blank = nan_mean(grey);
  std::vector<double> row{mean(there), best ? responses[*best] : nan, blank, silent ? nan : fano,
                          sparsity(there)};

  std::vector<std::size_t> preferred(variables_.size(), 0);
  std::vector<char> several(variables_.size(), 0);
  for (std::size_t v = 0; v < variables_.size(); ++v) {
    const auto& own = variables_[v];
    // Of a variable with numbers, texts among its values are no candidates.
    const auto candidates = own.numbers.size() >= 2 ? own.numbers.size() : own.texts.size();
    std::vector<double> sums(own.texts.size(), 0), counts(own.texts.size(), 0), marginal;
    for (const auto c : shown_) {
      if (std::isnan(means[c])) continue;
      sums[own.of_condition[c]] += means[c];
      counts[own.of_condition[c]] += 1;
    }
    for (std::size_t k = 0; k < candidates; ++k)
      marginal.push_back(counts[k] > 0 ? sums[k] / counts[k] : nan);
    preferred[v] = largest(marginal).value_or(0);
    several[v] = !silent && std::ranges::count(marginal, marginal[preferred[v]]) > 1 ? 1 : 0;
  }
  for (const auto& step : steps_) {
    const auto v = step.variable;
    const auto& numbers = variables_[v].numbers;
    row.push_back(silent ? nan : numbers[preferred[v]]);
    row.push_back(several[v]);
    const auto own = section(means, v, preferred);
    if (step.osi) {
      const auto tuning = tuning_of(own, step.directions, SilentCells::nan);
      row.push_back(tuning.osi);
      if (step.dsi) row.push_back(tuning.dsi);
    }
    if (step.band) {
      const auto fit = fit_band(numbers, own, preferred[v]);
      row.insert(row.end(), {fit.preferred, fit.low, fit.high});
    }
    if (step.size) {
      const auto fit = fit_size(numbers, own, blanks_.empty() ? std::nullopt : std::optional(blank));
      row.insert(row.end(), {fit.preferred, fit.suppression});
    }
    if (step.half) {
      const auto first = static_cast<std::size_t>(std::ranges::upper_bound(numbers, 0.0) - numbers.begin());
      row.push_back(fit_half_contrast(std::span(numbers).subspan(first), std::span(own).subspan(first)));
    }
  }
  return row;
}

}  // namespace striate::metrics
