// SPDX-License-Identifier: BSD-3-Clause
// All losses of an update that look at the activity, and their derivatives after spikes and voltages
// (docs/training.md, "Losses"). Every rank has the spikes of all cells and computes the same numbers.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "training/losses/loss_draws.hpp"
#include "training/losses/rate_loss.hpp"
#include "training/losses/selectivity_loss.hpp"
#include "training/losses/synchrony_loss.hpp"
#include "training/model/backward.hpp"

namespace striate::training {

enum class Activity : std::size_t { evoked = 0, spontaneous = 1 };

/// What the activity shall be like. "Outer" cells are those beyond the core radius, whose losses count less.
struct Objective {
  struct ByActivity {
    std::vector<RateGroup> rates, outer_rates;
    SynchronyOptions synchrony;
  };
  std::array<ByActivity, 2> by_activity;
  SelectivityCells selectivity, outer_selectivity;
  std::vector<std::uint32_t> synchrony_cells;
  GroupOptions groups;
  RateLossOptions rate;
  SelectivityLossOptions selectivity_options;
  double voltage_strength = 1;
  double outer_factor = 0.1;
  double mean_rate_start = 0.003;  ///< of the running mean of a cell's rate, spikes per ms
  double mean_rate_keep = 0.95;

  const ByActivity& of(Activity activity) const { return by_activity[static_cast<std::size_t>(activity)]; }
};

/// Values of the loss terms; `weights` is added by who knows it.
struct Terms {
  double rate = 0, outer_rate = 0, selectivity = 0, outer_selectivity = 0, synchrony = 0, voltage = 0,
         weights = 0;
  double total() const {
    return rate + outer_rate + selectivity + outer_selectivity + synchrony + voltage + weights;
  }
};

/// The trials of an update, in groups of at most `lanes`, and what was drawn for them.
template <class Real>
struct RunTrials {
  Activity activity = Activity::evoked;
  std::span<const Trace<Real>> traces;
  std::vector<double> direction_deg;  ///< [trial]; evoked only
  std::vector<SynchronyGroup> groups;
  std::vector<std::uint32_t> order;  ///< [cell]
};

template <class Real>
struct ActivityLosses {
  Terms terms;
  std::vector<DirectGradient<Real>> direct;  ///< [group of trials]
  std::vector<std::uint32_t> spikes;  ///< [cell], all trials together
};

/// `mean_rate`: running means, brought up to date by evoked trials before they are used, when it is not a
/// copy. Collective.
template <class Real>
ActivityLosses<Real> activity_losses(const Objective& objective, const RunTrials<Real>& run,
                                     std::uint32_t cells, const Ranks& ranks, std::vector<double>& mean_rate);

}  // namespace striate::training
