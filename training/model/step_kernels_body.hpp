// SPDX-License-Identifier: BSD-3-Clause
// Forward and backward steps of the cells (docs/training.md, "The model" and "The gradient"). Both run a
// block of steps with a cell's state in registers. Included once per instruction set.
#pragma once

#include "training/model/credit_kernel.hpp"

namespace striate::training {
namespace {

/// Adds what arrives from outside the network at one step.
template <class Real>
[[gnu::always_inline]] inline void add_external(const ExternalInputs<Real>& x, std::size_t cell,
                                                std::size_t k, Vector<Real> (&input)[basis_count]) {
  for (std::uint32_t s = x.first_drive_slot[cell]; s < x.first_drive_slot[cell + 1]; ++s) {
    const Vector<Real> drive = load(x.drive + (s * x.drive_steps + k) * lanes);
    for (std::size_t r = 0; r < basis_count; ++r) input[r] += x.drive_basis[s * basis_count + r] * drive;
  }
  const Real* noise = x.noise + k * x.noise_nodes * lanes;
  for (std::uint32_t s = x.first_noise_slot[cell]; s < x.first_noise_slot[cell + 1]; ++s) {
    const InputSlot<Real>& slot = x.noise_slots[s];
    Vector<Real> sum{};
    for (std::uint32_t e = slot.first_edge; e < slot.end_edge; ++e)
      sum += x.noise_weight[e] * load(noise + x.noise_node[e] * lanes);
    for (std::size_t r = 0; r < basis_count; ++r) input[r] += slot.basis[r] * sum;
  }
}

/// Reads and clears [lane][basis current], turned to [basis current][lane].
template <class Real>
[[gnu::always_inline]] inline void take_arrivals(Real* arrivals, Vector<Real> (&input)[basis_count]) {
  using V = Vector<Real>;
  const V a = load(arrivals), b = load(arrivals + 8), c = load(arrivals + 16), d = load(arrivals + 24);
  for (std::size_t i = 0; i < basis_count; ++i) store(arrivals + i * lanes, V{});
  const V ab_01 = __builtin_shufflevector(a, b, 0, 4, 8, 12, 1, 5, 9, 13);
  const V ab_23 = __builtin_shufflevector(a, b, 2, 6, 10, 14, 3, 7, 11, 15);
  const V cd_01 = __builtin_shufflevector(c, d, 0, 4, 8, 12, 1, 5, 9, 13);
  const V cd_23 = __builtin_shufflevector(c, d, 2, 6, 10, 14, 3, 7, 11, 15);
  input[0] = __builtin_shufflevector(ab_01, cd_01, 0, 1, 2, 3, 8, 9, 10, 11);
  input[1] = __builtin_shufflevector(ab_01, cd_01, 4, 5, 6, 7, 12, 13, 14, 15);
  input[2] = __builtin_shufflevector(ab_23, cd_23, 0, 1, 2, 3, 8, 9, 10, 11);
  input[3] = __builtin_shufflevector(ab_23, cd_23, 4, 5, 6, 7, 12, 13, 14, 15);
}

template <class Real, Propagators propagators>
void forward_cells(const ForwardArguments<Real>& n) {
  using V = Vector<Real>;
  for (std::size_t cell = n.first_cell; cell < n.end_cell; ++cell) {
    const CellConstants<Real>& p = n.cells[cell];
    Real* state = n.state + cell * state_variables * lanes;
    V v = load(state + state_v * lanes), asc[2], rise[basis_count], fall[basis_count];
    for (std::size_t k = 0; k < 2; ++k) asc[k] = load(state + (state_asc + k) * lanes);
    for (std::size_t r = 0; r < basis_count; ++r) {
      rise[r] = load(state + (state_rise + r) * lanes);
      fall[r] = load(state + (state_fall + r) * lanes);
    }
    V refractory = load(state + state_refractory * lanes), z = load(state + state_spike * lanes);
    V loss = load(state + state_loss * lanes);
    for (std::size_t k = 0; k < n.steps; ++k) {
      V input[basis_count] = {};
      if (n.has_input[k]) {
        take_arrivals<Real>(n.arrivals[k] + cell * basis_count * lanes, input);
        add_external(n.external, cell, k, input);
      }
      V v_new = p.lambda * v;
      if constexpr (propagators == Propagators::reference) {
        V current{};
        for (std::size_t r = 0; r < basis_count; ++r) {
          if (n.has_input[k]) rise[r] = n.decay[r] * rise[r] + n.rise[r] * input[r];
          if (n.has_fall[k]) fall[r] = n.decay[r] * (fall[r] + rise[r]);
          current += fall[r];
        }
        v_new += p.fall_gain[0] * current;
      } else {
        for (std::size_t r = 0; r < basis_count; ++r) {
          if (n.has_fall[k]) fall[r] = n.decay[r] * (fall[r] + rise[r]);
          if (n.has_input[k]) rise[r] = n.decay[r] * rise[r] + n.rise[r] * input[r];
          v_new += p.rise_gain[r] * rise[r] + p.fall_gain[r] * fall[r];
        }
      }
      v_new += p.asc_gain[0] * asc[0] + p.asc_gain[1] * asc[1];
      v_new -= z;
      for (std::size_t j = 0; j < 2; ++j) asc[j] = p.asc_keep[j] * asc[j] + p.asc_jump[j] * z;
      refractory = refractory + p.refractory_steps * z - Real{1};
      refractory = refractory > Real{0} ? refractory : V{};
      const Mask<Real> blocked = refractory > Real{0};
      v = v_new;
      if (n.model.reset == Reset::hold) v = where<Real>(~blocked, v);
      z = where<Real>((v > Real{1}) & ~blocked, all(Real{1}));
      const V above = v - Real{1};
      V error = above;
      if (n.model.voltage_loss == VoltageLoss::range)
        error = (above > Real{0} ? above : V{}) + (v < Real{0} ? v : V{});
      loss += error * error;
      if (n.v[k] != nullptr)
        store(n.v[k] + cell * n.trials, v);  // unused lanes are overwritten by the next cell
      n.blocked[k][cell] = bits<Real>(blocked);
      n.fired[k][cell] = bits<Real>(z != Real{0});
    }
    store(state + state_v * lanes, v);
    for (std::size_t k = 0; k < 2; ++k) store(state + (state_asc + k) * lanes, asc[k]);
    for (std::size_t r = 0; r < basis_count; ++r) {
      store(state + (state_rise + r) * lanes, rise[r]);
      store(state + (state_fall + r) * lanes, fall[r]);
    }
    store(state + state_refractory * lanes, refractory);
    store(state + state_spike * lanes, z);
    store(state + state_loss * lanes, loss);
  }
}

/// The surrogate derivative of spikes after voltages.
template <class Real>
[[gnu::always_inline]] inline Vector<Real> surrogate(const Vector<Real>& above,
                                                     const GradientOptions& options) {
  const Real gamma = static_cast<Real>(options.gamma);
  if (options.surrogate == Surrogate::triangle) {
    const Vector<Real> height = Real{1} - magnitude<Real>(above);
    return gamma * (height > Real{0} ? height : Vector<Real>{});
  }
  Vector<Real> result{};
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const double x = static_cast<double>(above[lane]) / 0.3;
    result[lane] = static_cast<Real>(options.gamma * __builtin_exp(-x * x));
  }
  return result;
}

/// Forms the windows of a cell's slots for the next block.
template <class Real>
[[gnu::always_inline]] inline void make_windows(const BackwardArguments<Real>& n, std::size_t cell,
                                                const Real* history) {
  using V = Vector<Real>;
  constexpr Mask<Real> lane_number{0, 1, 2, 3, 4, 5, 6, 7};
  for (std::uint32_t s = n.first_credit_slot[cell]; s < n.first_credit_slot[cell + 1]; ++s) {
    const CreditSlot<Real>& slot = n.credit_slots[s];
    const Real* window = history + slot.offset * n.trials;
    Real* to = n.windows + std::size_t{slot.slot} * n.columns;
    Real* largest = n.largest + slot.source_class * n.columns;
    for (std::size_t column = 0; column < n.columns; column += lanes) {
      V x = slot.basis[0] * load(window + column);
      for (std::size_t r = 1; r < basis_count; ++r)
        x += slot.basis[r] * load(window + r * n.history + column);
      const auto used = static_cast<std::int32_t>(n.used_columns) - static_cast<std::int32_t>(column);
      if (used < static_cast<std::int32_t>(lanes)) x = where<Real>(lane_number < used, x);
      store(to + column, x);
      const V size = magnitude<Real>(x), known = load(largest + column);
      store(largest + column, size <= known ? known : size);
    }
  }
}

template <class Real, Propagators propagators>
void backward_cells(const BackwardArguments<Real>& n) {
  using V = Vector<Real>;
  constexpr int latency = propagators == Propagators::reference ? 2 : 1;
  const Real damping = static_cast<Real>(1 - n.gradient.voltage_damping);
  for (std::size_t cell = n.first_cell; cell < n.end_cell; ++cell) {
    const CellConstants<Real>& p = n.cells[cell];
    Real* adjoint = n.adjoint + cell * adjoint_variables * lanes;
    V v_hat = load(adjoint + adjoint_v * lanes), asc[2], rise[basis_count], fall[basis_count];
    for (std::size_t k = 0; k < 2; ++k) asc[k] = load(adjoint + (adjoint_asc + k) * lanes);
    for (std::size_t r = 0; r < basis_count; ++r) {
      rise[r] = load(adjoint + (adjoint_rise + r) * lanes);
      fall[r] = load(adjoint + (adjoint_fall + r) * lanes);
    }
    const Real keep = damping * p.lambda;
    const V direct = load(n.spike_gradient + cell * lanes);
    Real* history = n.histories + cell * basis_count * n.history;
    for (std::size_t r = 0; r < basis_count; ++r) {
      const std::size_t first = (latency + 1) * n.trials;
      for (std::size_t c = 0; c < n.kept; ++c)
        history[r * n.history + c] = history[r * n.history + c + first];
    }
    for (int k = 0; k <= latency; ++k) {
      const int step = n.top_step - k;
      Real* to = history + n.kept + static_cast<std::size_t>(k) * n.trials;
      if (step < 0) {
        for (std::size_t r = 0; r < basis_count; ++r) store(to + r * n.history, V{});
        continue;
      }
      V z_hat = direct;
      if (n.extra_gradient[k] != nullptr) z_hat += load(n.extra_gradient[k] + cell * lanes);
      if (n.credit != nullptr)
        z_hat += n.credit_unit[cell] *
                 from_integers<Real>(n.credit + cell * n.columns + static_cast<std::size_t>(k) * n.trials);
      if (n.gradient.through_reset) z_hat -= v_hat;
      if (n.gradient.through_after_spike_currents) z_hat += p.asc_jump[0] * asc[0] + p.asc_jump[1] * asc[1];
      for (std::size_t j = 0; j < 2; ++j) asc[j] = p.asc_keep[j] * asc[j] + p.asc_gain[j] * v_hat;
      const V v = load(n.v[k] + cell * n.trials);
      const Mask<Real> blocked = mask_of<Real>(n.blocked[k][cell]);
      const V above = v - Real{1};
      V error = above;
      if (n.model.voltage_loss == VoltageLoss::range)
        error = (above > Real{0} ? above : V{}) + (v < Real{0} ? v : V{});
      const V psi = where<Real>(~blocked, surrogate<Real>(above, n.gradient));
      v_hat = n.voltage_factor * error + psi * z_hat + keep * v_hat;
      if (n.model.reset == Reset::hold) v_hat = where<Real>(~blocked, v_hat);
      V input[basis_count];
      for (std::size_t r = 0; r < basis_count; ++r) {
        if constexpr (propagators == Propagators::reference) {
          fall[r] = n.decay[r] * fall[r] + p.fall_gain[r] * v_hat;
          rise[r] = n.decay[r] * (rise[r] + fall[r]);
        } else {
          rise[r] = n.decay[r] * (rise[r] + fall[r]) + p.rise_gain[r] * v_hat;
          fall[r] = n.decay[r] * fall[r] + p.fall_gain[r] * v_hat;
        }
        input[r] = step >= latency ? n.rise[r] * rise[r] : V{};  // before the first step nothing arrived
        store(to + r * n.history, input[r]);
      }
      if (step < latency) continue;
      const ExternalInputs<Real>& x = n.external;
      const Real* noise = x.noise + static_cast<std::size_t>(k) * x.noise_nodes * lanes;
      for (std::uint32_t s = x.first_noise_slot[cell]; s < x.first_noise_slot[cell + 1]; ++s) {
        const InputSlot<Real>& slot = x.noise_slots[s];
        V credit = slot.basis[0] * input[0];
        for (std::size_t r = 1; r < basis_count; ++r) credit += slot.basis[r] * input[r];
        for (std::uint32_t e = slot.first_edge; e < slot.end_edge; ++e) {
          Real* gradient = n.noise_gradient + e * lanes;
          store(gradient, load(gradient) + credit * load(noise + x.noise_node[e] * lanes));
        }
      }
    }
    store(adjoint + adjoint_v * lanes, v_hat);
    for (std::size_t k = 0; k < 2; ++k) store(adjoint + (adjoint_asc + k) * lanes, asc[k]);
    for (std::size_t r = 0; r < basis_count; ++r) {
      store(adjoint + (adjoint_rise + r) * lanes, rise[r]);
      store(adjoint + (adjoint_fall + r) * lanes, fall[r]);
    }
    make_windows(n, cell, history);
  }
}

template <class Real>
void forward_kernel(const ForwardArguments<Real>& n) {
  if (n.model.propagators == Propagators::reference)
    forward_cells<Real, Propagators::reference>(n);
  else
    forward_cells<Real, Propagators::exact>(n);
}
template <class Real>
void backward_kernel(const BackwardArguments<Real>& n) {
  if (n.model.propagators == Propagators::reference)
    backward_cells<Real, Propagators::reference>(n);
  else
    backward_cells<Real, Propagators::exact>(n);
}

/// `bytes`: of a register.
template <class Real, std::size_t bytes>
constexpr StepKernels<Real> kernels{
    .forward = forward_kernel<Real>, .backward = backward_kernel<Real>, .credit = credit_kernel<Real, bytes>};

}  // namespace
}  // namespace striate::training
