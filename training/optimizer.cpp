// SPDX-License-Identifier: BSD-3-Clause
#include "training/optimizer.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>
#include <vector>

#include "core/processor/instruction_sets.hpp"

namespace striate::training {
namespace {

/// exp for the small exponents of an update, without a call in the loop, so that the compiler can treat
/// several weights at once. Good to a unit in the last place for |x| < 0.35; larger ones are halved until
/// they fit.
[[gnu::always_inline]] inline float exponential(float x) {
  const float n = std::floor(x * 1.44269504f + 0.5f);
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const auto exponent = static_cast<std::int32_t>(n) + 127;
  return p * std::bit_cast<float>(exponent << 23);
}
[[gnu::always_inline]] inline double exponential(double x) {
  return std::exp(x);
}

/// The largest step of a logarithm; far beyond what Adam does, it keeps `exponential` in range.
constexpr double most_step = 20;

template <class Real>
[[gnu::always_inline]] inline Real keep_sign(Real before, Real after) {
  // A weight that has reached zero remembers its sign in the sign of its zero.
  const bool negative = std::signbit(before);
  const Real kept = negative == (after < 0) ? after : Real{0};
  return negative ? -std::abs(kept) : std::abs(kept);
}

template <class Real>
struct Numbers {
  Real beta_1, beta_2, epsilon, rate;
};

template <class Real, Method method>
void adam(const Numbers<Real>& n, std::size_t count, const Real* __restrict gradient, Real* __restrict first,
          Real* __restrict second, Real* __restrict weights) {
  for (std::size_t i = 0; i < count; ++i) {
    const Real g = gradient[i], w = weights[i];
    const Real m = first[i] + n.beta_1 * (g - first[i]);
    const Real u = second[i] + n.beta_2 * (g * g - second[i]);
    first[i] = m;
    second[i] = u;
    const Real step = -n.rate * m / (std::sqrt(u) + n.epsilon);
    if constexpr (method == Method::exponentiated_adam) {
      Real x = w < 0 ? -step : step;
      x = std::min(std::max(x, static_cast<Real>(-most_step)), static_cast<Real>(most_step));
      weights[i] = keep_sign(w, w * exponential(x));
    } else {
      weights[i] = keep_sign(w, w + step);
    }
  }
}

}  // namespace

template <class Real>
Moments<Real> no_moments(std::size_t weights, Method method) {
  Moments<Real> moments;
  if (method == Method::sgd) return moments;
  for (auto* values : {&moments.first, &moments.second}) {
    values->resize(weights);
    std::ranges::fill(*values, Real{0});
  }
  return moments;
}

template <class Real>
void update_weights(const OptimizerOptions& options, std::uint64_t iteration, std::span<const Real> gradient,
                    std::span<const std::uint8_t> frozen, Moments<Real>& moments, std::span<Real> weights) {
  const core::FlushSubnormals flush;  // means of gradients that have ended
  std::vector<Real> kept;
  for (std::size_t i = 0; i < frozen.size(); ++i)
    if (frozen[i] != 0) kept.push_back(weights[i]);
  if (options.method == Method::sgd) {
    const auto rate = static_cast<Real>(options.learning_rate);
    for (std::size_t i = 0; i < weights.size(); ++i)
      weights[i] = keep_sign(weights[i], weights[i] - rate * gradient[i]);
  } else {
    const auto k = static_cast<double>(iteration);
    const double correction = std::sqrt(1 - std::pow(options.beta_2, k)) / (1 - std::pow(options.beta_1, k));
    const Numbers<Real> numbers{.beta_1 = static_cast<Real>(1 - options.beta_1),
                                .beta_2 = static_cast<Real>(1 - options.beta_2),
                                .epsilon = static_cast<Real>(options.epsilon),
                                .rate = static_cast<Real>(options.learning_rate * correction)};
    const auto run = options.method == Method::exponentiated_adam ? adam<Real, Method::exponentiated_adam>
                                                                  : adam<Real, Method::adam>;
    run(numbers, weights.size(), gradient.data(), moments.first.data(), moments.second.data(),
        weights.data());
  }
  auto next = kept.begin();
  for (std::size_t i = 0; i < frozen.size(); ++i)
    if (frozen[i] != 0) weights[i] = *next++;
}

template Moments<float> no_moments<float>(std::size_t, Method);
template Moments<double> no_moments<double>(std::size_t, Method);
template void update_weights<float>(const OptimizerOptions&, std::uint64_t, std::span<const float>,
                                    std::span<const std::uint8_t>, Moments<float>&, std::span<float>);
template void update_weights<double>(const OptimizerOptions&, std::uint64_t, std::span<const double>,
                                     std::span<const std::uint8_t>, Moments<double>&, std::span<double>);

}  // namespace striate::training
