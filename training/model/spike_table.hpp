// SPDX-License-Identifier: BSD-3-Clause
// Spikes of all cells of the network by step: the same on all ranks, ordered by step and cell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace striate::training {

/// A cell's spikes in one step: a bit per trial.
struct StepSpikes {
  std::uint32_t cell;
  std::uint32_t trials;
};

/// Steps first_step() … first_step() + size() - 1; first_step() may be negative: what came before a trial.
class SpikeTable {
 public:
  explicit SpikeTable(int first_step = 0) : first_step_(first_step) {}

  int first_step() const { return first_step_; }
  int end_step() const { return first_step_ + static_cast<int>(ends_.size()); }
  /// Appends the spikes of the next step, by rising cell.
  void append(std::span<const StepSpikes> spikes) {
    spikes_.insert(spikes_.end(), spikes.begin(), spikes.end());
    ends_.push_back(spikes_.size());
  }
  /// Empty for steps outside.
  std::span<const StepSpikes> at(int step) const {
    if (step < first_step_ || step >= end_step()) return {};
    const auto i = static_cast<std::size_t>(step - first_step_);
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::span(spikes_).subspan(begin, ends_[i] - begin);
  }
  /// The last `count` steps, renumbered to -count … -1.
  SpikeTable last(int count) const {
    SpikeTable result(-count);
    for (int step = end_step() - count; step < end_step(); ++step) result.append(at(step));
    return result;
  }
  std::size_t spikes() const { return spikes_.size(); }

 private:
  int first_step_;
  std::vector<StepSpikes> spikes_;
  std::vector<std::size_t> ends_;
};

}  // namespace striate::training
