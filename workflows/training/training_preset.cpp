// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/training/training_preset.hpp"

#include <array>

#include "core/errors/error.hpp"
#include "io/text/config_reader.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;
using io::ConfigSection;
using training::Activity;

/// The index of the key's value among the allowed ones.
template <class Enum, std::size_t count>
Enum choose(ConfigSection& section, const char* key, const std::array<std::string, count>& names) {
  const std::string chosen = section.choice(key, names);
  for (std::size_t i = 0; i < count; ++i)
    if (names[i] == chosen) return static_cast<Enum>(i);
  return Enum{};
}

// Words of presets, in the order of the enums that they stand for.
const std::array<std::string, 2> propagator_names{"reference", "exact"};
const std::array<std::string, 2> resets{"subtract", "hold"};
const std::array<std::string, 2> surrogates{"triangle", "gauss"};
const std::array<std::string, 2> gray_starts{"epoch", "step"};
const std::array<std::string, 3> methods{"exponentiated_adam", "adam", "sgd"};
const std::array<std::string, 2> level_names{"upper", "middle"};
const std::array<std::string, 2> tie_names{"random", "mean"};
const std::array<std::string, 2> target_names{"random", "quantiles"};
const std::array<std::string, 2> voltage_distances{"threshold", "range"};
const std::array<std::string, 2> weight_distances{"absolute", "relative"};
const std::array<std::string, 2> start_names{"built", "uniform"};

void set(io::ConfigNode& tree, const std::vector<std::string>& keys, const std::string& value) {
  io::ConfigNode& node = tree.at_path(keys);
  node = {};
  node.kind = io::ConfigNode::Kind::scalar;
  node.text = value;
}

void apply(const PresetOverrides& overrides, io::ConfigNode& tree) {
  const auto text = [&](const auto& value, std::vector<std::string> keys) {
    if (value) set(tree, keys, fmt::format("{}", *value));
  };
  text(overrides.start, {"start"});
  text(overrides.dialect, {"gradient", "dialect"});
  text(overrides.propagators, {"model", "propagators"});
  text(overrides.weight_term, {"losses", "weights", "strength"});
  text(overrides.recurrent_credit, {"gradient", "recurrent_credit"});
  text(overrides.duration_ms, {"trials", "duration_ms"});
  text(overrides.epochs, {"schedule", "epochs"});
  text(overrides.steps, {"schedule", "steps"});
  text(overrides.trials, {"trials", "count"});
  text(overrides.seed, {"seed"});
}

std::size_t whole_ms(ConfigSection& section, const char* key, std::int64_t least) {
  return static_cast<std::size_t>(section.integer(key, least, 60000));
}

void read_model(ConfigSection& top, TrainingPreset& preset) {
  auto model = top.section("model");
  auto& options = preset.session;
  options.model.propagators = choose<training::Propagators>(model, "propagators", propagator_names);
  options.model.reset = choose<training::Reset>(model, "reset", resets);
  auto gradient = top.section("gradient");
  preset.dialect = gradient.choice("dialect", std::array<std::string, 2>{"paper", "head"});
  options.gradient.surrogate = choose<training::Surrogate>(gradient, "surrogate", surrogates);
  options.gradient.gamma = gradient.number("gamma", io::positive);
  options.gradient.recurrent_credit = gradient.number("recurrent_credit", io::fraction);
  auto dialects = top.section("dialects");
  for (const std::string name : {"paper", "head"}) {
    auto dialect = dialects.section(name);
    const bool through_reset = dialect.boolean("through_reset");
    const bool through_currents = dialect.boolean("through_after_spike_currents");
    const double damping = dialect.number("voltage_damping", io::fraction);
    const auto first =
        choose<Activity>(dialect, "first_update", std::array<std::string, 2>{"evoked", "spontaneous"});
    if (name != preset.dialect) continue;
    options.gradient.through_reset = through_reset;
    options.gradient.through_after_spike_currents = through_currents;
    options.gradient.voltage_damping = damping;
    preset.first_update = first;
  }
}

