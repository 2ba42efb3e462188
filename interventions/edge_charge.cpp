// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/edge_charge.hpp"

#include <cmath>
#include <numbers>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"

namespace striate::interventions {

std::string name_of(SynapseSource::Kind kind) {
  return kind == SynapseSource::Kind::v1    ? core::v1_population
         : kind == SynapseSource::Kind::lgn ? core::lgn_population
                                            : core::background_population;
}

EdgeCharge::EdgeCharge(const metrics::Cells& cells, const SynapseSource& source,
                       const TimeConstants& time_constants, const io::EdgePopulation& edges)
    : cells_(cells), edges_(edges) {
  for (const auto& type : source.types) types_.emplace(type.edge_type_id, type);
  std::unordered_map<std::uint64_t, const std::vector<double>*> by_model;
  for (const auto& [model, taus] : time_constants) by_model.emplace(model, &taus);
  for (const auto model : cells.node_type_id) {
    const auto found = by_model.find(model);
    if (found == by_model.end())
      throw core::FormatError("no time constants for node_type_id {} in {}", model, cells.nodes_file);
    tau_of_row_.push_back(found->second);
  }
}

double EdgeCharge::operator()(const io::EdgeSlab& slab, std::size_t i, std::uint32_t target) {
  if (last_ == nullptr || last_->edge_type_id != slab.type_id[i]) {
    const auto found = types_.find(slab.type_id[i]);
    if (found == types_.end())
      throw core::FormatError("unknown edge_type_id {} in row {} of {}", slab.type_id[i], slab.first + i,
                              edges_.file());
    last_ = &found->second;
  }
  const bool own = slab.syn_weight && std::isfinite(slab.syn_weight->values[i]);
  if (!own && !last_->weight_pA)
    throw core::FormatError("no syn_weight for row {} of {} (neither its own nor its type's)", slab.first + i,
                            edges_.file());
  const double weight = own ? slab.syn_weight->values[i] : *last_->weight_pA;
  const auto& taus = *tau_of_row_[target];
  if (last_->port >= taus.size())
    throw core::FormatError("row {} of {} ends at receptor {} (node_type_id {} has {})", slab.first + i,
                            edges_.file(), last_->port + 1, cells_.node_type_id[target], taus.size());
  return weight * (taus[last_->port] / 1000) * std::numbers::e;
}

}  // namespace striate::interventions
