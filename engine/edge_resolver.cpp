// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <unordered_map>

#include "core/error.hpp"
#include "engine/weights.hpp"
#include "io/h5.hpp"

namespace striate::engine {
namespace {

using core::ConfigError;
using core::FormatError;

// NEST's defaults, which NaN in an array asks for.
constexpr double default_weight_pA = 1.0;
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

/// Node attributes that the direction rules compare. Angles in degrees, positions in µm.
struct DirectionColumns {
  std::vector<double> tuning_angle, x, z;
};

std::vector<double> numeric_column(const io::NodePopulation& nodes, const std::string& key) {
  auto column = nodes.column(key);
  if (!column || !std::holds_alternative<std::vector<double>>(*column))
    throw FormatError(
        "{} number \"{}\" for population {} in {} (a direction rule of the edge types needs it)",
        column ? "text instead of a" : "missing", key, nodes.name, nodes.nodes_file);
  auto values = std::get<std::vector<double>>(std::move(*column));
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      throw FormatError("invalid {}={} of node {} of population {} in {} (a direction rule needs it)", key,
                        values[i], nodes.node_id[i], nodes.name, nodes.nodes_file);
  return values;
}

/// Angle between two directions, 0..180 degrees.
double angle_between(double a, double b) {
  return std::abs(std::abs(std::fmod(std::abs(a - b), 360.0) - 180.0) - 180.0);
}

/// Like-to-like factor for excitatory pairs by the phase of their receptive fields: Gaussian in the distance
/// along the target's preferred direction, with the two axes of the visual field scaled (Billeh et al. 2020).
double phase_factor(const DirectionColumns& sources, std::uint32_t source, const DirectionColumns& targets,
                    std::uint32_t target) {
  const double angle = targets.tuning_angle[target];
  const double radians = angle * (std::numbers::pi / 180.0);
  const double dx = (targets.x[target] - sources.x[source]) * 0.07;
  const double dz = (targets.z[target] - sources.z[source]) * 0.04;
  const double distance = dx * std::cos(radians) + dz * std::sin(radians);
  const double tilt = std::abs(std::abs(std::abs(180.0 - std::fmod(std::abs(angle), 360.0)) - 90.0) - 90.0);
  return std::exp(-(distance * distance / 2.0)) * (5.5 / 4.0 - 11.0 / 1680.0 * tilt);
}

double apply(const ModfileRow& row, double weight) {
  switch (row.operation) {
    case '*':
      return weight * row.value;
    case '+':
      return weight + row.value;
    case '-':
      return weight - row.value;
    default:
      return weight / row.value;
  }
}

/// First edge of a type, as ranks tell each other.
struct FirstEdge {
  std::uint64_t type, row, source_id, target_id;
};

/// True when an edge population has a single attribute group: a NaN in it is then a stored value.
bool has_single_group(const io::EdgePopulation& edges) {
  const auto file = io::h5::File::open(edges.file());
  const auto names = io::h5::children(file, "/edges/" + edges.name());
  return std::ranges::count_if(names, [](const std::string& name) {
           return std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
         }) <= 1;
}

}  // namespace

struct EdgeResolver::Impl {
  const io::EdgePopulation& edges;
  std::vector<EdgeType> types;
  std::vector<core::Step> type_delay;  // steps, not yet checked: only types that edges use must be valid
  std::vector<ModfileRow> modfile;
  TimeGrid grid;
  TypeLookup type_lookup;
  NodeLookup sources, targets;
  DirectionColumns source_columns, target_columns;
  bool single_group;
  bool float_weights;
  std::filesystem::path type_file;  // for messages

  Impl(const io::EdgePopulation& edges_, std::vector<EdgeType> types_, const io::NodePopulation& sources_,
       const io::NodePopulation& targets_, const TimeGrid& grid_, std::span<const ModfileRow> modfile_)
      : edges(edges_),
        types(std::move(types_)),
        modfile(modfile_.begin(), modfile_.end()),
        grid(grid_),
        type_lookup(types),
        sources(sources_),
        targets(targets_),
        single_group(has_single_group(edges_)),
        float_weights(edges_.weight_is_float32()) {
    for (const auto& type : types)
      type_delay.push_back(grid.delay_steps(type.delay_ms.value_or(default_delay_ms)));
    read_direction_columns();
  }

