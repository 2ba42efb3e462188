// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/model/usable_model.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "core/errors/error.hpp"
#include "engine/machine/model/propagators.hpp"

namespace striate::engine {
namespace {

using core::ConfigError;

/// Of a propagator, relative. NEST's expressions lose what is below by cancellation.
constexpr double most_error = 1e-6;
/// A factor this close to one adds up what is added to it for longer than any run.
constexpr double slowest_decay = 1e-12;

struct Model {
  const GlifParameters& parameters;
  const core::TimeGrid& grid;
  const std::string& where;
};

bool are_finite(std::initializer_list<double> values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

bool lost_digits(double computed, double exact) {
  return !(std::abs(computed - exact) <= most_error * std::abs(exact));
}

/// The most that a variable can reach which is multiplied by `keep` at least as often as `jump` is added.
double largest_sum(double jump, double keep) {
  return std::abs(jump) / std::max(1 - keep, slowest_decay);
}

void check_potentials(const Model& m, const Propagators& p) {
  const auto check = [&](const char* key, double value, double relative) {
    if (!std::isfinite(relative))
      throw ConfigError("invalid {}={} in {} (relative to E_L={} it is not finite)", key, value, m.where,
                        m.parameters.E_L);
  };
  check("V_m", m.parameters.V_m, p.v_initial);
  check("V_reset", m.parameters.V_reset, p.v_reset);
  check("V_th", m.parameters.V_th, p.threshold);
}

void check_membrane(const Model& m, const Propagators& p) {
  const double h = m.grid.dt_ms;
  const double tau_m = m.parameters.C_m / m.parameters.g;
  if (lost_digits(p.current_to_v, -std::expm1(-h / tau_m) / m.parameters.g))
    throw ConfigError(
        "invalid C_m={}, g={} in {} (with a time constant of {} ms a step of dt={} ms cannot be computed)",
        m.parameters.C_m, m.parameters.g, m.where, tau_m, h);
}

void check_refractory_time(const Model& m, const Propagators& p) {
  if (p.refractory_steps > most_refractory_steps)
    throw ConfigError("invalid t_ref={} in {} ({} steps of dt={} ms are more than the {} that are counted)",
                      m.parameters.t_ref, m.where, p.refractory_steps, m.grid.dt_ms, most_refractory_steps);
}

void check_alpha(const Model& m, const char* key, std::size_t receptor, double tau,
                 const AlphaPropagator& p) {
  const double h = m.grid.dt_ms;
  const double tau_m = m.parameters.C_m / m.parameters.g;
  const double distance = std::abs(tau_m - tau);
  // Far from tau == tau_m both responses are products with beta/C_m exp(-h/tau); where that is no normal
  // number, nothing is left of them.
  const bool regular = h > 1e-7 * tau_m * tau_m / distance;
  const double scale = tau * tau_m / distance / m.parameters.C_m * std::exp(-h / tau);
  if (!are_finite({p.decay, p.y1_to_y2, p.y1_to_v, p.y2_to_v}) || (regular && !std::isnormal(scale)))
    throw ConfigError(
        "invalid {}[{}]={} in {} (a step of dt={} ms cannot be computed with C_m={}, g={}) use a time "
        "constant nearer to dt, at least dt/600",
        key, receptor, tau, m.where, h, m.parameters.C_m, m.parameters.g);
}

void check_synapses(const Model& m, const Propagators& p) {
  const auto& c = m.parameters;
  for (std::size_t i = 0; i < c.tau_syn_fast.size(); ++i) {
    const auto& [fast, slow] = p.ports[p.port_of_receptor[i]];
    check_alpha(m, "tau_syn_fast", i, c.tau_syn_fast[i], fast);
    check_alpha(m, "tau_syn_slow", i, c.tau_syn_slow[i], slow);
    if (!are_finite({fast.weight_to_y1, fast.z1_to_v, fast.z2_to_v, fast.z2_to_y2}))
      throw ConfigError("invalid tau_syn_fast[{}]={} in {} (the response to a spike is not finite)", i,
                        c.tau_syn_fast[i], m.where);
    if (!are_finite({slow.weight_to_y1, slow.z1_to_v, slow.z2_to_v, slow.z2_to_y2}))
      throw ConfigError(
          "invalid tau_syn_slow[{}]={}, amp_slow[{}]={} in {} (the response to a spike is not finite)", i,
          c.tau_syn_slow[i], i, c.amp_slow[i], m.where);
  }
}

void check_after_spike_currents(const Model& m, const Propagators& p) {
  const auto& c = m.parameters;
  const double h = m.grid.dt_ms;
  double sum = 0;
  for (std::size_t j = 0; j < c.asc_decay.size(); ++j) {
    const double k = c.asc_decay[j];
    if (lost_digits(p.asc_mean[j], -std::expm1(-k * h) / (k * h)))
      throw ConfigError(
          "invalid asc_decay[{}]={} in {} (the mean over a step of dt={} ms cannot be computed) use a rate "
          "of at least 1e-9/dt",
          j, k, m.where, h);
    sum += largest_sum(p.asc_jump[j], p.asc_keep[j] * p.asc_decay[j]) + std::abs(p.asc_initial[j]);
    if (!are_finite({sum, sum * p.current_to_v}))
      throw ConfigError("invalid asc_amps[{}]={} in {} (after-spike currents add up beyond any number)", j,
                        c.asc_amps[j], m.where);
  }
}

void check_thresholds(const Model& m, const Propagators& p) {
  const auto& c = m.parameters;
  if (!std::isfinite(largest_sum(p.spike_threshold_jump, p.spike_threshold_keep * p.spike_threshold_decay)))
    throw ConfigError("invalid th_spike_add={} in {} (thresholds add up beyond any number)", c.th_spike_add,
                      m.where);
  if (!std::isfinite(largest_sum(p.reset_add, p.reset_fraction)))
    throw ConfigError("invalid voltage_reset_add={} in {} (resets add up beyond any number)",
                      c.voltage_reset_add, m.where);
  if (!c.adapting_threshold) return;
  constexpr double least_distance = 1e-9;
  const double leak = c.g / c.C_m;
  if (!are_finite({p.voltage_threshold_phi, p.voltage_threshold_rho}) ||
      std::abs(c.th_voltage_decay - leak) < least_distance * leak)
    throw ConfigError(
        "invalid th_voltage_index={}, th_voltage_decay={} in {} (with g/C_m={} the threshold cannot be "
        "computed) change it slightly",
        c.th_voltage_index, c.th_voltage_decay, m.where, leak);
}

}  // namespace

void require_usable(const GlifParameters& parameters, const core::TimeGrid& grid, const std::string& where) {
  const Model model{parameters, grid, where};
  const Propagators propagators = make_propagators(parameters, grid);
  check_potentials(model, propagators);
  check_membrane(model, propagators);
  check_refractory_time(model, propagators);
  check_synapses(model, propagators);
  if (parameters.after_spike_currents) check_after_spike_currents(model, propagators);
  if (parameters.spike_dependent_threshold) check_thresholds(model, propagators);
}

}  // namespace striate::engine
