// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "core/errors/error.hpp"
#include "engine/network/edges/direction_rule.hpp"
#include "engine/network/edges/edge_receptors.hpp"
#include "engine/network/edges/modfile.hpp"
#include "engine/network/edges/weight_rules.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/rules.hpp"

namespace striate::engine {
namespace {

using core::FormatError;

// NEST's default where neither file names a delay.
constexpr double default_delay_ms = 1.0;
constexpr core::Step most_delay_steps = std::numeric_limits<std::uint16_t>::max();
// Rows looked at in one piece when searching for the first edges of types: 8 MB of ids.
constexpr std::uint64_t search_rows = std::uint64_t{1} << 20;
constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

/// Position of a type by its id: a table when ids are small, as all builders make them.
class TypeLookup {
 public:
  explicit TypeLookup(std::span<const EdgeType> types) {
    std::uint64_t largest = 0;
    for (const auto& type : types) largest = std::max(largest, type.id);
    if (largest < std::max<std::uint64_t>(1 << 16, 64 * types.size())) dense_.assign(largest + 1, none);
    for (std::uint32_t i = 0; i < types.size(); ++i) {
      if (dense_.empty())
        sparse_.emplace(types[i].id, i);
      else
        dense_[types[i].id] = i;
    }
  }
  std::uint32_t find(std::uint64_t id) const {
    if (!dense_.empty()) return id < dense_.size() ? dense_[id] : none;
    const auto found = sparse_.find(id);
    return found == sparse_.end() ? none : found->second;
  }

 private:
  std::vector<std::uint32_t> dense_;
  std::unordered_map<std::uint64_t, std::uint32_t> sparse_;
};

/// Position of a node by its id.
class NodeLookup {
 public:
  explicit NodeLookup(const io::NodePopulation& nodes)
      : nodes_(nodes), identity_(nodes.index_by_id.empty()), size_(nodes.size()) {}
  std::uint32_t find(std::uint64_t id) const {
    if (identity_) return id < size_ ? static_cast<std::uint32_t>(id) : none;
    const auto found = nodes_.index_of(id);
    return found ? *found : none;
  }
  const io::NodePopulation& nodes() const { return nodes_; }

 private:
  const io::NodePopulation& nodes_;
  bool identity_;
  std::uint64_t size_;
};

/// First edge of a type, as ranks tell each other.
struct FirstEdge {
  std::uint64_t type, row, source_id, target_id;
};

/// What most edges need of their type, in a cache line's quarter: there are thousands of types, in any order.
struct CompactType {
  double weight = std::numeric_limits<double>::quiet_NaN();  ///< where edges have none
  std::uint16_t delay = 0;  ///< steps, where edges have none; 0: not valid
  std::uint16_t port = 0;
  bool weight_as_given = false;  ///< no function changes it
};

}  // namespace

struct EdgeResolver::Impl {
  const io::EdgePopulation* edges;  // null for edges that are in no file
  std::string origin;  // "edges.h5:/edges/lgn_to_v1", for messages
  std::vector<EdgeType> types;
  std::vector<core::Step> type_delay;  // steps, not yet checked: only types that edges use must be valid
  std::vector<CompactType> compact;  // [type]
  std::vector<ModfileRow> modfile;
  core::TimeGrid grid;
  TypeLookup type_lookup;
  NodeLookup sources, targets;
  DirectionColumns source_columns, target_columns;
  bool float_weights;
  bool some_delays, some_nsyns;  // edges of some group have them, so that those of others must
  mutable EdgeReceptors receptors;  // remembers what it has read
  std::filesystem::path type_file;  // for messages

  Impl(const io::EdgePopulation* edges_, std::string origin_, std::vector<EdgeType> types_,
       const io::NodePopulation& sources_, const io::NodePopulation& targets_, const core::TimeGrid& grid_,
       std::span<const ModfileRow> modfile_, ReceptorPorts ports)
      : edges(edges_),
        origin(std::move(origin_)),
        types(std::move(types_)),
        modfile(modfile_.begin(), modfile_.end()),
        grid(grid_),
        type_lookup(types),
        sources(sources_),
        targets(targets_),
        float_weights(edges_ == nullptr || edges_->weight_is_float32()),  // the builder's are
        some_delays(edges_ != nullptr && edges_->has_attribute("delay")),
        some_nsyns(edges_ != nullptr && edges_->has_attribute("nsyns")),
        receptors(origin, std::move(ports)) {
    for (const auto& type : types)
      type_delay.push_back(grid.delay_steps(type.delay_ms.value_or(default_delay_ms)));
    read_columns();
    compact_types();
  }

