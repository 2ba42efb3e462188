// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/conditions/shown_conditions.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "core/text.hpp"
#include "io/paradigm/paradigm_analysis.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/json.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using Values = std::vector<std::string>;

bool all_before(const Values& a, const Values& b) {
  return std::ranges::lexicographical_compare(a, b, value_before);
}

Values varied_names(const io::Paradigm& paradigm) {
  Values names;
  for (const auto& trial : paradigm.trials)
    for (const auto& [name, value] : trial.variables)
      if (std::ranges::find(paradigm.repeats, name) == paradigm.repeats.end() &&
          std::ranges::find(names, name) == names.end())
        names.push_back(name);
  return names;
}

/// The input of an LGN configuration: of a template or of a trial.
io::Json input_of(const fs::path& file) {
  const auto config = io::read_json(file);
  const auto inputs = config.is_object() ? config.value("inputs", io::Json()) : io::Json();
  return inputs.is_object() && inputs.size() == 1 ? inputs.begin().value() : io::Json();
}

/// What a trial showed, as its configuration says; where that is not there, as the paradigm says.
io::Json stimulus_of(const io::Paradigm& paradigm, const io::ParadigmTrial& trial, const fs::path& base,
                     const io::Json& template_input) {
  if (const auto own = base / trial.lgn_config; io::is_there(own)) return input_of(own);
  auto input = paradigm.replaces_input ? io::Json() : template_input;
  for (const auto& [key, value] : trial.stimulus.items()) input[key] = value;
  return input;
}

