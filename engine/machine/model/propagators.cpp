// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/model/propagators.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace striate::engine {
namespace {

/// The current of one time constant that spikes of a receptor cause, `amplitude` times their weight.
struct ReceptorPart {
  std::uint32_t port;
  double tau, amplitude;
};

AlphaPropagator make_component(const GlifParameters& c, const ReceptorPart& part, double h) {
  auto p = make_alpha_propagator(part.tau, c.C_m / c.g, c.C_m, h);
  p.weight_to_y1 = (std::numbers::e / part.tau) * part.amplitude;
  p.z1_to_v = p.y1_to_v * p.weight_to_y1;
  p.z2_to_y2 = p.y1_to_y2 * p.weight_to_y1;
  p.z2_to_v = p.y2_to_v * p.z2_to_y2;
  return p;
}

/// The first receptor with the same kernel as `receptor`.
std::size_t first_equal(const GlifParameters& c, std::size_t receptor) {
  std::size_t i = 0;
  while (c.tau_syn_fast[i] != c.tau_syn_fast[receptor] || c.tau_syn_slow[i] != c.tau_syn_slow[receptor] ||
         c.amp_slow[i] != c.amp_slow[receptor])
    ++i;
  return i;
}

/// Numbers the ports of the receptors; returns what they drive, the fast and the slow part of each.
std::vector<ReceptorPart> number_ports(Propagators& p, const GlifParameters& c, Ports mode) {
  std::vector<ReceptorPart> parts;
  for (std::size_t i = 0; i < c.tau_syn_fast.size(); ++i) {
    const std::size_t first = mode == Ports::reference ? i : first_equal(c, i);
    if (first != i) {
      p.port_of_receptor.push_back(p.port_of_receptor[first]);
      continue;
    }
    const auto port = static_cast<std::uint32_t>(parts.size() / 2);
    p.port_of_receptor.push_back(static_cast<std::uint16_t>(port));
    parts.push_back({.port = port, .tau = c.tau_syn_fast[i], .amplitude = 1});
    parts.push_back({.port = port, .tau = c.tau_syn_slow[i], .amplitude = c.amp_slow[i]});
  }
  return parts;
}

/// Whether one component can carry both: those of one time constant. A gain that is no normal number would
/// lose digits.
bool share_component(const ReceptorPart& first, const ReceptorPart& part) {
  return part.tau == first.tau && std::isnormal(part.amplitude / first.amplitude);
}

struct PlannedComponent {
  ReceptorPart first;
  std::vector<ComponentFeed> feeds;
};

std::vector<PlannedComponent> plan_components(const std::vector<ReceptorPart>& parts, Ports mode) {
  std::vector<PlannedComponent> planned;
  for (const auto& part : parts) {
    auto shared = planned.end();
    if (mode != Ports::reference) {
      if (part.amplitude == 0) continue;  // of glif_psc, which has one alpha function
      shared = std::ranges::find_if(
          planned, [&](const PlannedComponent& other) { return share_component(other.first, part); });
    }
    if (shared == planned.end())
      planned.push_back({.first = part, .feeds = {{.port = part.port, .gain = 1}}});
    else
      shared->feeds.push_back({.port = part.port, .gain = part.amplitude / shared->first.amplitude});
  }
  return planned;
}

void add_synapses(Propagators& p, const GlifParameters& c, double h, Ports mode) {
  const auto parts = number_ports(p, c, mode);
  auto planned = plan_components(parts, mode);
  std::vector<std::size_t> own(parts.size() / 2, 0);  // [port]
  for (const auto& [first, feeds] : planned)
    if (feeds.size() == 1) ++own[first.port];
  const auto is_unshared = [&](std::uint32_t port) { return own[port] == 2; };
  p.ports.resize(own.size());
  std::iota(p.ports.begin(), p.ports.end(), 0u);
  p.unshared = p.ports.size() - std::ranges::stable_partition(p.ports, is_unshared).size();
  std::ranges::stable_partition(
      planned, [&](const PlannedComponent& component) { return is_unshared(component.first.port); });
  for (const auto& [first, feeds] : planned) {
    const auto begin = static_cast<std::uint32_t>(p.feeds.size());
    p.feeds.insert(p.feeds.end(), feeds.begin(), feeds.end());
    p.components.push_back({.alpha = make_component(c, first, h),
                            .first_feed = begin,
                            .end_feed = static_cast<std::uint32_t>(p.feeds.size())});
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

  add_synapses(p, c, h, mode);
  return p;
}

}  // namespace striate::engine
