// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/filters/lgn_cells.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "io/sonata/node_texts.hpp"
#include "lgn/filters/filter_model.hpp"

namespace striate::lgn {
namespace {

constexpr double largest_degrees = 10'000;  // positions and sizes beyond this are no visual field

/// Looks columns up once and answers node by node, with errors that name file, node and column.
class NodeReader {
 public:
  explicit NodeReader(const io::NodePopulation& nodes)
      : nodes_(nodes), dynamics_params_(nodes, "dynamics_params") {}

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

  /// The file that dynamics_params names for this node, read once for all nodes that share it.
  const FilterModel* model(std::uint32_t node, const std::optional<std::filesystem::path>& folder) {
    const auto name = dynamics_params_.of(node);
    if (!name) return nullptr;
    if (!folder)
      throw core::FormatError(
          "dynamics_params = {} for {} (the configuration has no components.filter_models_dir) add it", *name,
          where(node));
    const auto known = models_.find(*name);
    return known != models_.end() ? &known->second
                                  : &models_.emplace(*name, read_filter_model(*folder / *name)).first->second;
  }

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
  io::NodeTexts dynamics_params_;
  std::unordered_map<std::string, std::optional<std::vector<double>>> columns_;
  std::unordered_map<std::string, FilterModel> models_;
};

/// From the node's columns, else from its file.
TemporalParameters dominant_temporal(NodeReader& reader, std::size_t node, const FilterModel* model) {
  const bool in_columns = reader.find(node, {"weight_dom_0"}).has_value();
  if (!in_columns && model != nullptr && model->temporal) return *model->temporal;
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
double sigma_deg(NodeReader& reader, std::size_t node, const FilterModel* model) {
  auto size = reader.find(node, {"spatial_size", "sigma"});
  if (!size && model != nullptr) size = model->spatial_size_deg;
  if (!size && (reader.has("spatial_size") || reader.has("sigma")))
    throw core::FormatError("no spatial_size for {} (other cells have one)", reader.where(node));
  if (!size) return 1.0 / 3;  // BMTK's default: a field of 1 degree
  if (!(*size > 0) || !(*size <= largest_degrees))
    throw core::FormatError("invalid spatial_size = {} for {} (must be positive, at most {} degrees)", *size,
                            reader.where(node), largest_degrees);
  return *size / 3;
}

SubUnit located_unit(NodeReader& reader, std::size_t node, const FilterModel* model) {
  const auto rotation = reader.find(node, {"spatial_rotation"});
  if (rotation && *rotation != 0)
    throw core::FormatError("spatial_rotation = {} for {} (rotated fields are not supported) remove it",
                            *rotation, reader.where(node));
  SubUnit unit;
  unit.x_deg = reader.require(node, {"x"});
  unit.y_deg = reader.require(node, {"y"});
  unit.sigma_deg = sigma_deg(reader, node, model);
  return unit;
}

SubUnit single_unit(NodeReader& reader, std::size_t node, const std::string& class_name,
                    const FilterModel* model) {
  const bool on = class_name.find("ON") != std::string::npos;
  if (!on && class_name.find("OFF") == std::string::npos)
    throw core::FormatError("unknown LGN class '{}' of {} (its name has neither ON nor OFF)", class_name,
                            reader.where(node));
  SubUnit unit = located_unit(reader, node, model);
  unit.amplitude = on ? 1 : -1;
  auto own_rate = reader.find(node, {"spont_fr"});
  if (!own_rate && model != nullptr) own_rate = model->spontaneous_hz;
  const auto rate = own_rate ? own_rate : spontaneous_rate_hz(class_name);
  if (!rate)
    throw core::FormatError("no spontaneous rate is known for LGN class '{}' of {} add a spont_fr attribute",
                            class_name, reader.where(node));
  if (!std::isfinite(*rate) || *rate < 0)
    throw core::FormatError("invalid spont_fr = {} for {} (a rate cannot be negative)", *rate,
                            reader.where(node));
  unit.baseline_hz = *rate;
  unit.temporal = dominant_temporal(reader, node, model);
  check_temporal(unit.temporal, reader, node, "only");
  return unit;
}

/// Their two kernels stand in columns only: a file has one.
void append_subfields(NodeReader& reader, std::size_t node, const TwoSubfieldClass& model,
                      std::vector<SubUnit>& units) {
  SubUnit off = located_unit(reader, node, nullptr);
  SubUnit on = off;
  const double angle_rad = reader.require(node, {"tuning_angle"}) * std::numbers::pi / 180;
  const double separation_deg = reader.require(node, {"sf_sep"});
  on.x_deg += separation_deg * std::cos(angle_rad);
  on.y_deg += separation_deg * std::sin(angle_rad);
  off.temporal = dominant_temporal(reader, node, nullptr);
  on.temporal = non_dominant_temporal(reader, node);
  check_temporal(off.temporal, reader, node, "dominant");
  check_temporal(on.temporal, reader, node, "non-dominant");
  balance_subfields(model, off, on, reader.where(node));
  units.push_back(off);
  units.push_back(on);
}

/// "lgnmodel:NAME" of the model_template column, else pop_name; a node's own before its type's.
class ClassNames {
 public:
  explicit ClassNames(const io::NodePopulation& nodes)
      : model_template_(nodes, "model_template"), pop_name_(nodes, "pop_name") {}

  std::string of(std::uint32_t node, const NodeReader& reader) const {
    if (const auto model = model_template_.of(node)) {
      const auto colon = model->find(':');
      return colon == std::string::npos ? *model : model->substr(colon + 1);
    }
    const auto name = pop_name_.of(node);
    if (!name)
      throw core::FormatError("no pop_name for {} (it says which LGN class a cell has)", reader.where(node));
    return *name;
  }

 private:
  io::NodeTexts model_template_, pop_name_;
};

/// Kernels stand in columns; values that would be passed over are refused.
void refuse_parameters(const io::NodePopulation& nodes) {
  for (const auto& group : nodes.groups)
    if (!group.parameters.empty())
      throw core::FormatError(
          "{}:{}/dynamics_params/{} holds values of single cells (kernels of LGN cells are columns of {}) "
          "move "
          "it there",
          nodes.nodes_file, group.path, group.parameters.front(), group.path);
}

/// Columns that BMTK's loader uses and this one does not.
void warn_of_ignored(NodeReader& reader, const io::NodePopulation& nodes) {
  for (const char* name : {"jitter_lower", "jitter_upper"})
    if (reader.has(name))
      core::log::warning("column {} of {}:/nodes/{} is ignored (kernels are taken as they stand)", name,
                         nodes.nodes_file, nodes.name);
  for (const char* name :
       {"weights", "opt_wts", "weights_dom", "kpeaks", "opt_kpeaks", "delays", "opt_delays"})
    if (nodes.has_attribute(name))
      throw core::FormatError(
          "unsupported column {} of {}:/nodes/{} (kernels as one column of pairs are not read) write two "
          "columns such as weight_dom_0, weight_dom_1",
          name, nodes.nodes_file, nodes.name);
}

std::uint32_t class_index(std::vector<std::string>& classes, const std::string& name) {
  const auto found = std::ranges::find(classes, name);
  if (found == classes.end()) classes.push_back(name);
  return static_cast<std::uint32_t>(std::ranges::find(classes, name) - classes.begin());
}

}  // namespace

Cells make_cells(const io::NodePopulation& nodes,
                 const std::optional<std::filesystem::path>& filter_models_dir) {
  Cells result{.population = nodes.name, .classes = {}, .cells = {}, .units = {}};
  std::vector<std::uint32_t> order(nodes.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, {}, [&](std::uint32_t node) { return nodes.node_id[node]; });
  refuse_parameters(nodes);
  NodeReader reader(nodes);
  warn_of_ignored(reader, nodes);
  const ClassNames class_names(nodes);
  for (const std::uint32_t node : order) {
    const std::string name = class_names.of(node, reader);
    Cell cell{.node_id = nodes.node_id[node],
              .first_unit = static_cast<std::uint32_t>(result.units.size()),
              .unit_count = 1,
              .class_index = class_index(result.classes, name)};
    if (const auto model = two_subfield_class(name)) {
      append_subfields(reader, node, *model, result.units);
      cell.unit_count = 2;
    } else {
      result.units.push_back(single_unit(reader, node, name, reader.model(node, filter_models_dir)));
    }
    result.cells.push_back(cell);
  }
  return result;
}

std::optional<FieldOfView> field_of_view(const Cells& cells) {
  if (cells.cells.empty()) return std::nullopt;
  const auto& first = cells.units[cells.cells.front().first_unit];
  FieldOfView view{first.x_deg, first.x_deg, first.y_deg, first.y_deg};
  for (const Cell& cell : cells.cells) {
    const SubUnit& unit = cells.units[cell.first_unit];
    view = {std::min(view.x_low, unit.x_deg), std::max(view.x_high, unit.x_deg),
            std::min(view.y_low, unit.y_deg), std::max(view.y_high, unit.y_deg)};
  }
  return view;
}

std::string describe(const Cells& cells, const FieldOfView& view, const Screen& screen) {
  const double width_deg = static_cast<double>(screen.columns - 1) * screen.column_pitch_deg,
               height_deg = static_cast<double>(screen.rows - 1) * screen.row_pitch_deg;
  return fmt::format(
      "{} cells cover x {:.1f} to {:.1f}, y {:.1f} to {:.1f} degrees of the {:g} x {:g} degree screen",
      cells.population, view.x_low, view.x_high, view.y_low, view.y_high, width_deg, height_deg);
}

}  // namespace striate::lgn