std::optional<double> number_at(const io::Json& input, const char* key) {
  const auto found = input.is_object() ? input.find(key) : input.end();
  if (!input.is_object() || found == input.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

bool is_grating(const io::Json& input) {
  if (!input.is_object()) return false;
  const auto module = input.value("module", io::Json());
  return module.is_string() && (module == "grating" || module == "graiting");
}

/// (end of the grey screen, end of the run] unless something else is said.
core::Window window_of(const io::Paradigm& paradigm, const io::Json& input, const AnalysisTimes& times) {
  using core::End;
  const auto& analysis = paradigm.analysis;
  const auto* named = paradigm.window(analysis.window.empty() ? "evoked" : analysis.window);
  auto window = core::Window{number_at(input, "gray_screen_dur").value_or(0), paradigm.duration_ms, End::open,
                             End::closed};
  if (named != nullptr && !analysis.from_ms && !analysis.to_ms) window = *named;
  if (const auto from = times.from_ms ? times.from_ms : analysis.from_ms) window.begin_ms = *from;
  if (const auto to = times.to_ms ? times.to_ms : analysis.to_ms) window.end_ms = *to;
  if (!(window.begin_ms < window.end_ms) || window.end_ms > paradigm.duration_ms)
    throw core::UsageError(
        "no spikes can be counted from {} to {} ms (trials of {} last {} ms, and the stimulus begins before "
        "the end) set analysis.from_ms and to_ms, or give --from and --to",
        window.begin_ms, window.end_ms, paradigm.name, paradigm.duration_ms);
  return window;
}

void mark_blanks(ShownConditions& shown, const io::Paradigm& paradigm) {
  if (paradigm.analysis.blank.empty()) return;
  std::size_t blanks = 0;
  for (const auto& [name, value] : paradigm.analysis.blank)
    if (std::ranges::find(shown.variables, name) == shown.variables.end())
      throw core::ConfigError("no variable '{}', which analysis.blank names, in {} (it has {})", name,
                              paradigm.file, fmt::join(shown.variables, ", "));
  for (auto& condition : shown.conditions) {
    condition.blank =
        condition.blank || std::ranges::all_of(paradigm.analysis.blank, [&](const auto& wanted) {
          const auto at = std::ranges::find(shown.variables, wanted.first) - shown.variables.begin();
          return io::same_value(condition.values[static_cast<std::size_t>(at)], wanted.second);
        });
    blanks += condition.blank ? 1 : 0;
  }
  if (blanks == 0 || blanks == shown.conditions.size())
    throw core::ConfigError(
        "{} of {} conditions are blanks by analysis.blank of {} (some should be, not all)", blanks,
        shown.conditions.size(), paradigm.file);
}

/// A grating's frequency and phase, if all presentations of a condition have the same.
class Gratings {
 public:
  explicit Gratings(std::size_t conditions) : seen_(conditions) {}
  void add(ShownConditions& shown, std::size_t condition, const io::Json& input) {
    const Seen here{.known = true,
                    .frequency = is_grating(input) ? std::abs(number_at(input, "temporal_f").value_or(0)) : 0,
                    .phase = number_at(input, "phase").value_or(0),
                    .grey = number_at(input, "gray_screen_dur").value_or(0)};
    auto& first = seen_[condition];
    auto& own = shown.conditions[condition];
    if (!first.known) {
      first = here;
      if (here.frequency > 0) own.frequency_hz = here.frequency;
    }
    own.same_phase = own.same_phase && here.phase == first.phase && here.grey == first.grey;
    if (here.frequency != first.frequency) own.frequency_hz.reset();
  }

 private:
  struct Seen {
    bool known = false;
    double frequency = 0, phase = 0, grey = 0;
  };
  std::vector<Seen> seen_;
};

ShownConditions of_trials(const io::Paradigm& paradigm, const fs::path& base, const std::string& option,
                          const AnalysisTimes& times) {
  ShownConditions shown{
      .variables = varied_names(paradigm), .conditions = {}, .runs = {}, .presentations = {}};
  const auto inputs = shown_inputs(paradigm, base);
  std::vector<Values> values;
  for (const auto& trial : paradigm.trials) {
    auto& own = values.emplace_back(shown.variables.size());
    for (const auto& [name, value] : trial.variables)
      if (const auto at = std::ranges::find(shown.variables, name); at != shown.variables.end())
        own[static_cast<std::size_t>(at - shown.variables.begin())] = value;
    const auto run = shown.runs.size();
    shown.presentations.push_back(
        {.run = run, .condition = 0, .window = window_of(paradigm, inputs[run], times)});
    shown.runs.push_back(base / paradigm.run_directory(trial, option));
  }
  sort_conditions(shown, std::move(values));
  mark_blanks(shown, paradigm);
  Gratings gratings(shown.conditions.size());
  for (std::size_t i = 0; i < inputs.size(); ++i)
    gratings.add(shown, shown.presentations[i].condition, inputs[i]);
  return shown;
}

/// The keys of a slot over those that all slots of the trial share.
io::Json slot_input(const io::Json& input, std::size_t slot) {
  const auto slots = input.is_object() ? input.value("slots", io::Json()) : io::Json();
  if (!slots.is_array() || slot >= slots.size() || !slots[slot].is_object()) return input;
  auto own = input;
  own.erase("slots");
  for (const auto& [key, value] : slots[slot].items()) own[key] = value;
  return own;
}

/// Slots [start + latency, end + latency).
ShownConditions of_slots(const io::Paradigm& paradigm, const io::ConditionTable& table, const fs::path& base,
                         const std::string& option, const AnalysisTimes& times) {
  const auto& analysis = paradigm.analysis;
  if (times.from_ms || times.to_ms || analysis.from_ms || analysis.to_ms || !analysis.window.empty())
    throw core::UsageError(
        "no other times for {} (its trials show several conditions, each when the table of conditions says) "
        "set "
        "analysis.latency_ms to count later",
        paradigm.name);
  ShownConditions shown;
  std::vector<std::size_t> places;
  for (std::size_t v = 0; v < table.variables.size(); ++v)
    if (std::ranges::find(paradigm.repeats, table.variables[v]) == paradigm.repeats.end()) {
      shown.variables.push_back(table.variables[v]);
      places.push_back(v);
    }
  const auto inputs = shown_inputs(paradigm, base);
  std::vector<std::vector<const io::ShownCondition*>> rows(paradigm.trials.size());
  for (const auto& row : table.rows) {
    const auto trial = std::ranges::find(paradigm.trials, row.run, &io::ParadigmTrial::name);
    if (trial == paradigm.trials.end())
      throw core::FormatError("run '{}' in {} is no trial of {}", row.run, base / paradigm.conditions_file(),
                              paradigm.name);
    rows[static_cast<std::size_t>(trial - paradigm.trials.begin())].push_back(&row);
  }
  std::vector<Values> values;
  std::vector<char> blank;
  std::vector<io::Json> slot_inputs;
  for (std::size_t run = 0; run < rows.size(); ++run) {
    if (rows[run].empty())
      throw core::FormatError("nothing of trial '{}' in {} (it has no rows of it)", paradigm.trials[run].name,
                              base / paradigm.conditions_file());
    shown.runs.push_back(base / paradigm.run_directory(paradigm.trials[run], option));
    for (const auto* row : rows[run]) {
      auto& own = values.emplace_back();
      for (const auto place : places) own.push_back(row->values[place]);
      blank.push_back(row->blank ? 1 : 0);
      slot_inputs.push_back(row->blank ? io::Json() : slot_input(inputs[run], row->slot));
      shown.presentations.push_back(
          {.run = run,
           .condition = 0,
           .window = {row->start_ms + analysis.latency_ms, row->end_ms + analysis.latency_ms}});
    }
  }
  sort_conditions(shown, std::move(values));
  Gratings gratings(shown.conditions.size());
  for (std::size_t i = 0; i < blank.size(); ++i) {
    const auto condition = shown.presentations[i].condition;
    if (blank[i] != 0) shown.conditions[condition].blank = true;
    gratings.add(shown, condition, slot_inputs[i]);
  }
  if (!analysis.blank.empty()) mark_blanks(shown, paradigm);
  return shown;
}

}  // namespace

std::vector<io::Json> shown_inputs(const io::Paradigm& paradigm, const fs::path& base) {
  const auto template_file = core::NetworkPaths{base}.configs() / paradigm.lgn_template;
  const auto template_input = io::is_there(template_file) ? input_of(template_file) : io::Json();
  std::vector<io::Json> inputs;
  for (const auto& trial : paradigm.trials)
    inputs.push_back(stimulus_of(paradigm, trial, base, template_input));
  return inputs;
}

bool value_before(const std::string& a, const std::string& b) {
  const auto x = core::parse_number<double>(a), y = core::parse_number<double>(b);
  if (x && y) return *x < *y;
  if (x || y) return x.has_value();
  return a < b;
}

std::string ShownConditions::text(std::size_t condition) const {
  Values parts;
  for (std::size_t v = 0; v < variables.size(); ++v)
    if (!conditions[condition].values[v].empty())
      parts.push_back(variables[v] + "=" + conditions[condition].values[v]);
  return parts.empty() ? "all trials" : fmt::format("{}", fmt::join(parts, ", "));
}

void sort_conditions(ShownConditions& shown, std::vector<Values> values) {
  // Values that are equal as numbers are one: "0" and "0.0".
  std::vector<std::set<std::string, decltype(&value_before)>> known(
      shown.variables.size(), std::set<std::string, decltype(&value_before)>(value_before));
  for (auto& each : values)
    for (std::size_t v = 0; v < each.size(); ++v) each[v] = *known[v].insert(each[v]).first;
  auto sorted = values;
  std::ranges::sort(sorted, all_before);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  shown.conditions.clear();
  for (auto& each : sorted) shown.conditions.push_back({.values = std::move(each)});
  for (std::size_t i = 0; i < values.size(); ++i)
    shown.presentations[i].condition = static_cast<std::size_t>(
        std::ranges::lower_bound(shown.conditions, values[i], all_before, &Condition::values) -
        shown.conditions.begin());
}

std::string first_gap(const ShownConditions& shown) {
  std::vector<Values> levels(shown.variables.size());
  std::set<Values> there;
  for (const auto& condition : shown.conditions) {
    if (condition.blank) continue;
    there.insert(condition.values);
    for (std::size_t v = 0; v < levels.size(); ++v)
      if (std::ranges::find(levels[v], condition.values[v]) == levels[v].end())
        levels[v].push_back(condition.values[v]);
  }
  std::size_t all = 1;
  for (const auto& level : levels) all *= level.size();
  if (there.size() == all || there.empty()) return {};
  ShownConditions missing{.variables = shown.variables, .conditions = {{}}, .runs = {}, .presentations = {}};
  for (std::size_t place = 0; place < all; ++place) {
    Values values;
    auto rest = place;
    for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
      values.insert(values.begin(), (*level)[rest % level->size()]);
      rest /= level->size();
    }
    missing.conditions.front().values = values;
    if (!there.contains(values)) return missing.text(0);
  }
  return {};
}

