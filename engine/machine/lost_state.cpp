// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/lost_state.hpp"

#include <cmath>
#include <optional>

namespace striate::engine {
namespace {

bool is_finite(const Neurons& neurons, core::Lid lid, std::size_t component) {
  for (std::size_t variable = 0; variable < component_variables; ++variable)
    if (!std::isfinite(component_state(neurons, lid, component, variable))) return false;
  return true;
}

/// How many of the components that a port drives are finite, and how many there are.
struct PortHealth {
  std::size_t finite = 0, driven = 0;
};

PortHealth health_of(const Neurons& neurons, core::Lid lid, std::size_t port) {
  const auto& model = neurons.model_at(lid);
  PortHealth health;
  for (std::size_t c = 0; c < model.components.size(); ++c)
    for (std::uint32_t feed = model.components[c].first_feed; feed < model.components[c].end_feed; ++feed)
      if (model.feeds[feed].port == port) {
        ++health.driven;
        health.finite += is_finite(neurons, lid, c);
      }
  return health;
}

/// The receptor whose synapses are no longer finite. Of those that share a component it is one whose own are
/// lost, too.
std::optional<std::size_t> lost_receptor(const Neurons& neurons, core::Lid lid) {
  const auto& ports = neurons.model_at(lid).port_of_receptor;
  std::optional<std::size_t> partly;
  for (std::size_t receptor = 0; receptor < ports.size(); ++receptor) {
    const auto [finite, driven] = health_of(neurons, lid, ports[receptor]);
    if (driven > 0 && finite == 0) return receptor;
    if (finite < driven && !partly) partly = receptor;
  }
  return partly;
}

}  // namespace

LostState::LostState(core::Lid lid_, core::Step stamp_, const std::string& variable_)
    : Error(core::ExitCode::bad_data,
            fmt::format("{} of neuron {} is no finite number by step {}", variable_, lid_.value, stamp_)),
      lid(lid_),
      stamp(stamp_),
      variable(variable_) {}

std::string lost_variable(const Neurons& neurons, core::Lid lid) {
  const std::uint32_t i = lid.value;
  const auto lost = [&](const std::vector<double>& variable) { return !std::isfinite(variable[i]); };
  if (lost(neurons.i_ext)) return "I";
  if (const auto receptor = lost_receptor(neurons, lid))
    return fmt::format("I_syn (receptor {})", *receptor + 1);
  if (lost(neurons.asc[0]) || lost(neurons.asc[1])) return "ASCurrents";
  if (lost(neurons.v)) return "V_m";
  if (lost(neurons.theta_spike)) return "threshold_spike";
  if (lost(neurons.theta_voltage)) return "threshold_voltage";
  return "V_m";
}

}  // namespace striate::engine
