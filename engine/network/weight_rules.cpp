// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/weight_rules.hpp"

#include <limits>
#include <map>
#include <utility>

#include "core/error.hpp"
#include "io/text/json.hpp"

namespace striate::engine {
namespace {

using core::ConfigError;

constexpr std::int64_t most_receptors = std::numeric_limits<std::uint16_t>::max();

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

void check_model(const io::TypeTable& types, std::size_t row) {
  const auto where = place(types, row, "model_template");
  const auto given = types.text(row, "model_template");
  if (!given) throw ConfigError("missing synapse model in {} (must be static_synapse)", where);
  constexpr std::string_view prefix = "nest:";
  const auto model = given->starts_with(prefix) ? given->substr(prefix.size()) : *given;
  if (model != "static_synapse")
    throw ConfigError("unsupported synapse model \"{}\" in {} (must be static_synapse)", *given, where);
}

}  // namespace

namespace {

std::uint16_t receptor_port(const io::Json& json, const std::filesystem::path& file) {
  const io::JsonSection section(json, file, "");
  const auto receptor = section.integer("receptor_type");
  if (!receptor)
    throw ConfigError("missing receptor_type in {} (it names the target's receptor, from 1)", file);
  if (*receptor < 1 || *receptor > most_receptors)
    throw ConfigError("invalid receptor_type={} in {} (must be 1..{})", *receptor, file, most_receptors);
  if (const auto unknown = section.unknown_keys(); !unknown.empty())
    throw ConfigError("unknown key in {}:/{} (a static_synapse file holds only receptor_type) remove it",
                      file, unknown.front());
  return static_cast<std::uint16_t>(*receptor - 1);
}

}  // namespace

std::uint16_t read_receptor_port(const std::filesystem::path& file) {
  return receptor_port(io::read_json(file), file);
}

namespace {

/// Ports by parameter file; files are shared by many types.
class PortReader {
 public:
  /// Reads the named file's port; `where` asked for it.
  using Read = std::function<std::uint16_t(const std::string& name, const std::string& where)>;
  explicit PortReader(Read read) : read_(std::move(read)) {}

  std::uint16_t port_of(const io::TypeTable& types, std::size_t row) {
    const auto where = place(types, row, "dynamics_params");
    const auto name = types.text(row, "dynamics_params");
    if (!name) throw ConfigError("missing dynamics_params in {} (a file with the receptor_type)", where);
    const auto known = port_by_name_.find(*name);
    if (known != port_by_name_.end()) return known->second;
    const std::string file(*name);
    return port_by_name_.emplace(file, read_(file, where)).first->second;
  }

 private:
  Read read_;
  std::map<std::string, std::uint16_t, std::less<>> port_by_name_;
};

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

EdgeType read_edge_type(const io::TypeTable& types, std::size_t row, PortReader& ports) {
  EdgeType type;
  type.id = types.ids()[row];
  check_model(types, row);
  type.weight_function = weight_function_of(types, row);
  type.port = ports.port_of(types, row);
  type.syn_weight = types.number(row, "syn_weight");
  type.delay_ms = types.number(row, "delay");
  type.nsyns = types.number(row, "nsyns");
  if (needs_sigma(type.weight_function)) type.weight_sigma = sigma_of(types, row);
  return type;
}

}  // namespace

namespace {

std::vector<EdgeType> read_all(const io::TypeTable& types, PortReader ports, core::Problems* problems) {
  std::vector<EdgeType> result;
  result.reserve(types.size());
  for (std::size_t row = 0; row < types.size(); ++row)
    core::attempt(problems, [&] { result.push_back(read_edge_type(types, row, ports)); });
  return result;
}

}  // namespace

std::vector<EdgeType> read_edge_types(const io::TypeTable& types,
                                      const std::filesystem::path& synaptic_models_dir,
                                      core::Problems* problems) {
  const auto read = [&](const std::string& name, const std::string& where) {
    const auto file = synaptic_models_dir / name;
    core::require_readable(file, where);
    return read_receptor_port(file);
  };
  return read_all(types, PortReader(read), problems);
}

std::vector<EdgeType> read_edge_types(const io::TypeTable& types, const ComponentTexts& synaptic_models) {
  const auto read = [&](const std::string& name, const std::string& where) {
    const auto text = synaptic_models.find(name);
    if (text == synaptic_models.end()) throw ConfigError("no synaptic model {} (of {})", name, where);
    return receptor_port(text->second, name);
  };
  return read_all(types, PortReader(read), nullptr);
}

}  // namespace striate::engine
