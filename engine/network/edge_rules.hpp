// SPDX-License-Identifier: BSD-3-Clause
// What edges must keep to beyond their file, and how a breach is told: for the loader and for `check`.
#pragma once

#include <cstdint>
#include <string>

#include "core/errors/error.hpp"
#include "engine/network/network.hpp"

namespace striate::engine::rules {

inline core::ConfigError no_edge_types(const std::string& place) {
  return core::ConfigError("no edge_types_file for {} (weight functions and synapse models are there)",
                           place);
}

inline core::FormatError ends_on_virtual_node(const std::string& place) {
  return core::FormatError("an edge of {} ends on a virtual node (virtual nodes have no input)", place);
}

/// Whether a neuron of this model has the receptor port `port`.
inline bool has_port(const CellModel& model, std::uint16_t port) {
  return port < model.parameters.tau_syn_fast.size();
}
inline core::ConfigError no_such_port(std::uint16_t port, const std::string& place, const CellModel& model) {
  return core::ConfigError(
      "receptor_type {} in {} does not exist (the target's cell model {} has {} receptors) build the "
      "components "
      "again",
      port + 1, place, model.label, model.parameters.tau_syn_fast.size());
}

}  // namespace striate::engine::rules
