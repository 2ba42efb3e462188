// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/training/training_run.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "io/sonata/node_texts.hpp"
#include "workflows/training/training_ranks.hpp"

namespace striate::workflows {
namespace {

/// Mean of all weights of one sign in pA over the whole network: as whole multiples of 2^-20 pA, so that it
/// does not depend on ranks.
double mean_weight_pa(const TrainingRun& run, const core::HugeVector<float>& weights, bool negative) {
  std::int64_t sum = 0, count = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0 || std::signbit(weights[i]) != negative) continue;
    const auto target = run.ranks.global(run.circuit.recurrent.slots[run.circuit.recurrent.slot[i]].target);
    sum +=
        std::llrint(std::ldexp(static_cast<double>(weights[i]) * run.network.cells.threshold_mv[target], 20));
    ++count;
  }
  sum = run.comm.sum(sum), count = run.comm.sum(count);
  return count > 0 ? std::ldexp(static_cast<double>(sum), -20) / static_cast<double>(count) : 0;
}

void make_uniform(const TrainingRun& run, core::HugeVector<float>& weights) {
  const double excitatory = mean_weight_pa(run, weights, false),
               inhibitory = mean_weight_pa(run, weights, true);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0) continue;
    const auto target = run.ranks.global(run.circuit.recurrent.slots[run.circuit.recurrent.slot[i]].target);
    weights[i] = static_cast<float>((std::signbit(weights[i]) ? inhibitory : excitatory) /
                                    run.network.cells.threshold_mv[target]);
  }
  core::log::info("start: every excitatory weight {:.3f} pA, every inhibitory {:.3f} pA", excitatory,
                  inhibitory);
}

bool matches(const std::string& pattern, const std::string& type) {
  return pattern == "*" || pattern == type;
}

/// Types of the LGN cells by number, empty where they have none.
std::vector<std::string> lgn_types(const io::NodePopulation& nodes) {
  std::vector<std::string> types;
  const io::NodeTexts names(nodes, "pop_name");
  for (std::uint32_t node = 0; node < nodes.size(); ++node) types.push_back(names.of(node).value_or(""));
  return types;
}

constexpr const char* whole_lgn = "lgn";  // as source of a frozen connection

void require_known_types(const TrainingRun& run, const std::vector<std::string>& of_lgn) {
  const auto& of_v1 = run.network.cells.type_names;
  const auto among = [](const std::string& name, const std::vector<std::string>& names) {
    return name == "*" || std::ranges::find(names, name) != names.end();
  };
  for (const auto& [source, target] : run.preset.frozen) {
    if (!among(target, of_v1))
      throw core::ConfigError("unknown cell type '{}' in frozen of preset '{}' (the network has: {})", target,
                              run.preset.name, fmt::join(of_v1, ", "));
    if (!among(source, of_v1) && source != whole_lgn && (source.empty() || !among(source, of_lgn))) {
      const std::set<std::string> known(of_lgn.begin(), of_lgn.end());
      throw core::ConfigError(
          "unknown cell type '{}' in frozen of preset '{}' (the network has: {}; its LGN: {}, {})", source,
          run.preset.name, fmt::join(of_v1, ", "), whole_lgn, fmt::join(known, ", "));
    }
  }
}

std::vector<std::uint8_t> frozen_drive(const TrainingRun& run, const std::vector<std::string>& of_lgn) {
  const auto& drive = run.circuit.drive;
  const auto& cells = run.network.cells;
  std::vector<std::uint8_t> frozen(drive.size(), 0);
  for (std::uint32_t cell = 0; cell < run.circuit.own; ++cell) {
    const auto& target = cells.type_names[cells.type[run.ranks.global(cell)]];
    const auto [first, end] = drive.edges_of(cell);
    for (const auto& connection : run.preset.frozen) {
      if (!matches(connection.target, target)) continue;
      for (auto e = first; e < end; ++e)
        if (connection.source == whole_lgn || matches(connection.source, of_lgn[drive.source[e]]))
          frozen[e] = 1;
    }
  }
  return frozen;
}

