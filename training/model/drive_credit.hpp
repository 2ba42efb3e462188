// SPDX-License-Identifier: BSD-3-Clause
// Gradients of the weights of the drive, where they are trained. A synapse gets the credit of the steps at
// which spikes of its source arrived. The backward pass makes that credit block by block; it is kept for some
// blocks, so that a synapse is visited once for all of them. Targets live on one rank, and so do these sums.
#pragma once

#include <optional>

#include "training/model/trial_inputs.hpp"

namespace striate::training {

template <class Real>
class DriveCredit {
 public:
  /// Does nothing unless the drive is trained. The credit is kept in `memory`, as DriveSums kept its sums
  /// there.
  DriveCredit(const Circuit<Real>& circuit, const Inputs& inputs, Propagators propagators,
              core::HugeVector<Real>& memory);

  /// Takes over what the kernel has just made of a block of steps. Blocks come one after the other, backward
  /// in time.
  void add(const BackwardArguments<Real>& block, core::HugeVector<Real>& gradient);
  /// After the last block.
  void finish(core::HugeVector<Real>& gradient);

 private:
  void sum(core::HugeVector<Real>& gradient);

  const Drive<Real>& drive_;
  std::optional<SpikePlaces> spikes_;
  std::size_t block_steps_;
  int latency_;
  std::size_t held_ = 0;  ///< blocks
  int first_step_ = 0;  ///< of arrivals in the first of them
  core::HugeVector<Real>& credit_;  ///< [block][slot][step][lanes]
  core::HugeVector<Real> row_;  ///< [block][step][lanes]
};

}  // namespace striate::training
