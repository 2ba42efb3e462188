// SPDX-License-Identifier: BSD-3-Clause
// Runs the network through the trials of an update (docs/training.md, "The model").
#pragma once

#include <cstdint>
#include <vector>

#include "core/values/huge_vector.hpp"
#include "training/model/circuit.hpp"
#include "training/model/model_options.hpp"
#include "training/model/rank_sums.hpp"
#include "training/model/spike_table.hpp"
#include "training/model/trial_inputs.hpp"

namespace striate::training {

/// Where a trial begins or ends: the variables of the model at one step, and the spikes under way.
template <class Real>
struct State {
  core::HugeVector<Real> cells;  ///< [own cell][state_variables][lanes]
  SpikeTable recent;  ///< the last max_delay steps, numbered -max_delay … -1
};

/// All zero, silent before.
template <class Real>
State<Real> rest(const Circuit<Real>& circuit);

/// What the backward pass and the losses need of a forward run.
template <class Real>
struct Trace {
  std::size_t trials = 0, steps = 0;
  core::HugeVector<Real> v{};  ///< [step][own cell][trial], packed; `lanes` of padding after each step
  std::vector<std::uint8_t> blocked{};  ///< [step][own cell], a bit per trial
  SpikeTable spikes{};  ///< from -max_delay on
  core::HugeVector<Real> scratch{};  ///< memory to be used again
  std::vector<double> voltage_loss{};  ///< [own cell], sum over trials and steps of the squared distance
  Real* v_at(std::size_t step, std::size_t own) { return v.data() + step * (own * trials + lanes); }
  const Real* v_at(std::size_t step, std::size_t own) const {
    return v.data() + step * (own * trials + lanes);
  }
};

enum class Keep { voltages, spikes };

/// Runs inputs.steps steps from `state`, which is left at their end. `used`: a trace that is no longer
/// needed, whose memory serves again. Collective.
template <class Real>
Trace<Real> forward(const Circuit<Real>& circuit, const PerSynapse<Real>& weights, const Inputs& inputs,
                    const ModelOptions& options, const Ranks& ranks, State<Real>& state, Keep keep,
                    Trace<Real> used = {});

}  // namespace striate::training
