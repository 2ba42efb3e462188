// SPDX-License-Identifier: BSD-3-Clause
#include "engine/check/check_simulation.hpp"
#include "io/check/check_files.hpp"
#include "io/sonata/node_sets.hpp"

namespace striate::engine {
namespace {

using core::Problems;
namespace fs = std::filesystem;

/// Spikes for every population that the input's node set names.
void check_spike_input(const SpikeInput& input, const Network& network, const io::NodeSets& sets,
                       Problems& problems) {
  const std::string where = input.where + "/node_set";
  const auto selections = sets.resolve(input.node_set, network.populations, where);
  if (selections.empty()) throw core::ConfigError("{} selects no node (spikes would go nowhere)", where);
  for (const auto& selection : selections) {
    const auto& population = network.populations[selection.population];
    if (!network.has_virtual_nodes(selection.population))
      problems.add(core::ConfigError(
          "{} selects the neurons of '{}' (spike inputs drive virtual populations)", where, population.name));
    if (fs::exists(input.file))
      io::check_spikes_file(
          input.file,
          {.population = input.population, .nodes = &population, .time_zero = io::TimeZero::refused},
          problems);
  }
}

void check_node_sets(const io::SonataConfig& config, const SimulationSpec& spec, const Network& network,
                     Problems& problems) {
  core::attempt(&problems, [&] {
    const auto sets = io::NodeSets::load(config);
    for (const auto& input : spec.spike_inputs)
      core::attempt(&problems, [&] { check_spike_input(input, network, sets, problems); });
    for (const auto& clamp : spec.clamps)
      core::attempt(&problems,
                    [&] { sets.resolve(clamp.node_set, network.populations, clamp.where + "/node_set"); });
    for (const auto& report : spec.reports)
      core::attempt(&problems,
                    [&] { sets.resolve(report.cells, network.populations, report.where + "/cells"); });
  });
}

bool is_filternet(const io::SonataConfig& config) {
  const auto simulator = config.document.find("target_simulator");
  return simulator != config.document.end() && *simulator == "LGNModel";
}

}  // namespace

CheckResult check_config(const fs::path& file, int ranks) {
  CheckResult result;
  auto& problems = result.problems;
  std::optional<io::SonataConfig> config;
  core::attempt(&problems, [&] { config = io::load_sonata_config(file); });
  if (!config) return result;
  if (is_filternet(*config)) {
    problems.note(fmt::format("{} is a config of the thalamic model (only its network is checked)", file));
    check_circuit(*config, nullptr, problems);
    return result;
  }
  const auto spec = parse_simulation_spec(*config, &problems);
  const auto network = check_circuit(*config, &spec, problems);
  if (!network.populations.empty()) check_node_sets(*config, spec, network, problems);
  result.memory = estimate_present(*config, network, ranks);
  if (result.memory) core::attempt(&problems, [&] { require_memory(*result.memory); });
  return result;
}

}  // namespace striate::engine
