// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/filters/lgn_cells.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/error.hpp"

namespace striate::lgn {
namespace {

constexpr double largest_degrees = 10'000;  // positions and sizes beyond this are no visual field

/// Looks columns up once and answers node by node, with errors that name file, node and column.
class NodeReader {
 public:
  explicit NodeReader(const io::NodePopulation& nodes) : nodes_(nodes) {}

  std::string where(std::size_t node) const {
    return fmt::format("node {} of {}:/nodes/{}", nodes_.node_id[node], nodes_.nodes_file, nodes_.name);
  }

  /// The value of the first of `names` that exists for this node and is a number.
  std::optional<double> find(std::size_t node, std::initializer_list<const char*> names) {
    for (const char* name : names) {
      const auto* values = column(name);
      if (values != nullptr && !std::isnan((*values)[node])) return (*values)[node];
    }
    return std::nullopt;
  }

  bool has(const char* name) { return column(name) != nullptr; }

  double require(std::size_t node, std::initializer_list<const char*> names) {
    const auto value = find(node, names);
    if (!value)
      throw core::FormatError("no {} for {} (every LGN cell of its class needs one)", *names.begin(),
                              where(node));
    if (!std::isfinite(*value) || std::abs(*value) > largest_degrees)
      throw core::FormatError("invalid {} = {} for {} (must be finite, at most {} in size)", *names.begin(),
                              *value, where(node), largest_degrees);
    return *value;
  }

 private:
  const std::vector<double>* column(const std::string& name) {
    const auto known = columns_.find(name);
    if (known != columns_.end()) return known->second ? &*known->second : nullptr;
    auto& slot = columns_[name];
    if (auto found = nodes_.column(name)) {
      if (auto* numbers = std::get_if<std::vector<double>>(&*found))
        slot = std::move(*numbers);
      else
        throw core::FormatError("column {} of {}:/nodes/{} holds text (numbers are needed)", name,
                                nodes_.nodes_file, nodes_.name);
    }
    return slot ? &*slot : nullptr;
  }

