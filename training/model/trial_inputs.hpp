// SPDX-License-Identifier: BSD-3-Clause
// What reaches the network from outside during the trials of an update: spikes of the LGN cells and counts of
// the background nodes. Both are the same on all ranks.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/values/huge_vector.hpp"
#include "training/model/circuit.hpp"

namespace striate::training {

/// At most one spike per source, step and trial.
struct DriveSpike {
  std::uint32_t source;
  std::uint16_t step;
  std::uint16_t trial;
  auto operator<=>(const DriveSpike&) const = default;
};

struct Inputs {
  std::size_t trials = 0;  ///< at most `lanes`
  std::size_t steps = 0;
  std::vector<DriveSpike> drive;  ///< by source, trial and step
  std::vector<std::uint8_t> noise;  ///< [step][node][lanes]
};

/// Where the drive's spikes of a stretch of steps lie in rows of [step][lanes], source by source.
class SpikePlaces {
 public:
  SpikePlaces(std::uint32_t sources, const Inputs& inputs);
  /// The rows' first step is `first_step` of the trial, which may lie before it; `direction` -1: backward in
  /// time.
  void look_at(int first_step, int direction, std::size_t steps);
  std::span<const std::uint32_t> of(std::uint32_t source) const {
    return std::span(places_).subspan(first_place_[source], first_place_[source + 1] - first_place_[source]);
  }

 private:
  const Inputs& inputs_;
  std::vector<std::uint32_t> first_spike_;  ///< [source + 1], into inputs_.drive
  std::vector<std::uint32_t> first_place_;  ///< [source + 1], into places_
  std::vector<std::uint32_t> places_;
};

/// Sums of drive weights per slot and step, in the order in which blocks of steps use them. They are made for
/// many blocks at a time: a slot's row stays in the first-level cache while the spikes of its sources are
/// added, in the order of the sources.
template <class Real>
class DriveSums {
 public:
  /// Block m holds the steps m × steps - latency … of the trial; those outside are 0. The sums are in
  /// `memory`.
  DriveSums(const Drive<Real>& drive, const core::HugeVector<Real>& weights, const Inputs& inputs,
            std::size_t steps, std::size_t latency, core::HugeVector<Real>& memory);
  /// [slot][steps][lanes]
  const Real* block(std::size_t m);

 private:
  void fill(std::size_t first_block);

  const Drive<Real>& drive_;
  const core::HugeVector<Real>& weights_;
  std::size_t steps_, latency_;
  std::size_t held_blocks_;
  std::size_t filled_from_ = 0, filled_to_ = 0;  ///< blocks
  SpikePlaces spikes_;  ///< in the blocks held
  core::HugeVector<Real> row_;
  core::HugeVector<Real>& sums_;
};

/// Noise counts of a block of steps as numbers, [block step][node][lanes]; steps outside are 0.
template <class Real>
void expand_noise(const Inputs& inputs, std::uint32_t nodes, int first_step, int direction, std::size_t steps,
                  std::vector<Real>& to);

}  // namespace striate::training
