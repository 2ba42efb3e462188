// SPDX-License-Identifier: BSD-3-Clause
// Inputs of training trials, made in memory: LGN spikes from the LGN model's rates for the trial's grating
// (or gray), and counts of the background nodes. LGN cells are dealt to the ranks, which then share their
// spikes.
#pragma once

#include <cstdint>
#include <vector>

#include "lgn/filters/grating_series.hpp"
#include "training/session.hpp"
#include "workflows/training/training_network.hpp"

namespace striate::workflows {

class TrainingInputs {
 public:
  /// `network.made` must still be there. Collective.
  TrainingInputs(const TrainingNetwork& network, const lgn::GratingParameters& grating, std::size_t steps,
                 double background_rate_hz, const training::Ranks& ranks);

  /// Collective.
  training::Inputs make(const training::TrialRange& range) const;

 private:
  std::vector<std::uint32_t> sources_;  ///< this rank's cells that reach the network, by number
  lgn::GratingSeries series_;  ///< of them
  std::uint32_t noise_nodes_;
  double mean_count_;
  const training::Ranks& ranks_;
};

}  // namespace striate::workflows
