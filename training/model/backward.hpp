// SPDX-License-Identifier: BSD-3-Clause
// Gradients of the weights, by a run of the adjoint model backward in time (docs/training.md, "The
// gradient").
#pragma once

#include <cstdint>
#include <vector>

#include "training/model/forward.hpp"

namespace striate::training {

/// Derivatives of the losses after spikes and voltages, without what they do through the network.
template <class Real>
struct DirectGradient {
  core::HugeVector<Real> spikes;  ///< [own cell][lanes], the same at all steps
  /// What comes on top for some trials of some cells in steps first_step … first_step + steps - 1.
  struct Row {
    std::uint32_t cell, trial;  ///< own cell
  };
  std::vector<Row> rows;  ///< each (cell, trial) at most once
  core::HugeVector<Real> timed;  ///< [row][steps]
  std::size_t first_step = 0, steps = 0;
  double voltage_factor = 0;  ///< derivative after v, divided by the voltage's distance
};

/// Adds the gradients of one group of trials to `gradient`, of the drive's weights where they are trained.
/// Of `trace` the scratch memory is used again. Throws SystemError when gradients are not finite. Collective.
template <class Real>
void backward(const Circuit<Real>& circuit, const PerSynapse<Real>& weights, const Inputs& inputs,
              Trace<Real>& trace, const DirectGradient<Real>& direct, const ModelOptions& model,
              const GradientOptions& options, const Ranks& ranks, PerSynapse<Real>& gradient);

/// Columns of a window for `trials` trials: trials × steps of a block, rounded up to what kernels exist for.
std::size_t window_columns(std::size_t trials, Propagators propagators);

}  // namespace striate::training
