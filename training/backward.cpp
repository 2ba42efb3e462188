// SPDX-License-Identifier: BSD-3-Clause
#include "training/backward.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/error.hpp"
#include "training/flush_subnormals.hpp"

namespace striate::training {
namespace {

/// The sum over outgoing synapses for one block of steps, on all ranks with equal bits: each term is rounded to
/// a whole number of units, whose size follows from the largest weight of the source and the largest credit of
/// its class; whole numbers add up the same in any order.
template <class Real>
class CreditSum {
 public:
  CreditSum(const Circuit<Real>& circuit, const PerSynapse<Real>& weights, std::size_t columns, const Ranks& ranks)
      : circuit_(circuit), weights_(weights), columns_(columns), ranks_(ranks), largest_weight_(circuit.cells, 0.0) {
    for (const Segment& segment : circuit.recurrent.segments) {
      double& largest = largest_weight_[segment.source];
      for (std::uint64_t i = segment.first; i < segment.first + segment.count; ++i)
        largest = std::max(largest, static_cast<double>(std::abs(weights.recurrent[i])));
    }
    ranks.maximum(largest_weight_);
    magic_.resize(circuit.cells);
    unit_.resize(circuit.cells);
    sums_.resize(circuit.cells * columns);
    if (ranks.size > 1) own_sums_.resize(circuit.own * columns);
    for (int r = 0; r < ranks.size; ++r)
      counts_.push_back(static_cast<int>(ranks.cells_of(r, circuit.cells) * columns));
    first_own_ = circuit.own == 0 ? 0 : ranks.place_by_owner(ranks.global(0), circuit.cells);
  }

  /// credit[own cell][columns + lanes] = factor × sum over synapses of weight × window. Returns false, leaving
  /// `credit` alone, when all windows are 0. Collective.
  bool run(const core::HugeVector<Real>& windows, const core::HugeVector<Real>& largest, Real factor,
           core::HugeVector<Real>& credit) {
    std::vector<double> class_largest(circuit_.recurrent.classes, 0.0);
    for (std::size_t c = 0; c < class_largest.size(); ++c)
      for (std::size_t column = 0; column < columns_; ++column) {
        const auto x = static_cast<double>(largest[c * columns_ + column]);
        class_largest[c] = x <= class_largest[c] ? class_largest[c] : x;  // keeps what is not a number
      }
    ranks_.maximum(class_largest);
    if (std::ranges::all_of(class_largest, [](double x) { return x == 0; })) return false;
    choose_units(class_largest);
    std::ranges::fill(sums_, std::int64_t{0});
    step_kernels<Real>().credit({.segments = circuit_.recurrent.segments.data(),
                                 .segment_count = circuit_.recurrent.segments.size(),
                                 .weight = weights_.recurrent.data(),
                                 .slot = circuit_.recurrent.slot.data(),
                                 .windows = windows.data(),
                                 .columns = columns_,
                                 .magic = magic_.data(),
                                 .sums = sums_.data()});
    const std::int64_t* own = sums_.data();
    if (ranks_.size > 1) {
      ranks_.sum_to_owners(sums_, counts_, own_sums_);
      own = own_sums_.data();
    }
    for (std::uint32_t cell = 0; cell < circuit_.own; ++cell) {
      const Real unit = factor * unit_[first_own_ + cell];
      for (std::size_t column = 0; column < columns_; ++column)
        credit[cell * (columns_ + lanes) + column] = unit * static_cast<Real>(own[cell * columns_ + column]);
    }
    return true;
  }

 private:
  void choose_units(const std::vector<double>& class_largest) {
    // Below this a contribution is nothing beside any other; above it the run has left all bounds.
    constexpr int least_exponent = sizeof(Real) == 4 ? -80 : -900, most_exponent = sizeof(Real) == 4 ? 100 : 900;
    for (std::uint32_t source = 0; source < circuit_.cells; ++source) {
      const double product =
          largest_weight_[source] * class_largest[circuit_.recurrent.class_of_source[source]];
      magic_[source] = unit_[source] = 0;
      if (product == 0) continue;
      int exponent = 0;
      std::frexp(product, &exponent);
      if (!std::isfinite(product) || exponent > most_exponent)
        throw core::SystemError("the gradient is not finite (weights or losses have grown beyond all bounds) "
                                "lower learning_rate or the strengths of the losses");
      if (exponent < least_exponent) continue;
      unit_[source] = static_cast<Real>(std::ldexp(1.0, exponent - term_bits<Real>));
      magic_[source] = static_cast<Real>(std::ldexp(1.5, exponent - term_bits<Real> + mantissa_bits<Real>));
    }
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
void add_weight_gradient(const Circuit<Real>& circuit, const Ranks& ranks, const SpikeTable& spikes, int top_step,
                         int block, std::size_t trials, std::size_t columns, const core::HugeVector<Real>& windows,
                         core::HugeVector<Real>& gradient) {
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
              const Trace<Real>& trace, const DirectGradient<Real>& direct, const ModelOptions& model,
              const GradientOptions& options, const Ranks& ranks, PerSynapse<Real>& gradient) {
  const FlushSubnormals flush;
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

  core::HugeVector<Real> adjoint, histories, windows, largest, credit, noise_gradient;
  resize_zero(adjoint, own * adjoint_variables * lanes);
  resize_zero(histories, own * basis_count * n.history);
  resize_zero(windows, circuit.recurrent.slots.size() * columns);
  resize_zero(largest, circuit.recurrent.classes * columns);
  resize_zero(noise_gradient, circuit.noise.size() * lanes);
  const auto factor = static_cast<Real>(options.recurrent_credit);
  if (factor != 0) resize_zero(credit, own * (columns + lanes));
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
  std::vector<Real> noise;
  // Steps before 0 have no adjoints, but their spikes arrive later.
  for (int top = static_cast<int>(trace.steps) - 1; top >= -history_steps; top -= block) {
    add_weight_gradient(circuit, ranks, trace.spikes, top, block, trials, columns, windows, gradient.recurrent);
    n.credit = nullptr;
    // The voltages of the first steps are moved by no input of these trials: they need no credit.
    if (factor != 0 && top >= latency && credit_sum.run(windows, largest, factor, credit)) n.credit = credit.data();
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
  }
  for (std::size_t e = 0; e < circuit.noise.size(); ++e)
    for (std::size_t lane = 0; lane < trials; ++lane) gradient.noise[e] += noise_gradient[e * lanes + lane];
}

template void backward<float>(const Circuit<float>&, const PerSynapse<float>&, const Inputs&, const Trace<float>&,
                              const DirectGradient<float>&, const ModelOptions&, const GradientOptions&,
                              const Ranks&, PerSynapse<float>&);
template void backward<double>(const Circuit<double>&, const PerSynapse<double>&, const Inputs&,
                               const Trace<double>&, const DirectGradient<double>&, const ModelOptions&,
                               const GradientOptions&, const Ranks&, PerSynapse<double>&);

}  // namespace striate::training
