// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/edges/weight_rules.hpp"

#include <utility>

#include "core/errors/error.hpp"

namespace striate::engine {
namespace {

using core::ConfigError;

constexpr std::pair<std::string_view, WeightFunction> weight_functions[] = {
    {"weight_function_recurrent", WeightFunction::modifiable},
    {"weight_function_lgn", WeightFunction::modifiable},
    {"weight_function_bkg", WeightFunction::modifiable},
    {"ConstantMultiplier_LGN", WeightFunction::constant_multiplier},
    {"ConstantMultiplier_BKG", WeightFunction::constant_multiplier},
    {"DirectionRule_others", WeightFunction::direction_rule},
    {"DirectionRule_EE", WeightFunction::direction_rule_ee},
    {"default_weight_fnc", WeightFunction::per_synapse},
    {"set_syn_weight", WeightFunction::per_synapse},
    {"wmax", WeightFunction::per_synapse},
};

std::string place(const io::TypeTable& types, std::size_t row, std::string_view column) {
  return fmt::format("{}, edge_type_id {}, column {}", types.path(), types.ids()[row], column);
}

WeightFunction weight_function_of(const io::TypeTable& types, std::size_t row) {
  const auto name = types.text(row, "weight_function");
  if (!name) return WeightFunction::none;
  std::string known;
  for (const auto& [candidate, function] : weight_functions) {
    if (candidate == *name) return function;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", candidate);
  }
  throw ConfigError("unknown weight function \"{}\" in {} (known: {})", *name,
                    place(types, row, "weight_function"), known);
}

void check_model(const io::TypeTable& types, std::size_t row, const OwnColumns& own) {
  const auto where = place(types, row, "model_template");
  const auto given = types.text(row, "model_template");
  if (!given && own.model_template) return;
  if (!given) throw ConfigError("missing synapse model in {} (must be static_synapse)", where);
  require_static_synapse(*given, where);
}

std::uint16_t port_of(const io::TypeTable& types, std::size_t row, const OwnColumns& own,
                      ReceptorPorts& ports) {
  const auto where = place(types, row, "dynamics_params");
  const auto name = types.text(row, "dynamics_params");
  if (name) return ports.find(std::string(*name), where);
  if (own.receptor) return no_port;
  throw ConfigError("missing dynamics_params in {} (a file with the receptor_type)", where);
}

}  // namespace

void require_static_synapse(std::string_view model_template, const std::string& where) {
  constexpr std::string_view prefix = "nest:";
  const auto model =
      model_template.starts_with(prefix) ? model_template.substr(prefix.size()) : model_template;
  if (model != "static_synapse")
    throw ConfigError("unsupported synapse model \"{}\" in {} (must be static_synapse)", model_template,
                      where);
}

namespace {

bool needs_sigma(WeightFunction function) {
  return function == WeightFunction::direction_rule || function == WeightFunction::direction_rule_ee;
}

/// Only where it is used: other types carry lists such as "[0.0, 150.0]" in this column.
double sigma_of(const io::TypeTable& types, std::size_t row) {
  const auto sigma = types.number(row, "weight_sigma");
  if (!sigma || !(*sigma > 0.0))
    throw ConfigError("{} in {} (the direction rules need a positive width in degrees)",
                      sigma ? "invalid weight_sigma" : "missing weight_sigma",
                      place(types, row, "weight_sigma"));
  return *sigma;
}

EdgeType read_edge_type(const io::TypeTable& types, std::size_t row, const OwnColumns& own,
                        ReceptorPorts& ports) {
  EdgeType type;
  type.id = types.ids()[row];
  check_model(types, row, own);
  type.weight_function = weight_function_of(types, row);
  type.port = port_of(types, row, own, ports);
  type.syn_weight = types.number(row, "syn_weight");
  type.delay_ms = types.number(row, "delay");
  type.nsyns = types.number(row, "nsyns");
  type.lacks_delay = !type.delay_ms && types.has_column("delay");
  type.lacks_nsyns = !type.nsyns && types.has_column("nsyns");
  if (needs_sigma(type.weight_function)) type.weight_sigma = sigma_of(types, row);
  return type;
}

}  // namespace

std::vector<EdgeType> read_edge_types(const io::TypeTable& types, ReceptorPorts ports, const OwnColumns& own,
                                      core::Problems* problems) {
  std::vector<EdgeType> result;
  result.reserve(types.size());
  for (std::size_t row = 0; row < types.size(); ++row)
    core::attempt(problems, [&] { result.push_back(read_edge_type(types, row, own, ports)); });
  return result;
}

}  // namespace striate::engine
