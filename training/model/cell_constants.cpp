// SPDX-License-Identifier: BSD-3-Clause
#include "training/model/cell_constants.hpp"

#include <cmath>
#include <numbers>

namespace striate::training {
namespace {

/// Effect of rise and fall of an alpha current on the voltage one step later. Written with
/// x = h (1/tau - 1/tau_m) and expm1, so that nothing cancels when the two time constants are close.
void exact_gains(double tau_ms, double tau_m_ms, double C_m, double& rise, double& fall) {
  const double h = step_ms, x = h * (1 / tau_m_ms - 1 / tau_ms), keep = std::exp(-h / tau_m_ms);
  // fall: keep / C_m * integral over 0…h of exp(s (1/tau_m - 1/tau)) ds; rise: the same with a factor s.
  double zeroth, first;
  if (std::abs(x) < 1e-3) {
    zeroth = h * (1 + x / 2 * (1 + x / 3 * (1 + x / 4)));
    first = h * h * (0.5 + x / 3 + x * x / 8 + x * x * x / 30);
  } else {
    const double rate = x / h;
    zeroth = std::expm1(x) / rate;
    first = (h * std::exp(x) - zeroth) / rate;
  }
  fall = keep / C_m * zeroth;
  rise = keep / C_m * first;
}

}  // namespace

std::array<double, basis_count> basis_decay() {
  std::array<double, basis_count> decay{};
  for (std::size_t r = 0; r < basis_count; ++r) decay[r] = std::exp(-step_ms / basis_tau_ms[r]);
  return decay;
}

std::array<double, basis_count> basis_rise() {
  std::array<double, basis_count> rise{};
  for (std::size_t r = 0; r < basis_count; ++r) rise[r] = std::numbers::e / basis_tau_ms[r];
  return rise;
}

CellConstants<double> cell_constants(const GlifNumbers& model, Propagators propagators) {
  CellConstants<double> cell{};
  cell.lambda = std::exp(-step_ms * model.g / model.C_m);
  const double kappa = -std::expm1(-step_ms * model.g / model.C_m) / model.g;
  for (std::size_t r = 0; r < basis_count; ++r) {
    cell.fall_gain[r] = kappa;
    if (propagators == Propagators::exact)
      exact_gains(basis_tau_ms[r], model.C_m / model.g, model.C_m, cell.rise_gain[r], cell.fall_gain[r]);
  }
  for (std::size_t k = 0; k < 2; ++k) {
    cell.asc_keep[k] = std::exp(-step_ms * model.asc_decay[k]);
    cell.asc_jump[k] = model.asc_amps[k] / threshold_distance(model);
    // The engine holds the mean of an after-spike current over the step.
    const double decay = step_ms * model.asc_decay[k];
    const bool mean = propagators == Propagators::exact && decay > 0;
    cell.asc_gain[k] = mean ? kappa * -std::expm1(-decay) / decay : kappa;
  }
  cell.refractory_steps = std::fmax(std::ceil(model.t_ref / step_ms), 1);
  return cell;
}

}  // namespace striate::training
