// SPDX-License-Identifier: BSD-3-Clause
#include "training/model/synapse_basis.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "training/model/cell_constants.hpp"

namespace striate::training {

TEST_CASE("an alpha function of the basis is its own fit") {
  for (std::size_t r = 0; r < basis_count; ++r) {
    const auto weights = fit_basis(basis_tau_ms[r], 1, 0);
    for (std::size_t k = 0; k < basis_count; ++k) CHECK(weights[k] == Approx(k == r ? 1 : 0).margin(1e-11));
  }
}

TEST_CASE("fits are linear in the slow part, and close to the double alpha function") {
  const auto fast = fit_basis(2.75, 1, 0), slow = fit_basis(8.5, 1, 0), both = fit_basis(2.75, 8.5, 0.3);
  for (std::size_t k = 0; k < basis_count; ++k)
    CHECK(both[k] == Approx(fast[k] + 0.3 * slow[k]).margin(1e-10));
  const auto alpha = [](double t, double tau) { return t / tau * std::exp(1 - t / tau); };
  double worst = 0;
  for (double t = 0; t < 30; t += 0.1) {
    double fit = 0;
    for (std::size_t k = 0; k < basis_count; ++k) fit += both[k] * alpha(t, basis_tau_ms[k]);
    worst = std::max(worst, std::abs(fit - alpha(t, 2.75) - 0.3 * alpha(t, 8.5)));
  }
  CHECK(worst < 0.05);
}

TEST_CASE("exact propagators carry an alpha current onto the membrane as its differential equations say") {
  const GlifNumbers model{.C_m = 85,
                          .g = 5.5,
                          .E_L = -75,
                          .V_th = -48,
                          .t_ref = 2.3,
                          .asc_decay = {0.003, 0.1},
                          .asc_amps = {-9, -50}};
  const auto cell = cell_constants(model, Propagators::exact);
  for (std::size_t r = 0; r < basis_count; ++r) {
    const double tau = basis_tau_ms[r];
    double v = 0, rise = 0.7,
           fall = 1.3;  // current: fall; d fall/dt = rise - fall/tau; d rise/dt = -rise/tau
    const int pieces = 200000;
    const double h = step_ms / pieces;
    for (int i = 0; i < pieces; ++i) {
      const double t = (i + 0.5) * h;
      const double current = (fall + rise * t) * std::exp(-t / tau);
      v += h * current / model.C_m * std::exp(-model.g / model.C_m * (step_ms - t));
    }
    CHECK(cell.rise_gain[r] * rise + cell.fall_gain[r] * fall == Approx(v).epsilon(1e-8));
  }
  CHECK(cell.refractory_steps == 3);
  CHECK(cell_constants(model, Propagators::reference).asc_jump[1] == Approx(-50.0 / 27));
}

}  // namespace striate::training
