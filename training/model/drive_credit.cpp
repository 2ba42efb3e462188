// SPDX-License-Identifier: BSD-3-Clause
#include "training/model/drive_credit.hpp"

#include <algorithm>

namespace striate::training {
namespace {

/// The order in which a gradient is added up follows from it: it must not depend on ranks.
constexpr std::size_t most_blocks = 16;

}  // namespace

template <class Real>
DriveCredit<Real>::DriveCredit(const Circuit<Real>& circuit, const Inputs& inputs, Propagators propagators,
                               core::HugeVector<Real>& memory)
    : drive_(circuit.drive),
      block_steps_(static_cast<std::size_t>(steps_per_block(propagators))),
      latency_(arrival_latency(propagators)),
      credit_(memory) {
  if (!drive_.trained) return;
  spikes_.emplace(drive_.sources, inputs);
  row_.resize(most_blocks * block_steps_ * lanes);
  if (const auto size = row_.size() * drive_.slots(); credit_.size() < size) credit_.resize(size);
}

template <class Real>
void DriveCredit<Real>::add(const BackwardArguments<Real>& block, core::HugeVector<Real>& gradient) {
  // What moved the first voltages arrived before the trial.
  if (!drive_.trained || block.top_step < latency_) return;
  if (held_ == 0) first_step_ = block.top_step - latency_;
  Real* to = credit_.data() + held_ * drive_.slots() * block_steps_ * lanes;
  for (std::size_t cell = block.first_cell; cell < block.end_cell; ++cell) {
    const Real* history = block.histories + cell * basis_count * block.history + block.kept;
    for (auto slot = drive_.first_slot[cell]; slot < drive_.first_slot[cell + 1]; ++slot) {
      const Real* basis = drive_.basis.data() + slot * basis_count;
      for (std::size_t k = 0; k < block_steps_; ++k) {
        const Real* input = history + k * block.trials;
        Real* of_step = to + (slot * block_steps_ + k) * lanes;
        for (std::size_t lane = 0; lane < lanes; ++lane) {
          Real x = basis[0] * input[lane];
          for (std::size_t r = 1; r < basis_count; ++r) x += basis[r] * input[r * block.history + lane];
          of_step[lane] = x;
        }
      }
    }
  }
  if (++held_ == most_blocks) sum(gradient);
}

template <class Real>
void DriveCredit<Real>::finish(core::HugeVector<Real>& gradient) {
  if (held_ > 0) sum(gradient);
}

template <class Real>
void DriveCredit<Real>::sum(core::HugeVector<Real>& gradient) {
  spikes_->look_at(first_step_, -1, held_ * block_steps_);
  const std::size_t slots = drive_.slots(), block_values = block_steps_ * lanes;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    for (std::size_t m = 0; m < held_; ++m)
      std::copy_n(credit_.data() + (m * slots + slot) * block_values, block_values,
                  row_.data() + m * block_values);
    for (std::uint32_t e = drive_.first_edge[slot]; e < drive_.first_edge[slot + 1]; ++e) {
      Real arrived{};
      for (const std::uint32_t place : spikes_->of(drive_.source[e])) arrived += row_[place];
      gradient[e] += arrived;
    }
  }
  held_ = 0;
}

template class DriveCredit<float>;
template class DriveCredit<double>;

}  // namespace striate::training
