// SPDX-License-Identifier: BSD-3-Clause
// Distance of the Fano factors of summed spike counts of random groups of cells from recorded ones, over bin
// widths (docs/training.md, "Synchrony").
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "training/model/spike_table.hpp"

namespace striate::training {

struct SynchronyGroup {
  std::uint32_t trial = 0;
  std::vector<std::uint32_t> cells;
};

struct SynchronyOptions {
  double strength = 1.5;
  std::vector<std::uint32_t> widths;  ///< of bins, steps
  std::vector<double> targets;  ///< [width]
  std::size_t first_step = 200, end_step = 500;
};

/// The loss and its derivative after a spike of a group's cells in its trial, [group][step - first_step].
struct SynchronyLoss {
  double loss = 0;
  std::vector<double> gradient;
  std::vector<double> fano;  ///< [width], mean over groups
};

/// Adds to the summed spikes per step of each group, [group][step - first_step], for the groups of trials
/// first_trial … first_trial + trials - 1, which `spikes` holds.
void add_group_counts(std::span<const SynchronyGroup> groups, const SpikeTable& spikes,
                      std::uint32_t first_trial, std::uint32_t trials, std::uint32_t cells,
                      const SynchronyOptions& options, std::span<std::uint32_t> counts);

SynchronyLoss synchrony_loss(std::size_t groups, std::span<const std::uint32_t> counts,
                             const SynchronyOptions& options);

}  // namespace striate::training
