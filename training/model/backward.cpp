// SPDX-License-Identifier: BSD-3-Clause
#include "training/model/backward.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/processor/instruction_sets.hpp"
#include "training/model/drive_credit.hpp"

namespace striate::training {
namespace {

/// The sum over outgoing synapses for one block of steps, on all ranks with equal bits: each term is rounded
/// to a whole number of units, whose size follows from the largest weight of the source and the largest
/// credit of its class; whole numbers add up the same in any order.
template <class Real>
class CreditSum {
 public:
  CreditSum(const Circuit<Real>& circuit, const PerSynapse<Real>& weights, std::size_t columns,
            const Ranks& ranks)
      : circuit_(circuit),
        weights_(weights),
        columns_(columns),
        ranks_(ranks),
        largest_weight_(circuit.cells, 0.0) {
    for (const Segment& segment : circuit.recurrent.segments) {
      double& largest = largest_weight_[segment.source];
      for (std::uint64_t i = segment.first; i < segment.first + segment.count; ++i)
        largest = std::max(largest, static_cast<double>(std::abs(weights.recurrent[i])));
    }
    ranks.maximum(largest_weight_);
    magic_.resize(circuit.cells);
    unit_.resize(circuit.cells);
    sums_.resize(circuit.cells * columns + lanes);
    if (ranks.size > 1) own_sums_.resize(circuit.own * columns + lanes);
    for (int r = 0; r < ranks.size; ++r)
      counts_.push_back(static_cast<int>(ranks.cells_of(r, circuit.cells) * columns));
    first_own_ = circuit.own == 0 ? 0 : ranks.place_by_owner(ranks.global(0), circuit.cells);
  }

  /// sums[own cell][columns] and unit[own cell] (times `factor`) for the sum over synapses of weight ×
  /// window. Returns false when all windows are 0. Collective.
  bool run(const core::HugeVector<Real>& windows, const core::HugeVector<Real>& largest, Real factor) {
    std::vector<double> class_largest(circuit_.recurrent.classes, 0.0);
    for (std::size_t c = 0; c < class_largest.size(); ++c)
      for (std::size_t column = 0; column < columns_; ++column) {
        const auto x = static_cast<double>(largest[c * columns_ + column]);
        class_largest[c] = x <= class_largest[c] ? class_largest[c] : x;  // keeps what is not a number
      }
    ranks_.maximum(class_largest);
    if (std::ranges::all_of(class_largest, [](double x) { return x == 0; })) return false;
    choose_units(class_largest, factor);
    std::ranges::fill(sums_, std::int64_t{0});
    step_kernels<Real>().credit({.segments = circuit_.recurrent.segments.data(),
                                 .segment_count = circuit_.recurrent.segments.size(),
                                 .weight = weights_.recurrent.data(),
                                 .slot = circuit_.recurrent.slot.data(),
                                 .windows = windows.data(),
                                 .columns = columns_,
                                 .magic = magic_.data(),
                                 .sums = sums_.data()});
    if (ranks_.size > 1)
      ranks_.sum_to_owners(std::span(sums_).first(circuit_.cells * columns_), counts_,
                           std::span(own_sums_).first(circuit_.own * columns_));
    return true;
  }
  const std::int64_t* sums() const { return ranks_.size > 1 ? own_sums_.data() : sums_.data(); }
  const Real* unit() const { return unit_.data() + first_own_; }

 private:
  void choose_units(const std::vector<double>& class_largest, Real factor) {
    // Below this a contribution is nothing beside any other; above it the run has left all bounds.
    constexpr int least_exponent = sizeof(Real) == 4 ? -80 : -900,
                  most_exponent = sizeof(Real) == 4 ? 100 : 900;
    bool finite = true;
    for (std::uint32_t source = 0; source < circuit_.cells; ++source) {
      const double product =
          largest_weight_[source] * class_largest[circuit_.recurrent.class_of_source[source]];
      // The product is below 2^exponent. Read from its bits: this runs for every source and block.
      const int exponent = static_cast<int>(std::bit_cast<std::uint64_t>(product) >> 52) - 1022;
      finite = finite && exponent <= most_exponent;
      const bool used = exponent >= least_exponent && exponent <= most_exponent;
      unit_[source] = used ? factor * static_cast<Real>(power_of_two(exponent - term_bits<Real>)) : Real{0};
      magic_[source] =
          used ? static_cast<Real>(1.5 * power_of_two(exponent - term_bits<Real> + mantissa_bits<Real>))
               : Real{0};
    }
    if (!finite)
      throw core::SystemError(
          "the gradient is not finite (weights or losses have grown beyond all bounds) "
          "lower learning_rate or the strengths of the losses");
  }
  static double power_of_two(int exponent) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
  }

