// SPDX-License-Identifier: BSD-3-Clause
// The numbers that carry a cell of the training model (GLIF3 with linear synapses) over one step of 1 ms.
// Currents and after-spike amplitudes are divided by the cell's distance from rest to threshold (mV), so
// that all cells share threshold 1 and reset 0.
#pragma once

#include <array>
#include <cstddef>

#include "training/model/model_options.hpp"
#include "training/model/synapse_basis.hpp"

namespace striate::training {

inline constexpr double step_ms = 1.0;

/// v(t) = lambda v + sum over r (rise_gain c_r + fall_gain p_r) + sum over k asc_gain a_k - z, all of step t
/// - 1.
template <class Real>
struct CellConstants {
  Real lambda;
  Real rise_gain[basis_count];  ///< 0 with Propagators::reference
  Real fall_gain[basis_count];
  Real asc_gain[2], asc_keep[2], asc_jump[2];
  Real refractory_steps;
};

/// What a GLIF3 model says, in mV, pA, pF, nS, ms.
struct GlifNumbers {
  double C_m = 0, g = 0, E_L = 0, V_th = 0, t_ref = 0;
  std::array<double, 2> asc_decay{}, asc_amps{};
};

/// Distance from rest to threshold in mV, the unit of voltage.
inline double threshold_distance(const GlifNumbers& model) {
  return model.V_th - model.E_L;
}

CellConstants<double> cell_constants(const GlifNumbers& model, Propagators propagators);

template <class Real>
CellConstants<Real> rounded(const CellConstants<double>& cell) {
  CellConstants<Real> result;
  result.lambda = static_cast<Real>(cell.lambda);
  result.refractory_steps = static_cast<Real>(cell.refractory_steps);
  for (std::size_t r = 0; r < basis_count; ++r) {
    result.rise_gain[r] = static_cast<Real>(cell.rise_gain[r]);
    result.fall_gain[r] = static_cast<Real>(cell.fall_gain[r]);
  }
  for (std::size_t k = 0; k < 2; ++k) {
    result.asc_gain[k] = static_cast<Real>(cell.asc_gain[k]);
    result.asc_keep[k] = static_cast<Real>(cell.asc_keep[k]);
    result.asc_jump[k] = static_cast<Real>(cell.asc_jump[k]);
  }
  return result;
}

/// Decay of the basis currents over a step, and what an arriving unit of charge adds to the rise.
std::array<double, basis_count> basis_decay();
std::array<double, basis_count> basis_rise();

}  // namespace striate::training