training::Frozen make_frozen(const TrainingRun& run) {
  training::Frozen frozen;
  if (!run.preset.train_background) frozen.noise.assign(run.circuit.noise.size(), 1);
  if (run.preset.frozen.empty()) return frozen;
  const auto of_lgn = lgn_types(run.network.lgn_nodes);
  require_known_types(run, of_lgn);
  if (run.circuit.drive.trained) frozen.drive = frozen_drive(run, of_lgn);
  const auto& cells = run.network.cells;
  const auto& recurrent = run.circuit.recurrent;
  std::vector<std::uint32_t> cell_at(cells.size());
  for (std::uint32_t cell = 0; cell < cells.size(); ++cell)
    cell_at[run.ranks.place_by_owner(cell, run.circuit.cells)] = cell;
  frozen.recurrent.assign(recurrent.size(), 0);
  for (const auto& segment : recurrent.segments)
    for (std::uint64_t i = segment.first; i < segment.first + segment.count; ++i) {
      const auto& source = cells.type_names[cells.type[cell_at[segment.source]]];
      const auto& target =
          cells.type_names[cells.type[run.ranks.global(recurrent.slots[recurrent.slot[i]].target)]];
      for (const auto& connection : run.preset.frozen)
        if (matches(connection.source, source) && matches(connection.target, target)) frozen.recurrent[i] = 1;
    }
  return frozen;
}

}  // namespace

TrainingRun::TrainingRun(const TrainingPreset& some_preset, const std::filesystem::path& config,
                         const core::Comm& some_comm)
    : preset(some_preset),
      comm(some_comm),
      ranks(training_ranks(some_comm)),
      network(read_training_network(config, preset, comm)),
      objective(make_objective(preset, network.cells)),
      timers({"inputs", "forward", "losses", "backward", "weights"}) {
  for (const auto& warning : objective.warnings) core::log::warning("{}", warning);
  const bool one_unit = network.made.circuit.noise.nodes == 1;
  inputs = std::make_unique<TrainingInputs>(network, preset.grating, preset.session.steps,
                                            one_unit ? preset.one_unit_background_hz : preset.background_hz,
                                            ranks);
  auto made = std::exchange(network.made, {});
  circuit = std::move(made.circuit);
  groups = training::weight_groups(circuit, made.weights.recurrent, network.cells.type, ranks);
  // Also where it has no strength: the log tells how far the weights go.
  weight_term = std::make_unique<training::WeightTerm<float>>(circuit, groups, made.weights.recurrent,
                                                              preset.weight_distance, ranks);
  if (preset.start == StartWeights::uniform) make_uniform(*this, made.weights.recurrent);
  start = made.weights.recurrent;
  training::Learner<float> learner;
  const auto method = preset.session.optimizer.method;
  learner.recurrent = training::no_moments<float>(made.weights.recurrent.size(), method);
  learner.noise = training::no_moments<float>(made.weights.noise.size(), method);
  if (circuit.drive.trained) learner.drive = training::no_moments<float>(made.weights.drive.size(), method);
  learner.weights = std::move(made.weights);
  learner.mean_rate.assign(circuit.cells, preset.objective.mean_rate_start);
  session = std::make_unique<training::Session<float>>(
      circuit, objective.objective, preset.session, weight_term.get(), make_frozen(*this),
      [this](const training::TrialRange& range) { return inputs->make(range); }, ranks, std::move(learner),
      [this](training::Part part) { watch(part); });
}

void TrainingRun::watch(training::Part part) {
  const auto now = core::Clock::now();
  if (part_ != training::Part::pause)
    timers.add(static_cast<std::size_t>(part_), std::chrono::duration<double>(now - part_began_).count());
  part_ = part;
  part_began_ = now;
}

}  // namespace striate::workflows
