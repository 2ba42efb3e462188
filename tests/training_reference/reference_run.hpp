// SPDX-License-Identifier: BSD-3-Clause
// One update of the reference network, up to the gradients.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "training/losses/weight_term.hpp"
#include "training_reference/reference_file.hpp"

namespace striate::test {

/// Which terms count.
enum class Only { all, rate, osi, sync, voltage, weights };

template <class Real>
struct ReferenceResult {
  training::Trace<Real> trace;
  training::Terms terms;
  training::DirectGradient<Real> direct;
  training::PerSynapse<Real> gradient;
};

/// The network of the file, or one rank's part of it.
template <class Real>
class ReferenceRun {
 public:
  explicit ReferenceRun(const ReferenceFile& reference, training::Ranks some_ranks = {})
      : file(reference),
        ranks(std::move(some_ranks)),
        inputs(reference_inputs(reference)),
        objective(reference_objective(reference)) {
    auto parts = reference_parts(file, ranks);
    auto made = training::make_circuit<Real>(parts, ranks);
    circuit = std::move(made.circuit);
    weights = std::move(made.weights);
    // The start weights, brought into the order of the circuit.
    const auto start = file.numbers("loss/start");
    for (std::size_t i = 0; i < circuit.recurrent.size(); ++i)
      wanted.push_back(static_cast<Real>(start[circuit.recurrent.row[i]]));
    std::vector<std::uint8_t> types;
    auto names = file.strings("network/cell/type19");
    auto known = names;
    std::ranges::sort(known);
    known.erase(std::unique(known.begin(), known.end()), known.end());
    for (const auto& name : names)
      types.push_back(static_cast<std::uint8_t>(std::ranges::lower_bound(known, name) - known.begin()));
    groups = training::weight_groups(circuit, weights.recurrent, types, ranks);
  }

  ReferenceResult<Real> run(const std::string& variant, Only only = Only::all,
                            training::VoltageLoss voltage = training::VoltageLoss::threshold) {
    using namespace training;
    const ModelOptions model{
        .reset = file.attribute("result/" + variant, "hard_reset") != 0 ? Reset::hold : Reset::subtract,
        .voltage_loss = voltage};
    State<Real> state = reference_state<Real>(file, circuit, ranks);
    ReferenceResult<Real> result{
        .trace = forward(circuit, weights, inputs, model, ranks, state, Keep::voltages),
        .terms = {},
        .direct = {},
        .gradient = {}};
    Objective some = objective;
    if (only != Only::all) {
      if (only != Only::rate) some.rate.strength = 0;
      if (only != Only::osi) some.selectivity_options.strength = 0;
      if (only != Only::sync) some.by_activity[0].synchrony.strength = 0;
      if (only != Only::voltage) some.voltage_strength = 0;
    }
    RunTrials<Real> trials{.activity = Activity::evoked,
                           .traces = std::span(&result.trace, 1),
                           .direction_deg = file.numbers("loss/angle"),
                           .groups = {},
                           .order = {}};
    for (const auto& name : file.children("loss/sync")) {
      SynchronyGroup group{.trial = static_cast<std::uint32_t>(file.attribute("loss/sync/" + name, "trial")),
                           .cells = {}};
      for (const double cell : file.numbers("loss/sync/" + name))
        group.cells.push_back(static_cast<std::uint32_t>(cell));
      trials.groups.push_back(group);
    }
    trials.order.assign(circuit.cells, 0);
    for (std::size_t g = 0; g < objective.by_activity[0].rates.size(); ++g) {
      const auto keys = file.numbers("loss/rate/" + std::to_string(g) + "/order_key");
      const auto& cells = objective.by_activity[0].rates[g].cells;
      for (std::size_t i = 0; i < cells.size(); ++i)
        trials.order[cells[i]] = static_cast<std::uint32_t>(keys[i]);
    }
    auto mean_rate = file.numbers("loss/ema");
    auto losses = activity_losses(some, trials, circuit.cells, ranks, mean_rate);
    result.terms = losses.terms;
    result.direct = std::move(losses.direct.front());
    result.gradient.recurrent.resize(circuit.recurrent.size());
    result.gradient.noise.resize(circuit.noise.size());
    std::ranges::fill(result.gradient.recurrent, Real{0});
    std::ranges::fill(result.gradient.noise, Real{0});
    backward(circuit, weights, inputs, result.trace, result.direct, model,
             reference_gradient_options(file, variant), ranks, result.gradient);
    const double strength =
        only == Only::all || only == Only::weights ? file.attribute("loss", "cost_weights") : 0;
    const WeightTerm<Real> term(circuit, groups, wanted, WeightDistance::absolute, ranks);
    result.terms.weights = term.add(weights.recurrent, strength, &result.gradient.recurrent);
    return result;
  }

  std::vector<double> by_row(const core::HugeVector<Real>& recurrent) const {
    std::vector<double> values(file.numbers("input/w").size(), 0.0);
    for (std::size_t i = 0; i < recurrent.size(); ++i)
      values[circuit.recurrent.row[i]] = static_cast<double>(recurrent[i]);
    return values;
  }
  std::vector<double> noise_by_row(const core::HugeVector<Real>& noise) const {
    std::vector<double> values(file.numbers("input/wb").size(), 0.0);
    for (std::size_t i = 0; i < noise.size(); ++i)
      values[circuit.noise.row[i]] = static_cast<double>(noise[i]);
    return values;
  }

  const ReferenceFile& file;
  training::Ranks ranks;
  training::Inputs inputs;
  training::Objective objective;
  training::Circuit<Real> circuit;
  training::PerSynapse<Real> weights;
  core::HugeVector<Real> wanted;
  training::WeightGroups groups;
};

}  // namespace striate::test