  const io::NodePopulation& nodes_;
  std::unordered_map<std::string, std::optional<std::vector<double>>> columns_;
};

TemporalParameters dominant_temporal(NodeReader& reader, std::size_t node) {
  return {.weight = {reader.require(node, {"weight_dom_0"}), reader.require(node, {"weight_dom_1"})},
          .kpeak_ms = {reader.require(node, {"kpeaks_dom_0"}), reader.require(node, {"kpeaks_dom_1"})},
          .delay_ms = {reader.require(node, {"delay_dom_0"}), reader.require(node, {"delay_dom_1"})}};
}

TemporalParameters non_dominant_temporal(NodeReader& reader, std::size_t node) {
  return {
      .weight = {reader.require(node, {"weight_non_dom_0"}), reader.require(node, {"weight_non_dom_1"})},
      .kpeak_ms = {reader.require(node, {"kpeaks_non_dom_0"}), reader.require(node, {"kpeaks_non_dom_1"})},
      .delay_ms = {reader.require(node, {"delay_non_dom_0"}), reader.require(node, {"delay_non_dom_1"})}};
}

void check_temporal(const TemporalParameters& temporal, const NodeReader& reader, std::size_t node,
                    const char* subfield) {
  const auto problem = temporal_problem(temporal);
  if (!problem.empty())
    throw core::FormatError("invalid temporal filter ({} sub-unit) of {} ({})", subfield, reader.where(node),
                            problem);
}

/// Standard deviation: a third of the field's size.
double sigma_deg(NodeReader& reader, std::size_t node) {
  const auto size = reader.find(node, {"spatial_size", "sigma"});
  if (!size && (reader.has("spatial_size") || reader.has("sigma")))
    throw core::FormatError("no spatial_size for {} (other cells have one)", reader.where(node));
  if (!size) return 1.0 / 3;  // BMTK's default: a field of 1 degree
  if (!(*size > 0) || !(*size <= largest_degrees))
    throw core::FormatError("invalid spatial_size = {} for {} (must be positive, at most {} degrees)", *size,
                            reader.where(node), largest_degrees);
  return *size / 3;
}

SubUnit located_unit(NodeReader& reader, std::size_t node) {
  const auto rotation = reader.find(node, {"spatial_rotation"});
  if (rotation && *rotation != 0)
    throw core::FormatError("spatial_rotation = {} for {} (rotated fields are not supported) remove it",
                            *rotation, reader.where(node));
  SubUnit unit;
  unit.x_deg = reader.require(node, {"x"});
  unit.y_deg = reader.require(node, {"y"});
  unit.sigma_deg = sigma_deg(reader, node);
  return unit;
}

SubUnit single_unit(NodeReader& reader, std::size_t node, const std::string& class_name) {
  const bool on = class_name.find("ON") != std::string::npos;
  if (!on && class_name.find("OFF") == std::string::npos)
    throw core::FormatError("unknown LGN class '{}' of {} (its name has neither ON nor OFF)", class_name,
                            reader.where(node));
  SubUnit unit = located_unit(reader, node);
  unit.amplitude = on ? 1 : -1;
  const auto own_rate = reader.find(node, {"spont_fr"});
  const auto rate = own_rate ? own_rate : spontaneous_rate_hz(class_name);
  if (!rate)
    throw core::FormatError("no spontaneous rate is known for LGN class '{}' of {} add a spont_fr attribute",
                            class_name, reader.where(node));
  if (!std::isfinite(*rate) || *rate < 0)
    throw core::FormatError("invalid spont_fr = {} for {} (a rate cannot be negative)", *rate,
                            reader.where(node));
  unit.baseline_hz = *rate;
  unit.temporal = dominant_temporal(reader, node);
  check_temporal(unit.temporal, reader, node, "only");
  return unit;
}

void append_subfields(NodeReader& reader, std::size_t node, const TwoSubfieldClass& model,
                      std::vector<SubUnit>& units) {
  SubUnit off = located_unit(reader, node);
  SubUnit on = off;
  const double angle_rad = reader.require(node, {"tuning_angle"}) * std::numbers::pi / 180;
  const double separation_deg = reader.require(node, {"sf_sep"});
  on.x_deg += separation_deg * std::cos(angle_rad);
  on.y_deg += separation_deg * std::sin(angle_rad);
  off.temporal = dominant_temporal(reader, node);
  on.temporal = non_dominant_temporal(reader, node);
  check_temporal(off.temporal, reader, node, "dominant");
  check_temporal(on.temporal, reader, node, "non-dominant");
  balance_subfields(model, off, on, reader.where(node));
  units.push_back(off);
  units.push_back(on);
}

/// "lgnmodel:NAME" of the model_template column, else pop_name.
std::string class_of(const io::NodePopulation& nodes, std::size_t node, const NodeReader& reader) {
  if (const auto model = nodes.text(node, "model_template")) {
    const auto colon = model->find(':');
    return colon == std::string::npos ? *model : model->substr(colon + 1);
  }
  const auto name = nodes.text(node, "pop_name");
  if (!name)
    throw core::FormatError("no pop_name for {} (it says which LGN class a cell has)", reader.where(node));
  return *name;
}

std::uint32_t class_index(std::vector<std::string>& classes, const std::string& name) {
  const auto found = std::ranges::find(classes, name);
  if (found == classes.end()) classes.push_back(name);
  return static_cast<std::uint32_t>(std::ranges::find(classes, name) - classes.begin());
}

}  // namespace

Cells make_cells(const io::NodePopulation& nodes) {
  Cells result{.population = nodes.name, .classes = {}, .cells = {}, .units = {}};
  std::vector<std::size_t> order(nodes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t node) { return nodes.node_id[node]; });
  NodeReader reader(nodes);
  for (const std::size_t node : order) {
    const std::string name = class_of(nodes, node, reader);
    Cell cell{.node_id = nodes.node_id[node],
              .first_unit = static_cast<std::uint32_t>(result.units.size()),
              .unit_count = 1,
              .class_index = class_index(result.classes, name)};
    if (const auto model = two_subfield_class(name)) {
      append_subfields(reader, node, *model, result.units);
      cell.unit_count = 2;
    } else {
      result.units.push_back(single_unit(reader, node, name));
    }
    result.cells.push_back(cell);
  }
  return result;
}

}  // namespace striate::lgn