  const Circuit<Real>& circuit_;
  const PerSynapse<Real>& weights_;
  std::size_t columns_;
  const Ranks& ranks_;
  std::vector<double> largest_weight_;  ///< [source], of all ranks
  core::HugeVector<Real> magic_, unit_;
  core::HugeVector<std::int64_t> sums_, own_sums_;
  std::vector<int> counts_;
  std::uint32_t first_own_ = 0;
};

/// Synapses over which a spike went get the credit of its arrival.
template <class Real>
void add_weight_gradient(const Circuit<Real>& circuit, const Ranks& ranks, const SpikeTable& spikes,
                         int top_step, int block, std::size_t trials, std::size_t columns,
                         const core::HugeVector<Real>& windows, core::HugeVector<Real>& gradient) {
  const Recurrent<Real>& recurrent = circuit.recurrent;
  for (int k = 0; k < block; ++k)
    for (const StepSpikes& spike : spikes.at(top_step - k)) {
      const std::uint32_t source = ranks.place_by_owner(spike.cell, circuit.cells);
      for (auto s = recurrent.first_segment[source]; s < recurrent.first_segment[source + 1]; ++s) {
        const Segment& segment = recurrent.segments[recurrent.segment_of[s]];
        const Real* window = windows.data() + static_cast<std::size_t>(k) * trials;
        for (std::uint64_t i = segment.first; i < segment.first + segment.count; ++i)
          for (unsigned bits = spike.trials; bits != 0; bits &= bits - 1)
            gradient[i] += window[recurrent.slot[i] * columns + static_cast<unsigned>(__builtin_ctz(bits))];
      }
    }
}

/// The timed part of the direct gradient at the steps of a block, laid out for the kernel.
template <class Real>
class TimedGradient {
 public:
  TimedGradient(const DirectGradient<Real>& direct, std::uint32_t own) : direct_(direct) {
    if (direct.rows.empty()) return;
    for (auto& block : blocks_) {
      block.resize(own * lanes);
      std::ranges::fill(block, Real{0});
    }
  }
  const Real* at(std::size_t k, int step) {
    const int i = step - static_cast<int>(direct_.first_step);
    if (direct_.rows.empty() || i < 0 || i >= static_cast<int>(direct_.steps)) return nullptr;
    const Real* timed = direct_.timed.data() + i;
    for (std::size_t row = 0; row < direct_.rows.size(); ++row)
      blocks_[k][direct_.rows[row].cell * lanes + direct_.rows[row].trial] = timed[row * direct_.steps];
    return blocks_[k].data();
  }

 private:
  const DirectGradient<Real>& direct_;
  core::HugeVector<Real> blocks_[most_block_steps];
};

template <class Real>
void resize_zero(core::HugeVector<Real>& values, std::size_t count) {
  values.resize(count);
  std::ranges::fill(values, Real{0});
}

}  // namespace

std::size_t window_columns(std::size_t trials, Propagators propagators) {
  const std::size_t used = trials * static_cast<std::size_t>(steps_per_block(propagators));
  return used <= 8 ? 8 : used <= 16 ? 16 : 32;
}

