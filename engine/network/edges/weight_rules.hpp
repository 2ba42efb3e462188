// SPDX-License-Identifier: BSD-3-Clause
// From the attributes of edges to what the simulator needs: weight (pA), delay (steps), receptor port.
// Follows BMTK's order of precedence (h5 over CSV over default), its named weight functions and the reference
// model's modfile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/errors/problems.hpp"
#include "core/time_grid.hpp"
#include "engine/network/edges/receptor_ports.hpp"
#include "io/sonata/edges.hpp"
#include "io/sonata/nodes.hpp"
#include "io/sonata/type_table.hpp"

namespace striate::engine {

enum class WeightFunction {
  none,  ///< nsyns * syn_weight
  modifiable,  ///< weight_function_recurrent, _lgn, _bkg: syn_weight, then the modfile
  constant_multiplier,  ///< ConstantMultiplier_LGN, _BKG
  direction_rule,  ///< DirectionRule_others
  direction_rule_ee,  ///< DirectionRule_EE
  per_synapse,  ///< default_weight_fnc, set_syn_weight, wmax: w * nsyns, nsyns required
};

struct ModfileRow {
  std::string source_property, source_substring, target_property, target_substring;
  char operation;  ///< one of * + - /
  double value;
};

/// Throws FormatError for unknown operators, division by zero or missing columns, MissingFileError.
std::vector<ModfileRow> read_modfile(const std::filesystem::path& path);

/// What all edges of one type share.
struct EdgeType {
  std::uint64_t id = 0;
  WeightFunction weight_function = WeightFunction::none;
  std::uint16_t port = 0;  ///< receptor_type - 1; no_port where each edge names its own
  std::optional<double> syn_weight, delay_ms, nsyns, weight_sigma;
  bool lacks_delay = false, lacks_nsyns = false;  ///< the table has the column, and nothing in it here
  std::vector<std::uint32_t> modifications;  ///< rows of the modfile that apply, in order
};

/// What edges of a population say themselves, so that their types need not.
struct OwnColumns {
  bool receptor = false, model_template = false;
};

/// Throws ConfigError for any other synapse model.
void require_static_synapse(std::string_view model_template, const std::string& where);

/// Reads the types of one edge population. Modifications are left empty. Throws ConfigError / FormatError:
/// unknown weight function or model_template, missing dynamics_params, receptor_type below 1. With
/// `problems`, they are recorded there and the types left out.
std::vector<EdgeType> read_edge_types(const io::TypeTable& types, ReceptorPorts ports,
                                      const OwnColumns& own = {}, core::Problems* problems = nullptr);

/// An edge ready for the engine. Node indices are positions in their populations' file order.
struct ResolvedEdge {
  std::uint32_t source;
  std::uint32_t target;
  double weight;  ///< pA
  std::uint16_t delay;  ///< steps, at least 1
  std::uint16_t port;  ///< 0-based receptor
};

/// Gives rows [first, first + count) of a rank's share of edges in a slab whose memory is used again.
using SlabReader = std::function<void(std::uint64_t first, std::uint64_t count, io::EdgeSlab& slab)>;

/// Resolves slabs of one edge population. The edge and node populations must outlive it.
class EdgeResolver {
 public:
  EdgeResolver(const io::EdgePopulation& edges, const io::TypeTable& type_table, std::vector<EdgeType> types,
               const io::NodePopulation& sources, const io::NodePopulation& targets,
               const core::TimeGrid& grid, std::span<const ModfileRow> modfile, ReceptorPorts ports = {});

  /// For edges that are in no file; `place` stands for it in messages.
  EdgeResolver(const std::string& place, const io::TypeTable& type_table, std::vector<EdgeType> types,
               const io::NodePopulation& sources, const io::NodePopulation& targets,
               const core::TimeGrid& grid, std::span<const ModfileRow> modfile);

  /// Modfile rows are chosen by the first edge (in file order) of each type, so the whole file must be looked
  /// at once before resolving. Collective: ranks look at their shares and agree. Does nothing without a
  /// modfile.
  void find_modifications(const core::Comm& comm);
  /// For edges that are in no file: `read` gives this rank's, in the order in which their file would hold
  /// them (rising targets, then sources), every target's edges on one rank. Collective.
  void find_modifications(std::uint64_t rows, const SlabReader& read, const core::Comm& comm);

  /// Marks the rows of the modfile that change some type of these edges, after find_modifications().
  void mark_used_rows(std::vector<bool>& used) const;

  /// Checks and converts one slab, in row order. Throws FormatError naming file, row and attribute: ids out
  /// of range, unknown type, weight not finite, delay below dt or above 65535 steps.
  std::vector<ResolvedEdge> resolve(const io::EdgeSlab& slab) const;
  /// The same into a buffer that is used again slab by slab.
  void resolve(const io::EdgeSlab& slab, std::vector<ResolvedEdge>& edges) const;
  /// For slabs read without weights: all but the weights, which are 0.
  void resolve_without_weights(const io::EdgeSlab& slab, std::vector<ResolvedEdge>& edges) const;

 private:
  struct Impl;
  template <bool with_weights>
  void convert(const io::EdgeSlab& slab, std::vector<ResolvedEdge>& edges) const;

  std::shared_ptr<Impl> impl_;
};

}  // namespace striate::engine
