// SPDX-License-Identifier: BSD-3-Clause
#include <map>
#include <optional>

#include "engine/check/check_simulation.hpp"
#include "engine/config/input_times.hpp"
#include "engine/config/spike_population.hpp"
#include "engine/network/node_targets.hpp"
#include "io/check/check_files.hpp"
#include "io/sonata/node_sets.hpp"

namespace striate::engine {
namespace {

using core::Problems;
namespace fs = std::filesystem;

/// What drives a virtual population.
struct Driven {
  std::vector<SpikeInput> inputs;
  std::optional<InputTimes> times;
};
using DrivenPopulations = std::map<std::size_t, Driven>;

void check_times(const SpikeInput& played, const SimulationSpec& spec, Driven& driven, Problems& problems) {
  const auto times = times_of(played, spec.grid.time_ms(spec.steps), spec.grid.dt_ms);
  if (auto text = times.warning(played); !text.empty()) problems.note(std::move(text));
  driven.inputs.push_back(played);
  if (driven.times)
    driven.times->add(times);
  else
    driven.times = times;
}

/// Spikes for every population that the input's node set selects.
void check_spike_input(const SpikeInput& input, const SimulationSpec& spec, const Network& network,
                       const io::NodeSets& sets, DrivenPopulations& driven, Problems& problems) {
  const auto targets = spike_targets(input, network, sets);
  if (!fs::exists(input.file)) return;
  std::vector<std::string> names;
  for (const auto& target : targets) names.push_back(network.populations[target.population].name);
  const auto present = populations_of_file(input);
  for (const auto& target : targets)
    core::attempt(&problems, [&] {
      const auto& population = network.populations[target.population];
      auto choice =
          choose_spike_population(input, present, population.name, names, population_names(network));
      if (!choice.warning.empty()) problems.note(std::move(choice.warning));
      if (!choice.plays) return;
      const auto before = problems.errors.size();
      io::check_spikes_file(
          input.file,
          {.population = choice.population, .nodes = &population, .time_zero = io::TimeZero::refused},
          problems);
      auto played = input;
      played.population = choice.population;
      if (problems.errors.size() == before) check_times(played, spec, driven[target.population], problems);
    });
}

void check_node_sets(const io::SonataConfig& config, const SimulationSpec& spec, const Network& network,
                     Problems& problems) {
  core::attempt(&problems, [&] {
    const auto sets = io::NodeSets::load(config);
    DrivenPopulations driven;
    for (const auto& input : spec.spike_inputs)
      core::attempt(&problems, [&] { check_spike_input(input, spec, network, sets, driven, problems); });
    for (const auto& [population, by] : driven)
      if (by.times)
        if (auto text = by.times->stops_early(by.inputs, network.populations[population].name); !text.empty())
          problems.note(std::move(text));
    for (const auto& clamp : spec.clamps)
      core::attempt(&problems, [&] {
        if (auto text = current_targets(clamp, network, sets).warning; !text.empty())
          problems.note(std::move(text));
      });
    for (const auto& report : spec.reports)
      core::attempt(&problems, [&] { recorded_neurons(report, network, sets); });
  });
}

}  // namespace

CheckResult check_config(const fs::path& file, const core::Ranks& ranks) {
  CheckResult result;
  auto& problems = result.problems;
  std::optional<io::SonataConfig> config;
  core::attempt(&problems, [&] { config = io::load_sonata_config(file); });
  if (!config) return result;
  if (io::kind_of_config(config->document, config->file) == io::RunKind::lgn) {
    result.for_lgn = true;
    check_circuit(*config, nullptr, problems);
    return result;
  }
  std::vector<io::SonataConfig> runs;
  core::attempt(&problems, [&] { runs = io::runs_of_config(*config); });
  if (runs.empty()) return result;
  const auto spec = parse_simulation_spec(runs.front(), &problems);
  const auto network = check_circuit(*config, &spec, problems);
  if (!network.populations.empty()) check_node_sets(*config, spec, network, problems);
  for (std::size_t r = 1; r < runs.size(); ++r) {
    const auto other = parse_simulation_spec(runs[r], &problems);
    if (!network.populations.empty()) check_node_sets(*config, other, network, problems);
  }
  result.memory = estimate_present(*config, network, ranks);
  if (result.memory) core::attempt(&problems, [&] { require_memory(*result.memory); });
  return result;
}

}  // namespace striate::engine
