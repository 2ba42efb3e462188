// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/lost_state.hpp"

#include <algorithm>
#include <cmath>

namespace striate::engine {
namespace {

/// True when the state of `port` is finite.
bool is_finite(const Neurons& neurons, core::Lid lid, std::size_t port) {
  return std::ranges::all_of(port_state(neurons, lid, port), [](double x) { return std::isfinite(x); });
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
  const auto& ports = neurons.model_at(lid).port_of_receptor;
  for (std::size_t receptor = 0; receptor < ports.size(); ++receptor)
    if (!is_finite(neurons, lid, ports[receptor])) return fmt::format("I_syn (receptor {})", receptor + 1);
  if (lost(neurons.asc[0]) || lost(neurons.asc[1])) return "ASCurrents";
  if (lost(neurons.v)) return "V_m";
  if (lost(neurons.theta_spike)) return "threshold_spike";
  if (lost(neurons.theta_voltage)) return "threshold_voltage";
  return "V_m";
}

}  // namespace striate::engine
