// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/synapse_sources.hpp"

#include "core/network_paths.hpp"
#include "engine/network/edges/weight_rules.hpp"
#include "workflows/cell_models.hpp"

namespace striate::workflows {

interventions::SynapseSource read_source(const std::filesystem::path& base,
                                         interventions::SynapseSource::Kind kind,
                                         const std::filesystem::path& edge_file) {
  const core::NetworkPaths paths{base};
  const auto file = paths.edge_types(interventions::name_of(kind));
  interventions::SynapseSource source{.kind = kind, .edge_file = edge_file, .types = {}};
  const engine::ReceptorPorts ports(paths.synaptic_models());
  for (const auto& type : engine::read_edge_types(io::TypeTable::read(file, "edge_type_id"), ports))
    source.types.push_back({type.id, type.port, type.syn_weight});
  return source;
}

interventions::TimeConstants read_time_constants(const std::filesystem::path& base) {
  interventions::TimeConstants constants;
  for (const auto& [id, parameters] : read_cell_models(base, core::NetworkPaths{base}.cell_models())) {
    auto& taus = constants[id];
    for (std::size_t port = 0; port < parameters.tau_syn_fast.size(); ++port)
      taus.push_back(parameters.tau_syn_fast[port] +
                     parameters.tau_syn_slow[port] * parameters.amp_slow[port]);
  }
  return constants;
}

}  // namespace striate::workflows
