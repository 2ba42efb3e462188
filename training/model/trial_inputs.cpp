// SPDX-License-Identifier: BSD-3-Clause
#include "training/model/trial_inputs.hpp"

#include <algorithm>
#include <cassert>

namespace striate::training {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20;  // of sums
constexpr std::size_t least_blocks = 16;

}  // namespace

SpikePlaces::SpikePlaces(std::uint32_t sources, const Inputs& inputs)
    : inputs_(inputs), first_spike_(sources + 1, 0), first_place_(sources + 1, 0) {
  for (const DriveSpike& spike : inputs.drive) ++first_spike_[spike.source + 1];
  for (std::size_t s = 0; s < sources; ++s) first_spike_[s + 1] += first_spike_[s];
}

void SpikePlaces::look_at(int first_step, int direction, std::size_t steps) {
  places_.clear();
  for (std::size_t source = 0; source + 1 < first_spike_.size(); ++source) {
    for (std::uint32_t i = first_spike_[source]; i < first_spike_[source + 1]; ++i) {
      const DriveSpike& spike = inputs_.drive[i];
      const int at = direction * (static_cast<int>(spike.step) - first_step);
      if (at >= 0 && at < static_cast<int>(steps))
        places_.push_back(static_cast<std::uint32_t>(at) * static_cast<std::uint32_t>(lanes) + spike.trial);
    }
    first_place_[source + 1] = static_cast<std::uint32_t>(places_.size());
  }
}

template <class Real>
DriveSums<Real>::DriveSums(const Drive<Real>& drive, const core::HugeVector<Real>& weights,
                           const Inputs& inputs, std::size_t steps, std::size_t latency,
                           core::HugeVector<Real>& memory)
    : drive_(drive),
      weights_(weights),
      steps_(steps),
      latency_(latency),
      spikes_(drive.sources, inputs),
      sums_(memory) {
  const std::size_t block_values = std::max<std::size_t>(drive.slots(), 1) * steps * lanes;
  const std::size_t all_blocks = (inputs.steps + latency) / steps + 1;
  held_blocks_ = std::clamp(most_bytes / (block_values * sizeof(Real)), least_blocks,
                            std::max(all_blocks, least_blocks));
  row_.resize(held_blocks_ * steps * lanes);
  sums_.resize(held_blocks_ * block_values);
}

template <class Real>
const Real* DriveSums<Real>::block(std::size_t m) {
  if (m < filled_from_ || m >= filled_to_) fill(m);
  return sums_.data() + (m - filled_from_) * drive_.slots() * steps_ * lanes;
}

template <class Real>
void DriveSums<Real>::fill(std::size_t first_block) {
  filled_from_ = first_block;
  filled_to_ = first_block + held_blocks_;
  spikes_.look_at(static_cast<int>(filled_from_ * steps_) - static_cast<int>(latency_), 1,
                  held_blocks_ * steps_);
  const std::size_t slots = drive_.slots(), block_values = steps_ * lanes;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    std::ranges::fill(row_, Real{0});
    for (std::uint32_t e = drive_.first_edge[slot]; e < drive_.first_edge[slot + 1]; ++e) {
      const Real weight = weights_[e];
      for (const std::uint32_t place : spikes_.of(drive_.source[e])) row_[place] += weight;
    }
    for (std::size_t m = 0; m < held_blocks_; ++m)
      std::copy_n(row_.data() + m * block_values, block_values,
                  sums_.data() + (m * slots + slot) * block_values);
  }
}

template <class Real>
void expand_noise(const Inputs& inputs, std::uint32_t nodes, int first_step, int direction, std::size_t steps,
                  std::vector<Real>& to) {
  to.assign(steps * nodes * lanes, Real{0});
  for (std::size_t k = 0; k < steps; ++k) {
    const int step = first_step + direction * static_cast<int>(k);
    if (step < 0 || step >= static_cast<int>(inputs.steps)) continue;
    const std::uint8_t* from = inputs.noise.data() + static_cast<std::size_t>(step) * nodes * lanes;
    for (std::size_t i = 0; i < nodes * lanes; ++i) to[k * nodes * lanes + i] = static_cast<Real>(from[i]);
  }
}

template class DriveSums<float>;
template class DriveSums<double>;
template void expand_noise<float>(const Inputs&, std::uint32_t, int, int, std::size_t, std::vector<float>&);
template void expand_noise<double>(const Inputs&, std::uint32_t, int, int, std::size_t, std::vector<double>&);

}  // namespace striate::training