template <class Real>
void backward(const Circuit<Real>& circuit, const PerSynapse<Real>& weights, const Inputs& inputs,
              Trace<Real>& trace, const DirectGradient<Real>& direct, const ModelOptions& model,
              const GradientOptions& options, const Ranks& ranks, PerSynapse<Real>& gradient) {
  const core::FlushSubnormals flush;
  const std::uint32_t own = circuit.own;
  const std::size_t trials = trace.trials, columns = window_columns(trials, model.propagators);
  const int latency = arrival_latency(model.propagators), block = steps_per_block(model.propagators);
  const int history_steps = static_cast<int>(circuit.recurrent.max_delay);

  BackwardArguments<Real> n{};
  n.cells = circuit.constants.data();
  n.end_cell = own;
  n.trials = trials;
  n.columns = columns;
  n.used_columns = trials * static_cast<std::size_t>(block);
  n.kept = (circuit.recurrent.max_delay - 1) * trials;
  n.history = (n.kept + std::max(n.used_columns + lanes, columns) + lanes - 1) / lanes * lanes;
  n.model = model;
  n.gradient = options;
  const auto decay = basis_decay(), rise = basis_rise();
  for (std::size_t r = 0; r < basis_count; ++r) {
    n.decay[r] = static_cast<Real>(decay[r]);
    n.rise[r] = static_cast<Real>(rise[r]);
  }
  n.voltage_factor = static_cast<Real>(direct.voltage_factor);

  core::HugeVector<Real> adjoint, histories, windows, largest, noise_gradient;
  resize_zero(adjoint, own * adjoint_variables * lanes);
  resize_zero(histories, own * basis_count * n.history);
  resize_zero(windows, circuit.recurrent.slots.size() * columns);
  resize_zero(largest, circuit.recurrent.classes * columns);
  resize_zero(noise_gradient, circuit.noise.size() * lanes);
  const auto factor = static_cast<Real>(options.recurrent_credit);
  n.adjoint = adjoint.data();
  n.histories = histories.data();
  n.spike_gradient = direct.spikes.data();
  n.noise_gradient = noise_gradient.data();
  n.first_credit_slot = circuit.recurrent.first_credit_slot.data();
  n.credit_slots = circuit.recurrent.credit_slots.data();
  n.windows = windows.data();
  n.largest = largest.data();
  n.external.first_noise_slot = circuit.noise.first_slot.data();
  n.external.noise_slots = circuit.noise.slots.data();
  n.external.noise_node = circuit.noise.node.data();
  n.external.noise_nodes = circuit.noise.nodes;

  CreditSum<Real> credit_sum(circuit, weights, columns, ranks);
  TimedGradient<Real> timed(direct, own);
  DriveCredit<Real> drive(circuit, inputs, model.propagators, trace.scratch);
  std::vector<Real> noise;
  // Steps before 0 have no adjoints, but their spikes arrive later.
  for (int top = static_cast<int>(trace.steps) - 1; top >= -history_steps; top -= block) {
    add_weight_gradient(circuit, ranks, trace.spikes, top, block, trials, columns, windows,
                        gradient.recurrent);
    n.credit = nullptr;
    // The voltages of the first steps are moved by no input of these trials: they need no credit.
    if (factor != 0 && top >= latency && credit_sum.run(windows, largest, factor)) {
      n.credit = credit_sum.sums();
      n.credit_unit = credit_sum.unit();
    }
    expand_noise(inputs, circuit.noise.nodes, top - latency, -1, static_cast<std::size_t>(block), noise);
    n.external.noise = noise.data();
    n.top_step = top;
    for (std::size_t k = 0; k < static_cast<std::size_t>(block); ++k) {
      const int step = top - static_cast<int>(k);
      if (step < 0) continue;
      n.v[k] = trace.v_at(static_cast<std::size_t>(step), own);
      n.blocked[k] = trace.blocked.data() + static_cast<std::size_t>(step) * own;
      n.extra_gradient[k] = timed.at(k, step);
    }
    std::ranges::fill(largest, Real{0});
    step_kernels<Real>().backward(n);
    drive.add(n, gradient.drive);
  }
  drive.finish(gradient.drive);
  for (std::size_t e = 0; e < circuit.noise.size(); ++e)
    for (std::size_t lane = 0; lane < trials; ++lane) gradient.noise[e] += noise_gradient[e * lanes + lane];
}

template void backward<float>(const Circuit<float>&, const PerSynapse<float>&, const Inputs&, Trace<float>&,
                              const DirectGradient<float>&, const ModelOptions&, const GradientOptions&,
                              const Ranks&, PerSynapse<float>&);
template void backward<double>(const Circuit<double>&, const PerSynapse<double>&, const Inputs&,
                               Trace<double>&, const DirectGradient<double>&, const ModelOptions&,
                               const GradientOptions&, const Ranks&, PerSynapse<double>&);

}  // namespace striate::training
