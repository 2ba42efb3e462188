// SPDX-License-Identifier: BSD-3-Clause
// The charge that a cell of V1 receives through an edge when its source fires once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "metrics/base/cells.hpp"
#include "metrics/base/edge_blocks.hpp"

namespace striate::interventions {

/// What the edges of one type share.
struct SynapseType {
  std::uint64_t edge_type_id;
  std::size_t port;  ///< of the target's receptors, from 0
  std::optional<double> weight_pA;  ///< where edges have none of their own
};

struct SynapseSource {
  enum class Kind { v1, lgn, bkg } kind;
  std::filesystem::path edge_file;
  std::vector<SynapseType> types;
};
/// "v1", "lgn", "bkg"
std::string name_of(SynapseSource::Kind kind);

/// [node_type_id][port] effective time constant (ms) of the double alpha function: fast + slow * amplitude.
using TimeConstants = std::map<std::uint64_t, std::vector<double>>;

/// Finds what an edge weighs and how long it acts. Throws FormatError for unknown edge types, edges without
/// weight, receptors that the target does not have.
class EdgeCharge {
 public:
  /// All must outlive it.
  EdgeCharge(const metrics::Cells& cells, const SynapseSource& source, const TimeConstants& time_constants,
             const io::EdgePopulation& edges);

  /// pC per spike of row `i` of the slab and one synapse: w tau e.
  double operator()(const io::EdgeSlab& slab, std::size_t i, std::uint32_t target);

 private:
  const metrics::Cells& cells_;
  const io::EdgePopulation& edges_;
  std::unordered_map<std::uint64_t, SynapseType> types_;
  std::vector<const std::vector<double>*> tau_of_row_;
  const SynapseType* last_ = nullptr;
};

}  // namespace striate::interventions
