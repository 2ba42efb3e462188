// SPDX-License-Identifier: BSD-3-Clause
// The four alpha functions that stand for all synapses of the training model: each synapse's double alpha
// function is replaced by its least-squares fit, so that a cell has four currents instead of two per
// receptor.
#pragma once

#include <array>
#include <cstddef>

namespace striate::training {

inline constexpr std::size_t basis_count = 4;
using BasisWeights = std::array<double, basis_count>;

/// Time constants in ms (those of the published training program, fitted there to all synapses of the model).
inline constexpr std::array<double, basis_count> basis_tau_ms{0.9895877164048803, 1.8801909319625518,
                                                              3.628959284311974, 5.653404309014636};

/// Weights of the four alpha functions a(t, tau) = (t / tau) exp(1 - t / tau) that fit
/// a(t, tau_fast) + amp_slow a(t, tau_slow) best at 1000 equally spaced times in 0…30 ms.
BasisWeights fit_basis(double tau_fast_ms, double tau_slow_ms, double amp_slow);

}  // namespace striate::training
