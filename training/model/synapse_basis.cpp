// SPDX-License-Identifier: BSD-3-Clause
#include "training/model/synapse_basis.hpp"

#include <cmath>
#include <vector>

namespace striate::training {
namespace {

constexpr std::size_t points = 1000;
constexpr long double last_ms = 30;

// The four functions are nearly parallel: the orthogonalisation takes the extra bits of long double.
using Column = std::vector<long double>;

long double dot(const Column& a, const Column& b) {
  long double sum = 0;
  for (std::size_t i = 0; i < points; ++i) sum += a[i] * b[i];
  return sum;
}

void subtract(Column& from, const Column& what, long double factor) {
  for (std::size_t i = 0; i < points; ++i) from[i] -= factor * what[i];
}

Column alpha_function(long double tau_ms) {
  Column column(points);
  for (std::size_t i = 0; i < points; ++i) {
    const long double t = last_ms * static_cast<long double>(i) / (points - 1) / tau_ms;
    column[i] = t * std::exp(1 - t);
  }
  return column;
}

}  // namespace

BasisWeights fit_basis(double tau_fast_ms, double tau_slow_ms, double amp_slow) {
  Column wanted = alpha_function(tau_fast_ms);
  if (amp_slow != 0) subtract(wanted, alpha_function(tau_slow_ms), -static_cast<long double>(amp_slow));
  std::array<Column, basis_count> q;
  long double r[basis_count][basis_count] = {};
  for (std::size_t j = 0; j < basis_count; ++j) {
    q[j] = alpha_function(basis_tau_ms[j]);
    for (int pass = 0; pass < 2; ++pass)  // twice is enough (Kahan, Parlett)
      for (std::size_t i = 0; i < j; ++i) {
        const long double part = dot(q[i], q[j]);
        r[i][j] += part;
        subtract(q[j], q[i], part);
      }
    r[j][j] = std::sqrt(dot(q[j], q[j]));
    for (auto& x : q[j]) x /= r[j][j];
  }
  long double y[basis_count];
  for (std::size_t j = 0; j < basis_count; ++j) {
    y[j] = dot(q[j], wanted);
    subtract(wanted, q[j], y[j]);
  }
  BasisWeights weights{};
  for (std::size_t j = basis_count; j-- > 0;) {
    long double value = y[j];
    for (std::size_t k = j + 1; k < basis_count; ++k) value -= r[j][k] * static_cast<long double>(weights[k]);
    weights[j] = static_cast<double>(value / r[j][j]);
  }
  return weights;
}

}  // namespace striate::training
