// SPDX-License-Identifier: BSD-3-Clause
// Parameters of one cell model: the GLIF neuron with double-alpha synapses (Teeter et al. 2018; NEST's
// glif_psc_double_alpha; glif_psc where amp_slow is 0), as plain values. Names and defaults are NEST's.
// Potentials absolute, mV; pA, pF, nS, ms, 1/ms.
#pragma once

#include <string>
#include <vector>

namespace striate::engine {

struct GlifParameters {
  double C_m = 58.72, g = 9.43, E_L = -78.85, V_th = -51.68, V_reset = -78.85, t_ref = 3.75;
  double V_m = -78.85;  ///< initial; keeps this absolute default when a file gives only E_L
  bool spike_dependent_threshold = false, after_spike_currents = false, adapting_threshold = false;
  double th_spike_add = 0.37, th_spike_decay = 0.009;
  double voltage_reset_fraction = 0.20, voltage_reset_add = 18.51;
  double th_voltage_index = 0.005, th_voltage_decay = 0.09;
  std::vector<double> asc_decay{0.003, 0.1}, asc_amps{-9.18, -198.94}, asc_r{1.0, 1.0};
  std::vector<double>
      asc_initial;  ///< state key "ASCurrents"; empty: 0 ("asc_init" is never used, as in NEST)
  std::vector<double> tau_syn_fast{2.0}, tau_syn_slow{6.0}, amp_slow{0.3};

  bool operator==(const GlifParameters&) const = default;
};

/// Throws ConfigError (naming `where`) for what NEST rejects and for what it fails to reject: unequal synapse
/// arrays, numbers that are not finite, illegal flag combinations, other than one or two after-spike
/// currents. amp_slow = 0, a single alpha function, is allowed here but not in NEST.
void validate(const GlifParameters& parameters, const std::string& where);

}  // namespace striate::engine
