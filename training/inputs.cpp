// SPDX-License-Identifier: BSD-3-Clause
#include "training/inputs.hpp"

#include <algorithm>
#include <cassert>

namespace striate::training {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20;  // of sums
constexpr std::size_t least_steps = 48;

}  // namespace

template <class Real>
DriveSums<Real>::DriveSums(const Drive<Real>& drive, const Inputs& inputs) : drive_(drive), inputs_(inputs) {
  const std::size_t row_bytes = std::max<std::size_t>(drive.slots(), 1) * lanes * sizeof(Real);
  stretch_ = std::clamp<std::size_t>(most_bytes / row_bytes, least_steps, std::max(inputs.steps, least_steps));
  first_spike_.assign(drive.sources + 1, 0);
  for (const DriveSpike& spike : inputs.drive) ++first_spike_[spike.source + 1];
  for (std::size_t s = 0; s < drive.sources; ++s) first_spike_[s + 1] += first_spike_[s];
  first_offset_.assign(drive.sources + 1, 0);
  sums_.resize(std::max<std::size_t>(drive.slots(), 1) * stretch_ * lanes);
}

template <class Real>
const Real* DriveSums<Real>::from(std::size_t step, std::size_t margin) {
  assert(margin <= stretch_);
  if (step < filled_from_ || std::min(step + margin, inputs_.steps) > filled_to_) fill(step);
  return sums_.data() + (step - filled_from_) * lanes;
}

template <class Real>
void DriveSums<Real>::fill(std::size_t first_step) {
  filled_from_ = first_step;
  filled_to_ = std::min(first_step + stretch_, inputs_.steps);
  offsets_.clear();
  for (std::uint32_t source = 0; source < drive_.sources; ++source) {
    for (std::uint32_t i = first_spike_[source]; i < first_spike_[source + 1]; ++i) {
      const DriveSpike& spike = inputs_.drive[i];
      if (spike.step >= filled_from_ && spike.step < filled_to_)
        offsets_.push_back(static_cast<std::uint32_t>((spike.step - filled_from_) * lanes + spike.trial));
    }
    first_offset_[source + 1] = static_cast<std::uint32_t>(offsets_.size());
  }
  std::ranges::fill(sums_, Real{0});
  for (std::size_t slot = 0; slot < drive_.slots(); ++slot) {
    Real* row = sums_.data() + slot * stretch_ * lanes;
    for (std::uint32_t e = drive_.first_edge[slot]; e < drive_.first_edge[slot + 1]; ++e) {
      const std::uint32_t source = drive_.source[e];
      const Real weight = drive_.weight[e];
      for (std::uint32_t i = first_offset_[source]; i < first_offset_[source + 1]; ++i) row[offsets_[i]] += weight;
    }
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
