// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/model/propagators.hpp"

#include <cmath>
#include <numbers>

namespace striate::engine {
namespace {

PortPropagator make_port(const GlifParameters& c, std::size_t receptor, double h) {
  const double tau_m = c.C_m / c.g;
  const auto component = [&](double tau, double amplitude) {
    auto p = make_alpha_propagator(tau, tau_m, c.C_m, h);
    p.weight_to_y1 = (std::numbers::e / tau) * amplitude;
    p.z1_to_v = p.y1_to_v * p.weight_to_y1;
    p.z2_to_y2 = p.y1_to_y2 * p.weight_to_y1;
    p.z2_to_v = p.y2_to_v * p.z2_to_y2;
    return p;
  };
  return {.fast = component(c.tau_syn_fast[receptor], 1.0),
          .slow = component(c.tau_syn_slow[receptor], c.amp_slow[receptor])};
}

/// The first receptor with the same kernel as `receptor`.
std::size_t first_equal(const GlifParameters& c, std::size_t receptor) {
  std::size_t i = 0;
  while (c.tau_syn_fast[i] != c.tau_syn_fast[receptor] || c.tau_syn_slow[i] != c.tau_syn_slow[receptor] ||
         c.amp_slow[i] != c.amp_slow[receptor])
    ++i;
  return i;
}

void add_ports(Propagators& p, const GlifParameters& c, double h, Ports mode) {
  for (std::size_t i = 0; i < c.tau_syn_fast.size(); ++i) {
    const std::size_t first = mode == Ports::reference ? i : first_equal(c, i);
    if (first != i) {
      p.port_of_receptor.push_back(p.port_of_receptor[first]);
      continue;
    }
    p.port_of_receptor.push_back(static_cast<std::uint16_t>(p.ports.size()));
    p.ports.push_back(make_port(c, i, h));
  }
}

}  // namespace

AlphaPropagator make_alpha_propagator(double tau, double tau_m, double capacitance, double h) {
  AlphaPropagator p;
  p.decay = std::exp(-h / tau);
  p.y1_to_y2 = h * p.decay;

  // Two branches each, and the switches differ: y2_to_v leaves the regular form only when that gives no
  // normal positive number, y1_to_v already where cancellation would cost seven digits. Close to tau == tau_m
  // the two may stand on different sides.
  const double beta = tau * tau_m / (tau_m - tau);  // infinite when equal
  const double gamma = beta / capacitance;
  const double decay = std::exp(-h * (1 / tau));
  const double growth = std::expm1(h * ((tau_m - tau) / (tau * tau_m)));
  p.y2_to_v = gamma * decay * growth;
  const bool regular = std::isnormal(p.y2_to_v) && p.y2_to_v > 0;
  if (!regular) p.y2_to_v = (h * (1 / capacitance)) * std::exp(-h * (1 / tau_m));

  const double smallest_h = 1e-7 * tau_m * tau_m / std::abs(tau_m - tau);
  if (h > smallest_h)
    p.y1_to_v = gamma * decay * (beta * growth - h);
  else
    p.y1_to_v = ((0.5 * h * h) * (1 / capacitance)) * std::exp(-h * (1 / tau_m));
  return p;
}

Propagators make_propagators(const GlifParameters& c, const core::TimeGrid& grid, Ports mode) {
  const double h = grid.dt_ms;
  const double tau_m = c.C_m / c.g;
  Propagators p;
  p.v_decay = std::exp(-h / tau_m);
  p.current_to_v = ((1 / c.C_m) * (1 - p.v_decay)) * tau_m;
  p.e_l = c.E_L;
  p.v_initial = c.V_m - c.E_L;
  p.v_reset = c.V_reset - c.E_L;
  p.threshold = c.V_th - c.E_L;
  p.refractory_steps = grid.refractory_steps(c.t_ref);
  p.spike_dependent_threshold = c.spike_dependent_threshold;
  p.after_spike_currents = c.after_spike_currents;
  p.adapting_threshold = c.adapting_threshold;

  if (c.after_spike_currents)
    for (std::size_t j = 0; j < c.asc_decay.size(); ++j) {
      const double k = c.asc_decay[j];
      p.asc_decay[j] = std::exp(-k * h);
      p.asc_mean[j] = ((1 / k) / h) * (1 - p.asc_decay[j]);
      p.asc_jump[j] = c.asc_amps[j];
      p.asc_keep[j] = c.asc_r[j] * std::exp(-k * c.t_ref);  // the unrounded refractory time
      if (!c.asc_initial.empty()) p.asc_initial[j] = c.asc_initial[j];
    }
  if (c.spike_dependent_threshold) {
    p.spike_threshold_decay = std::exp(-c.th_spike_decay * h);
    p.spike_threshold_keep = std::exp(-c.th_spike_decay * c.t_ref);
    p.spike_threshold_jump = c.th_spike_add;
    p.reset_fraction = c.voltage_reset_fraction;
    p.reset_add = c.voltage_reset_add;
  }
  if (c.adapting_threshold) {
    p.voltage_threshold_v_decay = std::exp(-(c.g * h) / c.C_m);
    p.voltage_threshold_decay = 1 / std::exp(c.th_voltage_decay * h);
    p.voltage_threshold_phi = c.th_voltage_index / (c.th_voltage_decay - c.g / c.C_m);
    p.voltage_threshold_rho = c.th_voltage_index / c.th_voltage_decay;
  }
  p.conductance = c.g;

  add_ports(p, c, h, mode);
  return p;
}

}  // namespace striate::engine