  void compact_types() {
    compact.clear();
    for (std::size_t i = 0; i < types.size(); ++i) {
      const auto& type = types[i];
      CompactType c{.port = type.port};
      if (type.syn_weight) c.weight = *type.syn_weight;
      const bool is_known = type.delay_ms || (!type.lacks_delay && !some_delays);
      if (is_known && type_delay[i] >= 1 && type_delay[i] <= most_delay_steps)
        c.delay = static_cast<std::uint16_t>(type_delay[i]);
      c.weight_as_given = type.weight_function == WeightFunction::constant_multiplier ||
                          (type.weight_function == WeightFunction::modifiable && type.modifications.empty());
      compact.push_back(c);
    }
  }

  bool uses(WeightFunction function) const {
    return std::ranges::find(types, function, &EdgeType::weight_function) != types.end();
  }

  void read_columns() {
    const bool phase = uses(WeightFunction::direction_rule_ee);
    if (!phase && !uses(WeightFunction::direction_rule)) return;
    const auto needs = phase ? DirectionNeeds::angle_and_position : DirectionNeeds::angle;
    source_columns = read_direction_columns(sources.nodes(), needs);
    target_columns = read_direction_columns(targets.nodes(), needs);
  }

  std::string place(std::uint64_t row, std::string_view attribute) const {
    return fmt::format("{}/{} row {}", origin, attribute, row);
  }

  std::uint32_t node(const NodeLookup& lookup, std::uint64_t id, std::uint64_t row,
                     std::string_view end) const {
    const auto index = lookup.find(id);
    if (index == none)
      throw io::rules::unknown_node(id, place(row, end), lookup.nodes().name, lookup.nodes().size());
    return index;
  }

  /// h5 over CSV. NaN marks rows whose group lacks the attribute.
  std::optional<double> pick(const std::optional<io::EdgeColumn>& column, std::size_t i,
                             const std::optional<double>& csv) const {
    if (column && !std::isnan(column->values[i])) return column->values[i];
    return csv;
  }

  double with_modifications(const EdgeType& type, double weight, bool in_float) const {
    for (const auto index : type.modifications) {
      weight = modified(modfile[index], weight);
      // A column of 32-bit floats is changed in place: each result is rounded.
      if (in_float) weight = static_cast<float>(weight);
    }
    return weight;
  }

  double weight(const io::EdgeSlab& slab, std::size_t i, const EdgeType& type, std::uint32_t source,
                std::uint32_t target) const {
    const auto given = pick(slab.syn_weight, i, type.syn_weight);
    if (!given)
      throw FormatError("missing syn_weight for {} (neither the edge nor its type {} has one)",
                        place(slab.first + i, "syn_weight"), type.id);
    if (type.weight_function == WeightFunction::modifiable) {
      const bool from_file = slab.syn_weight && !std::isnan(slab.syn_weight->values[i]);
      return with_modifications(type, *given, from_file && float_weights);
    }
    if (type.weight_function == WeightFunction::constant_multiplier) return *given;
    const auto nsyns = pick(slab.nsyns, i, type.nsyns);
    if (!nsyns && (type.lacks_nsyns || some_nsyns)) fail_absent("nsyns", slab.first + i, type);
    switch (type.weight_function) {
      case WeightFunction::per_synapse:
        if (!nsyns)
          throw FormatError("missing nsyns for {} (the weight function of type {} multiplies by it)",
                            place(slab.first + i, "nsyns"), type.id);
        return *given * *nsyns;
      case WeightFunction::direction_rule:
        return *given * tuning(type, source, target) * nsyns.value_or(1.0);
      case WeightFunction::direction_rule_ee:
        return *given * tuning(type, source, target) *
               phase_factor(source_columns, source, target_columns, target) * nsyns.value_or(1.0);
      default:
        return nsyns.value_or(1.0) * *given;
    }
  }

  /// Where others have the value, its absence is a mistake and not the model's default.
  [[noreturn]] void fail_absent(std::string_view attribute, std::uint64_t row, const EdgeType& type) const {
    throw FormatError(
        "missing {} of {} (nor has type {} in {} one; what is left out is no default) write it there",
        attribute, place(row, attribute), type.id, type_file);
  }

  double tuning(const EdgeType& type, std::uint32_t source, std::uint32_t target) const {
    return tuning_factor(source_columns.tuning_angle[source], target_columns.tuning_angle[target],
                         *type.weight_sigma);
  }

