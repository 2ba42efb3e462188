// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/node_models.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "io/sonata/node_texts.hpp"
#include "io/text/json.hpp"

namespace striate::engine {
namespace {

bool is_virtual(const std::string& model_type, const std::string& where) {
  if (model_type == "virtual" || model_type == "lgnmodel") return true;
  if (model_type == "point_process" || model_type == "point_neuron" || model_type == "point_soma")
    return false;
  throw core::ConfigError(
      "unsupported model_type '{}' of {} (Striate simulates point_process and virtual nodes)", model_type,
      where);
}

/// A text that no other list of parts gives.
void append(std::string& key, std::string_view part) {
  key += std::to_string(part.size());
  key += ':';
  key += part;
}

std::string key_of(const std::string& parameters, const std::string& model_template,
                   std::span<const OwnParameter> own = {}) {
  std::string key;
  append(key, parameters);
  append(key, model_template);
  for (const auto& parameter : own) {
    append(key, parameter.name);
    append(key, {reinterpret_cast<const char*>(parameter.values.data()),
                 parameter.values.size() * sizeof(double)});
  }
  return key;
}

/// Single parameters of nodes, all groups.
class OwnParameters {
 public:
  explicit OwnParameters(const io::NodePopulation& nodes) : nodes_(nodes), tables_(nodes.groups.size()) {}

  bool exist() const {
    return std::ranges::any_of(nodes_.groups, [](const auto& group) { return !group.parameters.empty(); });
  }

  /// Reads the tables of a node's group when a neuron first asks for them.
  std::vector<OwnParameter> of(std::uint32_t node) {
    const auto* group = nodes_.group(node);
    if (group == nullptr || group->parameters.empty()) return {};
    auto& tables = tables_[static_cast<std::size_t>(group - nodes_.groups.data())];
    if (tables.empty())
      for (const auto& name : group->parameters) tables.push_back(io::read_parameter(nodes_, *group, name));
    std::vector<OwnParameter> own;
    const auto row = nodes_.row_in_group(node);
    for (std::size_t i = 0; i < tables.size(); ++i) {
      const auto first = tables[i].values.begin() + static_cast<std::ptrdiff_t>(row * tables[i].width);
      std::vector<double> values(first, first + static_cast<std::ptrdiff_t>(tables[i].width));
      auto where = fmt::format("{}:{}/dynamics_params/{} row {}", nodes_.nodes_file, group->path,
                               group->parameters[i], row);
      if (std::ranges::any_of(values, [](double value) { return !std::isfinite(value); }))
        throw core::FormatError(
            "{} holds {} (a parameter must be finite) put nodes without it into a group of "
            "their own",
            where, fmt::join(values, ", "));
      own.push_back({.name = group->parameters[i], .values = std::move(values), .where = std::move(where)});
    }
    return own;
  }

 private:
  const io::NodePopulation& nodes_;
  std::vector<std::vector<io::ParameterTable>> tables_;  ///< [group][parameter]
};

/// Answers node by node; nodes of one type are asked once where none has values of its own.
class NodeReader {
 public:
  NodeReader(const io::NodePopulation& population, CellModels& models)
      : population_(population),
        models_(models),
        model_type_(population, "model_type"),
        model_template_(population, "model_template"),
        parameters_(population, "dynamics_params"),
        own_(population),
        by_type_(!model_type_.has_own_values() && !model_template_.has_own_values() &&
                 !parameters_.has_own_values() && !own_.exist()) {}

  /// Nodes that share this are the same; nullopt: each for itself.
  std::optional<std::uint32_t> kind(std::uint32_t node) const {
    return by_type_ ? std::optional(population_.type_row[node]) : std::nullopt;
  }

  std::uint32_t model(std::uint32_t node) {
    const auto model_type = model_type_.of(node);
    if (!model_type) throw core::ConfigError("no model_type for {} (SONATA demands one)", where(node));
    if (is_virtual(*model_type, where(node))) return virtual_node;
    const auto model_template = model_template_.of(node);
    if (!model_template)
      throw core::ConfigError("no model_template for {} (for example nest:glif_psc_double_alpha)",
                              where(node));
    const auto parameters = parameters_.of(node);
    const auto own = own_.of(node);
    has_defaults_ = has_defaults_ || (!parameters && own.empty());
    return models_.find(parameters.value_or(""), *model_template, own, where(node));
  }