void read_trials(ConfigSection& top, TrainingPreset& preset) {
  auto& options = preset.session;
  auto trials = top.section("trials");
  options.trials = static_cast<std::size_t>(trials.integer("count", 1, 1000));
  options.steps = whole_ms(trials, "duration_ms", 10);
  options.gray_steps = whole_ms(trials, "gray_ms", 10);
  preset.gray_start = choose<GrayStart>(trials, "gray_start", gray_starts);
  options.held_out_directions = static_cast<std::size_t>(trials.integer("held_out_directions", 1, 360));
  auto stimulus = top.section("stimulus");
  auto& grating = preset.grating;
  grating.duration_s = static_cast<double>(options.steps) / 1000;
  grating.contrast = stimulus.number("contrast", io::fraction);
  grating.cycles_per_degree = stimulus.number("cycles_per_degree", io::positive);
  grating.temporal_hz = stimulus.number("temporal_hz", io::not_negative);
  grating.row_size_deg = stimulus.number("height_deg", io::positive);
  grating.column_size_deg = stimulus.number("width_deg", io::positive);
  grating.degrees_per_pixel = stimulus.number("degrees_per_pixel", io::positive);
  grating.y_direction = lgn::YDirection::up;  // directions as tuning angles
  auto background = top.section("background");
  const io::NumberRange rates{.min = 0, .max = 10000};
  preset.background_hz = background.number("rate_hz", rates);
  preset.one_unit_background_hz = background.number("one_unit_rate_hz", rates);
  auto schedule = top.section("schedule");
  preset.epochs = static_cast<std::uint64_t>(schedule.integer("epochs", 1, 1'000'000));
  preset.steps = static_cast<std::uint64_t>(schedule.integer("steps", 1, 1'000'000));
}

void read_optimizer(ConfigSection& top, TrainingPreset& preset) {
  auto optimizer = top.section("optimizer");
  auto& options = preset.session.optimizer;
  options.method = choose<training::Method>(optimizer, "method", methods);
  options.learning_rate = optimizer.number("learning_rate", io::positive);
  options.beta_1 = optimizer.number("beta_1", {.min = 0, .max = 0.999999});
  options.beta_2 = optimizer.number("beta_2", {.min = 0, .max = 0.999999});
  options.epsilon = optimizer.number("epsilon", io::positive);
  preset.train_background = top.boolean("train_background");
  preset.train_lgn = top.boolean("train_lgn");
  const auto& frozen = top.require("frozen");
  if (frozen.kind != io::ConfigNode::Kind::list)
    top.diagnostics().report(frozen.position,
                             "invalid frozen (must be a list of {{source: TYPE, target: TYPE}})");
  for (const auto& item : frozen.items) {
    ConfigSection connection(item, "frozen", top.diagnostics());
    preset.frozen.push_back({.source = connection.text("source"), .target = connection.text("target")});
  }
}

void read_losses(ConfigSection& top, TrainingPreset& preset) {
  auto losses = top.section("losses");
  auto& objective = preset.objective;
  const auto file = [&](ConfigSection& section, const char* key) {
    const fs::path named = section.text(key);
    return named.has_parent_path() ? named : io::config_directory() / "reference" / named;
  };
  objective.outer_factor = losses.number("outer_factor", io::not_negative);
  auto rate = losses.section("rate");
  objective.rate.strength = rate.number("strength", io::not_negative);
  objective.rate.kappa = rate.number("kappa", io::positive);
  objective.rate.levels = choose<training::QuantileLevels>(rate, "levels", level_names);
  objective.rate.ties = choose<training::Ties>(rate, "ties", tie_names);
  preset.target_draw = choose<training::TargetDraw>(rate, "targets", target_names);
  preset.recorded = file(rate, "recorded");
  auto selectivity = losses.section("selectivity");
  objective.selectivity_options.strength = selectivity.number("strength", io::not_negative);
  objective.selectivity_options.least_rate = selectivity.number("least_rate", io::positive);
  objective.mean_rate_start = selectivity.number("mean_rate_start", io::not_negative);
  objective.mean_rate_keep = selectivity.number("mean_rate_keep", io::fraction);
  preset.selectivity_targets = file(selectivity, "targets");
  auto synchrony = losses.section("synchrony");
  for (auto& of : objective.by_activity)
    of.synchrony.strength = synchrony.number("strength", io::not_negative);
  objective.groups.count = static_cast<std::uint32_t>(synchrony.integer("groups", 1, 100000));
  objective.groups.mean_size = synchrony.number("mean_size", io::positive);
  objective.groups.size_deviation = synchrony.number("size_deviation", io::not_negative);
  objective.groups.least_size = static_cast<std::uint32_t>(synchrony.integer("least_size", 1, 100000));
  const auto first = static_cast<std::size_t>(synchrony.integer("first_ms", 0, 60000));
  for (auto& of : objective.by_activity) {
    of.synchrony.first_step = first;
    of.synchrony.end_step = preset.session.steps;
  }
  preset.fano_targets = file(synchrony, "targets");
  auto voltage = losses.section("voltage");
  objective.voltage_strength = voltage.number("strength", io::not_negative);
  preset.session.model.voltage_loss = choose<training::VoltageLoss>(voltage, "distance", voltage_distances);
  auto weights = losses.section("weights");
  preset.session.weight_strength = weights.number("strength", io::not_negative);
  preset.weight_distance = choose<training::WeightDistance>(weights, "distance", weight_distances);
}

}  // namespace