std::string conditions_refusal(const io::Paradigm& paradigm) {
  if (!paradigm.orders.empty())
    return "it shows images one after another; 'images' and 'correlation' are made of such runs";
  auto names = varied_names(paradigm);
  names.insert(names.end(), paradigm.conditions.variables.begin(), paradigm.conditions.variables.end());
  for (const auto& [name, value] : paradigm.analysis.blank)
    if (std::ranges::find(names, name) == names.end())
      return fmt::format("analysis.blank names '{}', which no trial has", name);
  return {};
}

io::ConditionTable condition_table(const io::Paradigm& paradigm, const fs::path& base) {
  const auto file = base / paradigm.conditions_file();
  return io::is_there(file) ? io::read_conditions(file) : paradigm.conditions;
}

void require_agreement(const io::ConditionTable& table, const io::Paradigm& paradigm) {
  if (!paradigm.conditions.empty() && io::conditions_csv(table) != io::conditions_csv(paradigm.conditions))
    throw core::ConfigError(
        "{} is not what {} shows (the paradigm was changed since the trials were made) make the trials "
        "again, "
        "or take the paradigm as it was",
        table.file, paradigm.file);
}

ShownConditions shown_conditions(const io::Paradigm& paradigm, const fs::path& base,
                                 const std::string& option, const AnalysisTimes& times) {
  const auto table = condition_table(paradigm, base);
  require_agreement(table, paradigm);
  return table.empty() ? of_trials(paradigm, base, option, times)
                       : of_slots(paradigm, table, base, option, times);
}

}  // namespace striate::metrics