  /// Some neuron has no parameters at all.
  bool has_defaults() const { return has_defaults_; }

 private:
  const io::NodePopulation& population_;
  CellModels& models_;
  io::NodeTexts model_type_, model_template_, parameters_;
  OwnParameters own_;
  bool by_type_, has_defaults_ = false;

  std::string where(std::uint32_t node) const {
    if (by_type_)
      return fmt::format(
          "node type {} of population '{}' in {}", static_cast<std::int64_t>(population_.node_type_id(node)),
          population_.name,
          population_.types.path().empty() ? population_.nodes_file : population_.types.path());
    const auto* group = population_.group(node);
    return fmt::format("node {} of population '{}' ({}:{} row {})", population_.node_id[node],
                       population_.name, population_.nodes_file,
                       group == nullptr ? "/nodes/" + population_.name : group->path,
                       population_.row_in_group(node));
  }
};

/// Columns of a population of neurons that look as if they meant something here and do not.
void tell_unused(const io::NodePopulation& population, bool has_defaults, core::Problems* problems) {
  const auto columns = population.column_names();
  const auto tell = [&](std::string text) {
    if (problems != nullptr)
      problems->note(std::move(text));
    else
      core::log::warning("{}", text);
  };
  const auto place = fmt::format("{}:/nodes/{}", population.nodes_file, population.name);
  for (const auto& column : columns)
    if (is_glif_parameter(column))
      tell(
          fmt::format("column {} of {} changes no cell (single parameters belong into the group "
                      "dynamics_params) move it there",
                      column, place));
  if (std::ranges::find(columns, "model_processing") != columns.end()) {
    const io::NodeTexts hooks(population, "model_processing");
    for (std::uint32_t node = 0; node < population.size(); ++node)
      if (hooks.of(node)) {
        tell(fmt::format("{} = {} is ignored (Striate runs no Python on cells)", hooks.place(node),
                         *hooks.of(node)));
        break;
      }
  }
  if (has_defaults)
    tell(fmt::format("neurons of {} have no dynamics_params (they get NEST's default parameters){}", place,
                     core::did_you_mean("dynamics_params", columns)));
}

}  // namespace

const CellModel& CellModels::base(const std::string& parameters, const std::string& model_template,
                                  const std::string& where) {
  const auto key = key_of(parameters, model_template);
  const auto known = bases_.find(key);
  if (known != bases_.end()) return known->second;
  const auto label = "dynamics_params of " + where;
  auto model =
      io::is_json_text(parameters)
          ? CellModel{.label = label,
                      .parameters = glif_parameters(io::parse_json(parameters, label), model_template, label)}
          : read_(parameters, model_template, where);
  validate(model.parameters, model.label);
  return bases_.emplace(key, std::move(model)).first->second;
}

std::uint32_t CellModels::find(const std::string& parameters, const std::string& model_template,
                               std::span<const OwnParameter> own, const std::string& where) {
  const auto key = key_of(parameters, model_template, own);
  const auto known = index_.find(key);
  if (known != index_.end()) return known->second;
  CellModel model = base(parameters, model_template, where);
  if (!own.empty()) {
    model.label += fmt::format(" with parameters of {}", where);
    set_own_parameters(model.parameters, own, model_template, where);
  }
  models_.push_back(std::move(model));
  return index_.emplace(key, static_cast<std::uint32_t>(models_.size() - 1)).first->second;
}

std::vector<std::uint32_t> models_of_nodes(const io::NodePopulation& population, CellModels& models,
                                           core::Problems* problems) {
  std::vector<std::uint32_t> result(population.size(), virtual_node);
  NodeReader reader(population, models);
  std::unordered_map<std::uint32_t, std::uint32_t> model_of_kind;
  bool has_neurons = false;
  for (std::uint32_t node = 0; node < population.size(); ++node) {
    const auto kind = reader.kind(node);
    const auto known = kind ? model_of_kind.find(*kind) : model_of_kind.end();
    if (known != model_of_kind.end()) {
      result[node] = known->second;
    } else {
      core::attempt(problems, [&] { result[node] = reader.model(node); });
      if (kind) model_of_kind.emplace(*kind, result[node]);
    }
    has_neurons = has_neurons || result[node] != virtual_node;
  }
  if (has_neurons) tell_unused(population, reader.has_defaults(), problems);
  return result;
}

}  // namespace striate::engine
