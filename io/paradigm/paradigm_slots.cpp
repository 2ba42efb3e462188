// SPDX-License-Identifier: BSD-3-Clause
#include "io/paradigm/paradigm_slots.hpp"

#include <algorithm>

#include "core/values/draws.hpp"
#include "io/paradigm/paradigm_loops.hpp"

namespace striate::io {
namespace {

constexpr std::int64_t most_slots = 100'000;  // of a trial
constexpr NumberRange durations_ms{.min = 0, .max = 1e9, .min_open = true};
constexpr const char* image_variable = "image";

ConfigNode as_list(const ConfigNode& node) {
  if (node.kind != ConfigNode::Kind::map) return node;
  ConfigNode list;
  list.kind = ConfigNode::Kind::list;
  list.position = node.position;
  list.items = {node};
  return list;
}

Sequence read_sequence(const ConfigNode& node, Diagnostics& diagnostics) {
  static const std::string orders[] = {"shuffled", "listed"};
  ConfigSection section(node, "lgn.sequence", diagnostics);
  Sequence sequence;
  const auto& vary = section.require("vary");
  sequence.conditions = read_loops(as_list(vary), "lgn.sequence.vary", diagnostics);
  sequence.shuffled = section.choice("order", orders) == "shuffled";
  if (sequence.shuffled)
    sequence.seed = static_cast<std::uint64_t>(section.integer("seed", 0, 1'000'000'000'000));
  if (section.has("repeats"))
    sequence.repeats = static_cast<std::size_t>(section.integer("repeats", 1, most_slots));
  if (section.has("blanks"))
    sequence.blanks = static_cast<std::size_t>(section.integer("blanks", 0, most_slots));
  sequence.shown_ms = section.number("dur_ms", durations_ms);
  if (section.has("gray_ms")) sequence.gray_ms = section.number("gray_ms", {.min = 0, .max = 1e9});
  for (const auto& condition : sequence.conditions)
    for (const auto& [variable, value] : sequence.conditions.front())
      if (condition.size() != sequence.conditions.front().size() || find(condition, variable) == nullptr) {
        diagnostics.report(vary.position,
                           "invalid lgn.sequence.vary (blocks with different variables) give each a value of "
                           "every variable");
        return sequence;
      }
  if (sequence.conditions.size() * sequence.repeats + sequence.blanks > most_slots)
    diagnostics.report(section.position(), "too many slots in lgn.sequence (at most {})", most_slots);
  return sequence;
}

/// Keys whose value names a variable of the sequence differ between slots. Every variable must do something.
void split_keys(const ConfigNode& stimulus, const Position& position, SlotPlan& plan,
                Diagnostics& diagnostics) {
  for (const auto& [variable, value] : plan.sequence->conditions.front())
    if (!uses(stimulus, variable))
      diagnostics.report(position,
                         "lgn.sequence varies {}, which no key of lgn.stimulus uses (all its values would "
                         "show the same) write {{{}}} where it belongs",
                         variable, variable);
  plan.varying = plan.shared;
  plan.shared.entries.clear();
  plan.varying.entries.clear();
  for (const auto& entry : stimulus.entries) {
    const bool varies = std::ranges::any_of(plan.sequence->conditions.front(), [&](const auto& variable) {
      return uses(entry.value, variable.first);
    });
    (varies ? plan.varying : plan.shared).entries.push_back(entry);
  }
}

/// Columns of the table: variables of the trials, then those of what they show.
void name_columns(const std::vector<Variables>& trials, const Variables& shown, const Position& position,
                  Paradigm& paradigm, Diagnostics& diagnostics) {
  auto& names = paradigm.conditions.variables;
  for (const auto& variable : trials.front()) names.push_back(variable.first);
  for (const auto& variables : trials)
    if (variables.size() != names.size() ||
        !std::ranges::all_of(names, [&](const auto& name) { return find(variables, name) != nullptr; })) {
      diagnostics.report(position,
                         "trials of different variables cannot show one thing after another (the "
                         "table of conditions needs a value of each)");
      return;
    }
  for (const auto& variable : shown) {
    if (std::ranges::find(names, variable.first) != names.end())
      diagnostics.report(position,
                         "variable '{}' is one of the trials and of what they show (which one "
                         "counts is not clear) rename one",
                         variable.first);
    names.push_back(variable.first);
  }
  for (const auto& name : names)
    if (is_condition_column(name))
      diagnostics.report(
          position, "a variable cannot be named '{}' (the table of conditions has that column) rename it",
          name);
}

/// A number of the trial's stimulus on which the times of what it shows depend.
double time_ms(const Json& stimulus, const char* key, const Position& position, Diagnostics& diagnostics) {
  const auto found = stimulus.find(key);
  if (found != stimulus.end() && found->is_number() && found->get<double>() >= 0) return found->get<double>();
  diagnostics.report(position,
                     "missing lgn.stimulus.{} (ms; what is shown when depends on it, so the template's does "
                     "not do)",
                     key);
  return 0;
}

void add_row(Paradigm& paradigm, const ParadigmTrial& trial, std::size_t slot, double start_ms, double end_ms,
             const Variables* shown, std::size_t shown_variables) {
  ShownCondition row{.run = trial.name,
                     .slot = static_cast<std::uint32_t>(slot),
                     .start_ms = start_ms,
                     .end_ms = end_ms,
                     .values = {},
                     .blank = shown == nullptr};
  // Blocks may name their variables in another order.
  const auto& names = paradigm.conditions.variables;
  for (std::size_t v = 0; v + shown_variables < names.size(); ++v)
    row.values.push_back(*find(trial.variables, names[v]));
  for (std::size_t v = names.size() - shown_variables; v < names.size(); ++v)
    row.values.push_back(shown == nullptr ? "" : *find(*shown, names[v]));
  paradigm.conditions.rows.push_back(std::move(row));
}

void show_sequence(const SlotPlan& plan, ParadigmTrial& trial, Paradigm& paradigm, const Position& position,
                   Diagnostics& diagnostics) {
  const auto& sequence = *plan.sequence;
  const double first_ms = time_ms(trial.stimulus, "gray_screen_dur", position, diagnostics);
  auto& slots = trial.stimulus["slots"] = Json::array();
  const auto order = slot_order(sequence, trial.index);
  for (std::size_t k = 0; k < order.size() && diagnostics.empty(); ++k) {
    const bool blank = order[k] >= sequence.conditions.size();
    Json slot = {{"blank", true}};
    if (!blank) {
      auto variables = trial.variables;
      const auto& condition = sequence.conditions[order[k]];
      variables.insert(variables.end(), condition.begin(), condition.end());
      slot = stimulus_of(plan.varying, variables, trial.index, diagnostics);
    }
    slot["dur"] = sequence.shown_ms;
    slot["gray"] = sequence.gray_ms;
    slots.push_back(std::move(slot));
    const double start_ms = first_ms + static_cast<double>(k) * (sequence.shown_ms + sequence.gray_ms);
    add_row(paradigm, trial, k, start_ms, start_ms + sequence.shown_ms,
            blank ? nullptr : &sequence.conditions[order[k]], sequence.conditions.front().size());
  }
}

void show_images(const ParadigmTrial& trial, Paradigm& paradigm, const Position& position,
                 Diagnostics& diagnostics) {
  const auto& order = trial.stimulus["order"];
  if (!order.is_array() ||
      !std::ranges::all_of(order, [](const Json& image) { return image.is_number_integer(); })) {
    diagnostics.report(position, "invalid lgn.stimulus.order (a list of whole numbers)");
    return;
  }
  paradigm.orders.push_back(order.get<std::vector<std::int64_t>>());
  const bool starts_at_once = paradigm.replaces_input && !trial.stimulus.contains("gray_screen_dur");
  const double first_ms =
      starts_at_once ? 0 : time_ms(trial.stimulus, "gray_screen_dur", position, diagnostics);
  const double shown_ms = time_ms(trial.stimulus, "image_dur", position, diagnostics);
  if (!(shown_ms > 0)) diagnostics.report(position, "invalid lgn.stimulus.image_dur (must be positive)");
  const auto blank = trial.stimulus.find("blank");
  for (std::size_t k = 0; k < paradigm.orders.back().size(); ++k) {
    const auto image = paradigm.orders.back()[k];
    const bool is_blank = image < 0 || (blank != trial.stimulus.end() && *blank == image);
    const Variables shown{{image_variable, std::to_string(image)}};
    add_row(paradigm, trial, k, first_ms + static_cast<double>(k) * shown_ms,
            first_ms + static_cast<double>(k + 1) * shown_ms, is_blank ? nullptr : &shown, 1);
  }
}

}  // namespace

std::vector<std::size_t> slot_order(const Sequence& sequence, std::size_t index) {
  std::vector<std::size_t> order;
  for (std::size_t repeat = 0; repeat < sequence.repeats; ++repeat)
    for (std::size_t k = 0; k < sequence.conditions.size(); ++k) order.push_back(k);
  for (std::size_t k = 0; k < sequence.blanks; ++k) order.push_back(sequence.conditions.size() + k);
  if (sequence.shuffled) {
    core::RandomStream random(sequence.seed, core::Purpose::stimulus, index);
    core::shuffle(random, order);
  }
  return order;
}

SlotPlan read_slots(ConfigSection& lgn, const ConfigNode& stimulus, const std::vector<Variables>& trials,
                    Paradigm& paradigm, Diagnostics& diagnostics) {
  SlotPlan plan{.sequence = {}, .shared = stimulus, .varying = {}};
  const bool shows_images = stimulus.find("order") != nullptr;
  const bool has_sequence = lgn.has("sequence");
  if (has_sequence) plan.sequence = read_sequence(lgn.require("sequence"), diagnostics);
  if (trials.empty() || (has_sequence && plan.sequence->conditions.empty())) return plan;
  if (has_sequence && (shows_images || stimulus.find("slots") != nullptr))
    diagnostics.report(lgn.position(),
                       "lgn.sequence and lgn.stimulus.{} cannot be together (both say what is "
                       "shown when) keep one",
                       shows_images ? "order" : "slots");
  if (has_sequence) {
    name_columns(trials, plan.sequence->conditions.front(), lgn.position(), paradigm, diagnostics);
    split_keys(stimulus, lgn.position(), plan, diagnostics);
    // When what was shown: analyses take it from here.
    for (const char* key : {"slots", "gray_screen_dur"}) paradigm.trial_keys.emplace_back(key);
  } else if (shows_images) {
    name_columns(trials, {{image_variable, ""}}, lgn.position(), paradigm, diagnostics);
    for (const char* key : {"image_dur", "gray_screen_dur", "blank"}) paradigm.trial_keys.emplace_back(key);
  }
  return plan;
}

void show(const SlotPlan& plan, ParadigmTrial& trial, Paradigm& paradigm, const Position& position,
          Diagnostics& diagnostics) {
  trial.stimulus = stimulus_of(plan.shared, trial.variables, trial.index, diagnostics);
  if (!diagnostics.empty()) return;
  if (plan.sequence) show_sequence(plan, trial, paradigm, position, diagnostics);
  if (trial.stimulus.contains("order")) show_images(trial, paradigm, position, diagnostics);
  if (!paradigm.conditions.empty() && paradigm.conditions.rows.back().end_ms > paradigm.duration_ms)
    diagnostics.report(position, "trial {} shows its last condition until {} ms (duration_ms is {})",
                       trial.name, paradigm.conditions.rows.back().end_ms, paradigm.duration_ms);
}

}  // namespace striate::io
