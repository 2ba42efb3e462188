// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/model/glif_parameters.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "core/errors/error.hpp"

namespace striate::engine {
namespace {

using core::ConfigError;

constexpr std::size_t most_receptors = std::numeric_limits<std::uint16_t>::max();
constexpr std::size_t most_after_spike_currents = 2;

void require_finite(std::string_view key, double value, const std::string& where) {
  if (!std::isfinite(value)) throw ConfigError("invalid {}={} in {} (must be finite)", key, value, where);
}

void require_finite(std::string_view key, std::span<const double> values, const std::string& where) {
  for (const double value : values) require_finite(key, value, where);
}

void require_positive(std::string_view key, double value, const std::string& where) {
  if (!(value > 0.0)) throw ConfigError("invalid {}={} in {} (must be positive)", key, value, where);
}

void require_fraction(std::string_view key, double value, const std::string& where) {
  if (!(value >= 0.0 && value <= 1.0))
    throw ConfigError("invalid {}={} in {} (must lie in 0..1)", key, value, where);
}

void validate_finite(const GlifParameters& p, const std::string& where) {
  for (const auto& [key, value] : {std::pair{"C_m", p.C_m},
                                   {"g", p.g},
                                   {"E_L", p.E_L},
                                   {"V_th", p.V_th},
                                   {"V_reset", p.V_reset},
                                   {"t_ref", p.t_ref},
                                   {"V_m", p.V_m},
                                   {"th_spike_add", p.th_spike_add},
                                   {"th_spike_decay", p.th_spike_decay},
                                   {"voltage_reset_fraction", p.voltage_reset_fraction},
                                   {"voltage_reset_add", p.voltage_reset_add},
                                   {"th_voltage_index", p.th_voltage_index},
                                   {"th_voltage_decay", p.th_voltage_decay}})
    require_finite(key, value, where);
  require_finite("asc_decay", p.asc_decay, where);
  require_finite("asc_amps", p.asc_amps, where);
  require_finite("asc_r", p.asc_r, where);
  require_finite("ASCurrents", p.asc_initial, where);
  require_finite("tau_syn_fast", p.tau_syn_fast, where);
  require_finite("tau_syn_slow", p.tau_syn_slow, where);
  require_finite("amp_slow", p.amp_slow, where);
}

void validate_flags(const GlifParameters& p, const std::string& where) {
  const bool legal = p.adapting_threshold ? p.spike_dependent_threshold && p.after_spike_currents : true;
  if (!legal)
    throw ConfigError(
        "illegal combination of mechanisms in {} (adapting_threshold needs spike_dependent_threshold and "
        "after_spike_currents) use one of GLIF1 to GLIF5",
        where);
}

void validate_membrane(const GlifParameters& p, const std::string& where) {
  require_positive("C_m", p.C_m, where);
  require_positive("g", p.g, where);
  require_positive("t_ref", p.t_ref, where);
  if (!std::isnormal(p.C_m / p.g) || !std::isnormal(1.0 / p.C_m))
    throw ConfigError("invalid C_m={}, g={} in {} (their ratio is not a usable time constant)", p.C_m, p.g,
                      where);
  if (p.V_reset >= p.V_th)
    throw ConfigError("invalid V_reset={} in {} (must lie below V_th={})", p.V_reset, where, p.V_th);
}

void validate_after_spike_currents(const GlifParameters& p, const std::string& where) {
  const auto count = p.asc_decay.size();
  if (p.asc_amps.size() != count || p.asc_r.size() != count)
    throw ConfigError(
        "unequal lengths in {} (asc_decay has {}, asc_amps {}, asc_r {} values) give as many of each", where,
        count, p.asc_amps.size(), p.asc_r.size());
  if (count == 0 || count > most_after_spike_currents)
    throw ConfigError("{} after-spike currents in {} (the model is defined for one or two)", count, where);
  if (!p.asc_initial.empty() && p.asc_initial.size() != count)
    throw ConfigError("invalid ASCurrents in {} ({} values for {} after-spike currents)", where,
                      p.asc_initial.size(), count);
  for (const double decay : p.asc_decay) require_positive("asc_decay", decay, where);
  for (const double fraction : p.asc_r) require_fraction("asc_r", fraction, where);
}

void validate_thresholds(const GlifParameters& p, const std::string& where) {
  if (p.spike_dependent_threshold) {
    require_positive("th_spike_decay", p.th_spike_decay, where);
    require_fraction("voltage_reset_fraction", p.voltage_reset_fraction, where);
  }
  if (p.adapting_threshold) {
    require_positive("th_voltage_decay", p.th_voltage_decay, where);
    // The threshold's closed form divides by the difference of the two rates.
    if (!std::isfinite(p.th_voltage_index / (p.th_voltage_decay - p.g / p.C_m)))
      throw ConfigError("invalid th_voltage_decay={} in {} (equals g/C_m) change it slightly",
                        p.th_voltage_decay, where);
  }
}

void validate_synapses(const GlifParameters& p, const std::string& where) {
  const auto count = p.tau_syn_fast.size();
  if (p.tau_syn_slow.size() != count || p.amp_slow.size() != count)
    throw ConfigError(
        "unequal lengths in {} (tau_syn_fast has {}, tau_syn_slow {}, amp_slow {} values) give one of each "
        "per receptor",
        where, count, p.tau_syn_slow.size(), p.amp_slow.size());
  if (count == 0 || count > most_receptors)
    throw ConfigError("{} receptors in tau_syn_fast in {} (must be 1..{})", count, where, most_receptors);
  for (const double tau : p.tau_syn_fast) require_positive("tau_syn_fast", tau, where);
  for (const double tau : p.tau_syn_slow) require_positive("tau_syn_slow", tau, where);
  for (const double amplitude : p.amp_slow)
    if (!(amplitude >= 0.0))
      throw ConfigError("invalid amp_slow={} in {} (must not be negative)", amplitude, where);
}

}  // namespace

void validate(const GlifParameters& parameters, const std::string& where) {
  validate_finite(parameters, where);
  validate_flags(parameters, where);
  validate_membrane(parameters, where);
  validate_synapses(parameters, where);
  validate_thresholds(parameters, where);
  if (parameters.after_spike_currents) validate_after_spike_currents(parameters, where);
}

}  // namespace striate::engine
