// SPDX-License-Identifier: BSD-3-Clause
// One update of weights from their gradient. Whatever the method, no weight changes its sign.
#pragma once

#include <cstdint>
#include <span>

#include "core/values/huge_vector.hpp"

namespace striate::training {

enum class Method {
  exponentiated_adam,  ///< Adam's step as the change of the weight's logarithm: a zero weight stays zero
  adam,
  sgd
};

struct OptimizerOptions {
  Method method = Method::exponentiated_adam;
  double learning_rate = 0.005;
  double beta_1 = 0.9, beta_2 = 0.999;
  double epsilon = 1e-11;
};

/// Running means of the gradient and its square; empty with Method::sgd.
template <class Real>
struct Moments {
  core::HugeVector<Real> first, second;
};
template <class Real>
Moments<Real> no_moments(std::size_t weights, Method method);

/// Update number `iteration`, counted from 1. Weights that must not change have gradient and moments 0 and
/// are left alone by `frozen` (empty, or a flag per weight).
template <class Real>
void update_weights(const OptimizerOptions& options, std::uint64_t iteration, std::span<const Real> gradient,
                    std::span<const std::uint8_t> frozen, Moments<Real>& moments, std::span<Real> weights);

}  // namespace striate::training