  std::uint16_t delay(const io::EdgeSlab& slab, std::size_t i, std::uint32_t type) const {
    core::Step steps = type_delay[type];
    const auto given = pick(slab.delay, i, types[type].delay_ms);
    if (!given && (types[type].lacks_delay || some_delays)) fail_absent("delay", slab.first + i, types[type]);
    if (given) steps = grid.delay_steps(*given);
    if (steps < 1 || steps > most_delay_steps)
      throw FormatError("invalid delay of {} (type {}: {} steps of {} ms, must be 1..{})",
                        place(slab.first + i, "delay"), types[type].id, steps, grid.dt_ms, most_delay_steps);
    return static_cast<std::uint16_t>(steps);
  }

  bool is_modifiable(std::uint32_t type) const {
    return types[type].weight_function == WeightFunction::modifiable;
  }

  std::vector<FirstEdge> first_edges(std::uint64_t first, std::uint64_t end) const;
  std::vector<FirstEdge> first_edges(std::uint64_t rows, const SlabReader& read) const;
  bool needs_modifications() const { return !modfile.empty() && uses(WeightFunction::modifiable); }
  void choose_modifications(std::vector<FirstEdge> first);
};

/// First edges of the types that the modfile can change, among rows [first, end). Types are read for all
/// rows, ends only where a type turns up for the first time.
std::vector<FirstEdge> EdgeResolver::Impl::first_edges(std::uint64_t first, std::uint64_t end) const {
  std::vector<bool> seen(types.size(), false);
  auto missing = std::ranges::count(types, WeightFunction::modifiable, &EdgeType::weight_function);
  const auto file = io::h5::File::open(edges->file());
  const auto dataset = "/edges/" + edges->name() + "/edge_type_id";
  std::vector<FirstEdge> result;
  for (; first < end && missing > 0; first += search_rows) {
    const auto count = std::min(search_rows, end - first);
    const auto ids = io::h5::read_rows<std::uint64_t>(file, dataset, first, count);
    const auto old_size = result.size();
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto type = type_lookup.find(ids[i]);
      if (type == none || seen[type] || !is_modifiable(type)) continue;
      seen[type] = true;
      --missing;
      result.push_back({.type = type, .row = first + i, .source_id = 0, .target_id = 0});
    }
    if (result.size() == old_size) continue;
    const auto ends = edges->read_ends(first, count);
    for (auto i = old_size; i < result.size(); ++i) {
      result[i].source_id = ends.source_id[result[i].row - first];
      result[i].target_id = ends.target_id[result[i].row - first];
    }
  }
  return result;
}

/// The same for edges that are in no file and come in any order. Their place in one is known by target and
/// source.
std::vector<FirstEdge> EdgeResolver::Impl::first_edges(std::uint64_t rows, const SlabReader& read) const {
  constexpr auto not_seen = std::numeric_limits<std::uint64_t>::max();
  std::vector<FirstEdge> of_type(types.size(), {.type = 0, .row = not_seen, .source_id = 0, .target_id = 0});
  io::EdgeSlab slab;
  for (std::uint64_t first = 0; first < rows; first += search_rows) {
    read(first, std::min(search_rows, rows - first), slab);
    for (std::size_t i = 0; i < slab.size(); ++i) {
      const auto type = type_lookup.find(slab.type_id[i]);
      const auto place = slab.target_id[i] << 32 | slab.source_id[i];
      if (type == none || place >= of_type[type].row || !is_modifiable(type)) continue;
      of_type[type] = {
          .type = type, .row = place, .source_id = slab.source_id[i], .target_id = slab.target_id[i]};
    }
  }
  std::erase_if(of_type, [](const FirstEdge& edge) { return edge.row == not_seen; });
  return of_type;
}

/// `first`: the first edges of all ranks.
void EdgeResolver::Impl::choose_modifications(std::vector<FirstEdge> first) {
  PropertyTexts source_texts(sources.nodes()), target_texts(targets.nodes());
  for (const auto& row : modfile) {
    source_texts.require(row.source_property);
    target_texts.require(row.target_property);
  }
  std::ranges::sort(first, {}, &FirstEdge::row);
  std::vector<bool> done(types.size(), false);
  for (const auto& edge : first) {
    if (done[edge.type]) continue;
    done[edge.type] = true;
    const auto source = node(sources, edge.source_id, edge.row, "source_node_id");
    const auto target = node(targets, edge.target_id, edge.row, "target_node_id");
    auto& chosen = types[edge.type].modifications;
    chosen.clear();
    for (std::uint32_t i = 0; i < modfile.size(); ++i)
      if (matches(modfile[i], source_texts, source, target_texts, target)) chosen.push_back(i);
  }
  compact_types();
}

