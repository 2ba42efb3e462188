// SPDX-License-Identifier: BSD-3-Clause
// All random numbers of training, by (seed, what for, which update, trial, unit): they depend on no rank and
// on no other draw, and an update can be repeated alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/values/random.hpp"
#include "training/losses/synchrony_loss.hpp"
#include "training/model/rank_sums.hpp"
#include "training/model/trial_inputs.hpp"

namespace striate::training {

/// What a set of trials is for. Values enter random numbers: append, never renumber.
enum class Phase : std::uint32_t {
  gray_start = 0,
  evoked = 1,
  spontaneous = 2,
  held_out_gray = 3,
  held_out_evoked = 4,
  held_out_spontaneous = 5
};

/// Trials that are run together: update number `number` of a phase, or epoch number for gray_start.
struct Occasion {
  std::uint64_t seed = 0;
  Phase phase = Phase::evoked;
  std::uint64_t number = 0;
};

core::RandomStream stream(const Occasion& occasion, core::Purpose purpose, std::uint64_t trial,
                          std::uint64_t unit);

/// A drifting grating of a trial.
struct TrialStimulus {
  double direction_deg = 0, phase_deg = 0;
};
std::vector<TrialStimulus> draw_stimuli(const Occasion& occasion, std::size_t trials);

/// A Poisson train with the given rate in each step of 1 ms, of which at most one spike per step is kept: a
/// step has one with probability 1 - exp(-rate × 1 ms).
void append_train(std::span<const float> rates_hz, core::RandomStream random, std::uint32_t source,
                  std::uint16_t trial, std::vector<DriveSpike>& spikes);
/// The same for a constant rate.
void append_train(float rate_hz, std::size_t steps, core::RandomStream random, std::uint32_t source,
                  std::uint16_t trial, std::vector<DriveSpike>& spikes);

/// Poisson counts, [step][node][lanes] for trials first_trial … first_trial + trials - 1.
std::vector<std::uint8_t> draw_noise(const Occasion& occasion, std::size_t first_trial, std::size_t trials,
                                     std::size_t steps, std::uint32_t nodes, double mean_count);

/// Numbers that order cells of equal rate.
std::vector<std::uint32_t> draw_order(const Occasion& occasion, std::uint32_t cells);

struct GroupOptions {
  std::uint32_t count = 500;
  double mean_size = 70, size_deviation = 30;
  std::uint32_t least_size = 15;
};
/// Groups of distinct cells, each in a random trial; cells are dealt from a random order, which is drawn anew
/// when fewer are left than a group needs. `cells` must hold least_size at least.
std::vector<SynchronyGroup> draw_groups(const Occasion& occasion, std::span<const std::uint32_t> cells,
                                        std::size_t trials, const GroupOptions& options);

}  // namespace striate::training