  void read_direction_columns() {
    const auto used = [&](WeightFunction function) {
      return std::ranges::find(types, function, &EdgeType::weight_function) != types.end();
    };
    const bool phase = used(WeightFunction::direction_rule_ee);
    if (!phase && !used(WeightFunction::direction_rule)) return;
    const auto read = [&](const io::NodePopulation& nodes) {
      DirectionColumns columns;
      columns.tuning_angle = numeric_column(nodes, "tuning_angle");
      if (phase) columns.x = numeric_column(nodes, "x"), columns.z = numeric_column(nodes, "z");
      return columns;
    };
    source_columns = read(sources.nodes());
    target_columns = read(targets.nodes());
  }

  std::string place(std::uint64_t row, std::string_view attribute) const {
    return fmt::format("{}:/edges/{}/{} row {}", edges.file(), edges.name(), attribute, row);
  }

  std::uint32_t node(const NodeLookup& lookup, std::uint64_t id, std::uint64_t row,
                     std::string_view end) const {
    const auto index = lookup.find(id);
    if (index == none)
      throw FormatError("unknown node {} in {} (population {} has {} nodes and not this one)", id,
                        place(row, end), lookup.nodes().name, lookup.nodes().size());
    return index;
  }

  /// h5 over CSV. In a file with several groups NaN marks rows whose group lacks the attribute.
  std::optional<double> pick(const std::optional<io::EdgeColumn>& column, std::size_t i,
                             const std::optional<double>& csv) const {
    if (column && (single_group || !std::isnan(column->values[i]))) return column->values[i];
    return csv;
  }

  double modified(const EdgeType& type, double weight, bool in_float) const {
    for (const auto index : type.modifications) {
      weight = apply(modfile[index], weight);
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
      return modified(type, *given, from_file && float_weights);
    }
    if (type.weight_function == WeightFunction::constant_multiplier) return *given;
    const auto nsyns = pick(slab.nsyns, i, type.nsyns);
    switch (type.weight_function) {
      case WeightFunction::per_synapse:
        if (!nsyns)
          throw FormatError("missing nsyns for {} (the weight function of type {} multiplies by it)",
                            place(slab.first + i, "nsyns"), type.id);
        return *given * *nsyns;
      case WeightFunction::direction_rule:
        return *given * tuning_factor(type, source, target) * nsyns.value_or(1.0);
      case WeightFunction::direction_rule_ee:
        return *given * tuning_factor(type, source, target) *
               phase_factor(source_columns, source, target_columns, target) * nsyns.value_or(1.0);
      default:
        return nsyns.value_or(1.0) * *given;
    }
  }

  double tuning_factor(const EdgeType& type, std::uint32_t source, std::uint32_t target) const {
    const double ratio =
        angle_between(target_columns.tuning_angle[target], source_columns.tuning_angle[source]) /
        *type.weight_sigma;
    return std::exp(-(ratio * ratio));
  }

  std::uint16_t delay(const io::EdgeSlab& slab, std::size_t i, std::uint32_t type) const {
    core::Step steps = type_delay[type];
    if (slab.delay) {
      const double value = pick(slab.delay, i, types[type].delay_ms).value_or(default_delay_ms);
      steps = std::isnan(value) ? grid.delay_steps(default_delay_ms) : grid.delay_steps(value);
    }
    if (steps < 1 || steps > most_delay_steps)
      throw FormatError("invalid delay of {} (type {}: {} steps of {} ms, must be 1..{})",
                        place(slab.first + i, "delay"), types[type].id, steps, grid.dt_ms, most_delay_steps);
    return static_cast<std::uint16_t>(steps);
  }

  bool is_modifiable(std::uint32_t type) const {
    return types[type].weight_function == WeightFunction::modifiable;
  }

  std::vector<FirstEdge> first_edges(std::uint64_t first, std::uint64_t end) const;
  void choose_modifications(const FirstEdge& edge);
};

/// First edges of the types that the modfile can change, among rows [first, end). Types are read for all
/// rows, ends only where a type turns up for the first time.
std::vector<FirstEdge> EdgeResolver::Impl::first_edges(std::uint64_t first, std::uint64_t end) const {
  std::vector<bool> seen(types.size(), false);
  auto missing = std::ranges::count(types, WeightFunction::modifiable, &EdgeType::weight_function);
  const auto file = io::h5::File::open(edges.file());
  const auto dataset = "/edges/" + edges.name() + "/edge_type_id";
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
    const auto ends = edges.read_ends(first, count);
    for (auto i = old_size; i < result.size(); ++i) {
      result[i].source_id = ends.source_id[result[i].row - first];
      result[i].target_id = ends.target_id[result[i].row - first];
    }
  }
  return result;
}