TrainingPreset read_training_preset(const std::string& name_or_file, const PresetOverrides& overrides) {
  TrainingPreset preset;
  const fs::path file = io::find_config(io::training_configs, name_or_file, fs::current_path());
  preset.name = file.stem().string();
  io::Diagnostics diagnostics;
  auto tree = io::read_config(file, io::training_configs, diagnostics, &preset.files);
  apply(overrides, tree);
  {
    ConfigSection top(tree, "", diagnostics);
    preset.description = top.text("description");
    preset.start = choose<StartWeights>(top, "start", start_names);
    preset.core_radius_um = top.number("core_radius_um", io::positive);
    preset.session.seed = static_cast<std::uint64_t>(top.integer("seed", 0, 4294967295));
    read_model(top, preset);
    read_trials(top, preset);
    read_optimizer(top, preset);
    read_losses(top, preset);
  }
  diagnostics.throw_if_any();
  return preset;
}

std::string to_text(const TrainingPreset& p) {
  const auto& s = p.session;
  const auto& o = p.objective;
  std::string text;
  const auto line = [&](const char* key, const auto& value) { text += fmt::format("{} = {}\n", key, value); };
  const auto chosen = [&](const char* key, const auto& words, auto value) {
    line(key, words[static_cast<std::size_t>(value)]);
  };
  line("preset", p.name);
  chosen("start", start_names, p.start);
  line("seed", s.seed);
  line("dialect", p.dialect);
  chosen("propagators", propagator_names, s.model.propagators);
  chosen("reset", resets, s.model.reset);
  chosen("surrogate", surrogates, s.gradient.surrogate);
  line("gamma", s.gradient.gamma);
  line("recurrent_credit", s.gradient.recurrent_credit);
  line("voltage_damping", s.gradient.voltage_damping);
  line("through_reset", s.gradient.through_reset);
  line("through_after_spike_currents", s.gradient.through_after_spike_currents);
  line("trials", s.trials);
  line("duration_ms", s.steps);
  line("gray_ms", s.gray_steps);
  chosen("gray_start", gray_starts, p.gray_start);
  line("held_out_directions", s.held_out_directions);
  line("contrast", p.grating.contrast);
  line("cycles_per_degree", p.grating.cycles_per_degree);
  line("temporal_hz", p.grating.temporal_hz);
  line("height_deg", p.grating.row_size_deg);
  line("width_deg", p.grating.column_size_deg);
  line("degrees_per_pixel", p.grating.degrees_per_pixel);
  line("background_hz", p.background_hz);
  line("one_unit_background_hz", p.one_unit_background_hz);
  line("core_radius_um", p.core_radius_um);
  line("steps_per_epoch", p.steps);
  chosen("method", methods, s.optimizer.method);
  line("learning_rate", s.optimizer.learning_rate);
  line("beta_1", s.optimizer.beta_1);
  line("beta_2", s.optimizer.beta_2);
  line("epsilon", s.optimizer.epsilon);
  line("train_background", p.train_background);
  if (p.train_lgn) line("train_lgn", true);  // checkpoints of before this choice go on
  for (const auto& f : p.frozen) line("frozen", f.source + " to " + f.target);
  line("outer_factor", o.outer_factor);
  line("rate_strength", o.rate.strength);
  line("rate_kappa", o.rate.kappa);
  chosen("rate_levels", level_names, o.rate.levels);
  chosen("rate_ties", tie_names, o.rate.ties);
  chosen("rate_targets", target_names, p.target_draw);
  line("recorded", p.recorded.filename().string());
  line("selectivity_strength", o.selectivity_options.strength);
  line("least_rate", o.selectivity_options.least_rate);
  line("mean_rate_start", o.mean_rate_start);
  line("mean_rate_keep", o.mean_rate_keep);
  line("selectivity_targets", p.selectivity_targets.filename().string());
  line("synchrony_strength", o.by_activity[0].synchrony.strength);
  line("groups", o.groups.count);
  line("group_mean_size", o.groups.mean_size);
  line("group_size_deviation", o.groups.size_deviation);
  line("group_least_size", o.groups.least_size);
  line("synchrony_first_ms", o.by_activity[0].synchrony.first_step);
  line("fano_targets", p.fano_targets.filename().string());
  line("voltage_strength", o.voltage_strength);
  chosen("voltage_distance", voltage_distances, s.model.voltage_loss);
  line("weight_strength", s.weight_strength);
  chosen("weight_distance", weight_distances, p.weight_distance);
  return text;
}

}  // namespace striate::workflows