EdgeResolver::EdgeResolver(const io::EdgePopulation& edges, const io::TypeTable& type_table,
                           std::vector<EdgeType> types, const io::NodePopulation& sources,
                           const io::NodePopulation& targets, const core::TimeGrid& grid,
                           std::span<const ModfileRow> modfile, ReceptorPorts ports)
    : impl_(std::make_shared<Impl>(&edges, fmt::format("{}:/edges/{}", edges.file(), edges.name()),
                                   std::move(types), sources, targets, grid, modfile, std::move(ports))) {
  impl_->type_file = type_table.path();
}

EdgeResolver::EdgeResolver(const std::string& place, const io::TypeTable& type_table,
                           std::vector<EdgeType> types, const io::NodePopulation& sources,
                           const io::NodePopulation& targets, const core::TimeGrid& grid,
                           std::span<const ModfileRow> modfile)
    : impl_(std::make_shared<Impl>(nullptr, place, std::move(types), sources, targets, grid, modfile,
                                   ReceptorPorts{})) {
  impl_->type_file = type_table.path();
}

void EdgeResolver::find_modifications(const core::Comm& comm) {
  if (!impl_->needs_modifications()) return;
  const auto share = core::contiguous_share(impl_->edges->size(), comm.rank(), comm.size());
  const auto found = impl_->first_edges(share.first, share.end);
  impl_->choose_modifications(comm.all_gather_v(std::span<const FirstEdge>(found)));
}

void EdgeResolver::mark_used_rows(std::vector<bool>& used) const {
  for (const auto& type : impl_->types)
    for (const auto row : type.modifications) used[row] = true;
}

void EdgeResolver::find_modifications(std::uint64_t rows, const SlabReader& read, const core::Comm& comm) {
  if (!impl_->needs_modifications()) return;
  const auto found = impl_->first_edges(rows, read);
  impl_->choose_modifications(comm.all_gather_v(std::span<const FirstEdge>(found)));
}

template <bool with_weights>
void EdgeResolver::convert(const io::EdgeSlab& slab, std::vector<ResolvedEdge>& edges) const {
  const auto& impl = *impl_;
  edges.resize(slab.size());
  const auto own_ports = impl.receptors.of(slab);
  const double* given = slab.syn_weight ? slab.syn_weight->values.data() : nullptr;
  for (std::size_t i = 0; i < slab.size(); ++i) {
    const auto row = slab.first + i;
    const auto type = impl.type_lookup.find(slab.type_id[i]);
    if (type == none)
      throw io::rules::unknown_edge_type(slab.type_id[i], impl.place(row, "edge_type_id"), impl.type_file);
    const CompactType& compact = impl.compact[type];
    const auto source = impl.node(impl.sources, slab.source_id[i], row, "source_node_id");
    const auto target = impl.node(impl.targets, slab.target_id[i], row, "target_node_id");
    double weight = 0;
    if constexpr (with_weights) {
      weight = given != nullptr && !std::isnan(given[i]) ? given[i] : compact.weight;
      if (!compact.weight_as_given || std::isnan(weight)) [[unlikely]]
        weight = impl.weight(slab, i, impl.types[type], source, target);
    }
    if (!std::isfinite(weight)) [[unlikely]]
      throw FormatError("weight {} of {} (type {}; must be finite, NEST would take 1 pA for NaN)", weight,
                        impl.place(row, "syn_weight"), slab.type_id[i]);
    const bool own_delay = slab.delay.has_value() || compact.delay == 0;
    const auto port = own_ports.empty() || own_ports[i] == no_port ? compact.port : own_ports[i];
    if (port == no_port) [[unlikely]]
      impl.fail_absent("dynamics_params", row, impl.types[type]);
    edges[i] = {.source = source,
                .target = target,
                .weight = weight,
                .delay = own_delay ? impl.delay(slab, i, type) : compact.delay,
                .port = port};
  }
}

std::vector<ResolvedEdge> EdgeResolver::resolve(const io::EdgeSlab& slab) const {
  std::vector<ResolvedEdge> edges;
  convert<true>(slab, edges);
  return edges;
}

void EdgeResolver::resolve(const io::EdgeSlab& slab, std::vector<ResolvedEdge>& edges) const {
  convert<true>(slab, edges);
}

void EdgeResolver::resolve_without_weights(const io::EdgeSlab& slab, std::vector<ResolvedEdge>& edges) const {
  convert<false>(slab, edges);
}

}  // namespace striate::engine