void EdgeResolver::Impl::choose_modifications(const FirstEdge& edge) {
  const auto source = node(sources, edge.source_id, edge.row, "source_node_id");
  const auto target = node(targets, edge.target_id, edge.row, "target_node_id");
  auto& chosen = types[edge.type].modifications;
  chosen.clear();
  for (std::uint32_t i = 0; i < modfile.size(); ++i) {
    const auto& row = modfile[i];
    const auto source_text = sources.nodes().text(source, row.source_property);
    const auto target_text = targets.nodes().text(target, row.target_property);
    if (source_text && target_text && source_text->find(row.source_substring) != std::string::npos &&
        target_text->find(row.target_substring) != std::string::npos)
      chosen.push_back(i);
  }
}

EdgeResolver::EdgeResolver(const io::EdgePopulation& edges, const io::TypeTable& type_table,
                           std::vector<EdgeType> types, const io::NodePopulation& sources,
                           const io::NodePopulation& targets, const TimeGrid& grid,
                           std::span<const ModfileRow> modfile)
    : impl_(std::make_shared<Impl>(edges, std::move(types), sources, targets, grid, modfile)) {
  impl_->type_file = type_table.path();
}

namespace {

/// A misspelt property would silently match nothing.
void require_property(const io::NodePopulation& nodes, const std::string& property) {
  if (!nodes.column(property))
    throw ConfigError("unknown property \"{}\" in the modfile (population {} in {} has no such column)",
                      property, nodes.name, nodes.nodes_file);
}

}  // namespace

void EdgeResolver::find_modifications(const core::Comm& comm) {
  auto& impl = *impl_;
  if (impl.modfile.empty() || std::ranges::find(impl.types, WeightFunction::modifiable,
                                                &EdgeType::weight_function) == impl.types.end())
    return;
  std::set<std::string> source_properties, target_properties;
  for (const auto& row : impl.modfile) {
    source_properties.insert(row.source_property);
    target_properties.insert(row.target_property);
  }
  for (const auto& property : source_properties) require_property(impl.sources.nodes(), property);
  for (const auto& property : target_properties) require_property(impl.targets.nodes(), property);

  const auto share = core::contiguous_share(impl.edges.size(), comm.rank(), comm.size());
  const auto found = impl.first_edges(share.first, share.end);
  std::vector<bool> done(impl.types.size(), false);
  // Shares are in rank order, so the first entry of a type is its first edge in the file.
  for (const auto& edge : comm.all_gather_v(std::span<const FirstEdge>(found))) {
    if (done[edge.type]) continue;
    done[edge.type] = true;
    impl.choose_modifications(edge);
  }
}

std::vector<ResolvedEdge> EdgeResolver::resolve(const io::EdgeSlab& slab) const {
  const auto& impl = *impl_;
  std::vector<ResolvedEdge> result;
  result.reserve(slab.size());
  for (std::size_t i = 0; i < slab.size(); ++i) {
    const auto row = slab.first + i;
    const auto type = impl.type_lookup.find(slab.type_id[i]);
    if (type == none)
      throw FormatError("unknown edge type {} in {} ({} has no such row)", slab.type_id[i],
                        impl.place(row, "edge_type_id"), impl.type_file);
    const auto source = impl.node(impl.sources, slab.source_id[i], row, "source_node_id");
    const auto target = impl.node(impl.targets, slab.target_id[i], row, "target_node_id");
    double weight = impl.weight(slab, i, impl.types[type], source, target);
    if (std::isnan(weight)) weight = default_weight_pA;
    if (!std::isfinite(weight))
      throw FormatError("infinite weight of {} (type {})", impl.place(row, "syn_weight"), slab.type_id[i]);
    result.push_back({.source = source,
                      .target = target,
                      .weight = weight,
                      .delay = impl.delay(slab, i, type),
                      .port = impl.types[type].port});
  }
  return result;
}

}  // namespace striate::engine
