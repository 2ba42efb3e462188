// SPDX-License-Identifier: BSD-3-Clause
// Receptors that edges name for themselves, over those of their types: dynamics_params (a file or a JSON
// text) or dynamics_params/receptor_type of a group, with the model_template that must fit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/network/edges/receptor_ports.hpp"
#include "engine/network/edges/weight_rules.hpp"
#include "io/sonata/edges.hpp"

namespace striate::engine {

/// What edges of this population say themselves. Throws ConfigError for attributes of single edges that
/// would change the result and are not supported there.
OwnColumns own_columns(const io::EdgePopulation& edges);

class EdgeReceptors {
 public:
  /// `origin`: "edges.h5:/edges/lgn_to_v1", for messages.
  EdgeReceptors(std::string origin, ReceptorPorts ports)
      : origin_(std::move(origin)), ports_(std::move(ports)) {}

  /// [row of the slab], no_port where the type's counts; empty when it does for all. Throws ConfigError or
  /// FormatError naming dataset and row.
  std::vector<std::uint16_t> of(const io::EdgeSlab& slab);

 private:
  std::string origin_;
  ReceptorPorts ports_;
  std::string place(std::uint64_t row, std::string_view attribute) const;
};

}  // namespace striate::engine
