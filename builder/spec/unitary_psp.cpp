// SPDX-License-Identifier: BSD-3-Clause
#include "builder/spec/unitary_psp.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace striate::builder {
namespace {

/// (1 + (x - 1) e^x) / x^2 = integral of s e^(x s) over 0..1, by its series where the formula cancels.
double psi(double x) {
  if (std::abs(x) > 0.5) return (1 + (x - 1) * std::exp(x)) / (x * x);
  double term = 1, sum = 0.5;
  for (int n = 1; n < 20; ++n) {
    term *= x / n;
    sum += term / (n + 2);
  }
  return sum;
}

/// Response to one alpha component of unit amplitude: the integral of e^(-k (t-s)) (e s/tau) e^(-s/tau) / C.
double alpha_response(double t, double C, double k, double tau) {
  const double x = (k - 1 / tau) * t;
  const double scale = std::numbers::e / (tau * C) * t * t;
  if (std::abs(x) <= 0.5) return scale * std::exp(-k * t) * psi(x);
  // e^(-k t) e^x = e^(-t/tau): never a product of a huge and a tiny number.
  return scale * (std::exp(-k * t) + (x - 1) * std::exp(-t / tau)) / (x * x);
}

}  // namespace

double psp_at(double t_ms, double C_m_pF, double g_nS, const SynapseKinetics& kinetics) {
  const double k = g_nS / C_m_pF;
  return alpha_response(t_ms, C_m_pF, k, kinetics.tau_fast_ms) +
         kinetics.amplitude_slow * alpha_response(t_ms, C_m_pF, k, kinetics.tau_slow_ms);
}

double unitary_psp(double C_m_pF, double g_nS, const SynapseKinetics& kinetics) {
  const double slowest = std::max({C_m_pF / g_nS, kinetics.tau_fast_ms, kinetics.tau_slow_ms});
  const auto value = [&](double t) { return psp_at(t, C_m_pF, g_nS, kinetics); };
  // Bracket the highest point of a geometric grid (it may have two humps), then shrink by golden section.
  constexpr int steps = 2000;
  const double first = slowest * 1e-5, ratio = std::pow(1e7, 1.0 / steps);
  double best_t = first, best = value(first);
  double t = first;
  for (int i = 0; i < steps; ++i) {
    t *= ratio;
    const double v = value(t);
    if (v > best) best = v, best_t = t;
  }
  double low = best_t / ratio, high = best_t * ratio;
  constexpr double golden = 0.6180339887498949;
  for (int i = 0; i < 60; ++i) {
    const double a = high - golden * (high - low), b = low + golden * (high - low);
    (value(a) < value(b) ? low : high) = value(a) < value(b) ? a : b;
  }
  return std::max(best, value(0.5 * (low + high)));
}

}  // namespace striate::builder
