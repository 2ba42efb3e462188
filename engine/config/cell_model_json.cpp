// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/cell_model_json.hpp"

#include <cmath>
#include <variant>

#include "core/errors/error.hpp"
#include "engine/config/allen_glif.hpp"

namespace striate::engine {
namespace {

using core::ConfigError;

constexpr std::string_view glif_psc = "glif_psc", glif_psc_double_alpha = "glif_psc_double_alpha";

[[noreturn]] void fail_type(const std::string& where, const std::string& key, const io::Json& value,
                            std::string_view wanted) {
  throw ConfigError("invalid {} in {}:/{} (is {}, must be {})", key, where, key, value.type_name(), wanted);
}

void assign(double& target, const io::Json& value, const std::string& key, const std::string& where) {
  if (!value.is_number()) fail_type(where, key, value, "a number");
  target = value.get<double>();
}

void assign(bool& target, const io::Json& value, const std::string& key, const std::string& where) {
  if (!value.is_boolean()) fail_type(where, key, value, "true or false");
  target = value.get<bool>();
}

void assign(std::vector<double>& target, const io::Json& value, const std::string& key,
            const std::string& where) {
  if (!value.is_array()) fail_type(where, key, value, "a list of numbers");
  target.clear();
  for (const auto& item : value) {
    if (!item.is_number()) fail_type(where, key, item, "a list of numbers");
    target.push_back(item.get<double>());
  }
}

/// glif_psc's single alpha function: the fast one of two, of which the slow one has no height.
void set_single_alpha(GlifParameters& p, const std::vector<double>& tau_syn) {
  p.tau_syn_fast = p.tau_syn_slow = tau_syn;
  p.amp_slow.assign(tau_syn.size(), 0.0);
}

GlifParameters nest_defaults(NestModel model) {
  GlifParameters parameters;
  if (model == NestModel::glif_psc) set_single_alpha(parameters, parameters.tau_syn_fast);
  return parameters;
}

// The same from the numbers that a node has in nodes.h5.
using Numbers = std::vector<double>;

void assign(double& target, const Numbers& values, const std::string& key, const std::string& where) {
  if (values.size() != 1) throw ConfigError("{} values of {} in {} (must be one)", values.size(), key, where);
  target = values.front();
}

void assign(bool& target, const Numbers& values, const std::string& key, const std::string& where) {
  if (values.size() != 1 || (values[0] != 0 && values[0] != 1))
    throw ConfigError("invalid {}={} in {} (must be 0 or 1)", key, fmt::join(values, ", "), where);
  target = values.front() == 1;
}

void assign(std::vector<double>& target, const Numbers& values, const std::string&, const std::string&) {
  target = values;
}

template <class Value>
bool assign_synapse_key(GlifParameters& p, NestModel model, const std::string& key, const Value& value,
                        const std::string& where) {
  std::vector<double> numbers;
  if (model == NestModel::glif_psc) {
    if (key != "tau_syn") return false;
    assign(numbers, value, key, where);
    set_single_alpha(p, numbers);
    return true;
  }
  auto* const target = key == "tau_syn_fast"   ? &p.tau_syn_fast
                       : key == "tau_syn_slow" ? &p.tau_syn_slow
                       : key == "amp_slow"     ? &p.amp_slow
                                               : nullptr;
  if (target == nullptr) return false;
  assign(*target, value, key, where);
  return true;
}

/// The place in `p` that a key sets is chosen by name; false when NEST's model has no such key.
template <class Value>
bool assign_key(GlifParameters& p, NestModel model, const std::string& key, const Value& value,
                const std::string& where) {
  const auto set = [&](auto& target) {
    assign(target, value, key, where);
    return true;
  };
  if (key == "C_m") return set(p.C_m);
  if (key == "g") return set(p.g);
  if (key == "E_L") return set(p.E_L);
  if (key == "V_th") return set(p.V_th);
  if (key == "V_reset") return set(p.V_reset);
  if (key == "t_ref") return set(p.t_ref);
  if (key == "V_m") return set(p.V_m);
  if (key == "spike_dependent_threshold") return set(p.spike_dependent_threshold);
  if (key == "after_spike_currents") return set(p.after_spike_currents);
  if (key == "adapting_threshold") return set(p.adapting_threshold);
  if (key == "th_spike_add") return set(p.th_spike_add);
  if (key == "th_spike_decay") return set(p.th_spike_decay);
  if (key == "voltage_reset_fraction") return set(p.voltage_reset_fraction);
  if (key == "voltage_reset_add") return set(p.voltage_reset_add);
  if (key == "th_voltage_index") return set(p.th_voltage_index);
  if (key == "th_voltage_decay") return set(p.th_voltage_decay);
  if (key == "asc_decay") return set(p.asc_decay);
  if (key == "asc_amps") return set(p.asc_amps);
  if (key == "asc_r") return set(p.asc_r);
  if (key == "ASCurrents") return set(p.asc_initial);
  if (key == "asc_init") {  // NEST stores it but starts from ASCurrents
    std::vector<double> unused;
    assign(unused, value, key, where);
    for (const double current : unused)
      if (!std::isfinite(current))
        throw ConfigError("invalid {}={} in {} (must be finite)", key, current, where);
    return true;
  }
  return assign_synapse_key(p, model, key, value, where);
}

bool belongs_to(NestModel model, const std::string& key) {
  GlifParameters unused;
  return assign_synapse_key(unused, model, key, io::Json::array(), "");
}

template <class Value>
void set_key(GlifParameters& parameters, NestModel model, const std::string& key, const Value& value,
             const std::string& where) {
  if (assign_key(parameters, model, key, value, where)) return;
  const bool single = model == NestModel::glif_psc;
  const std::string_view name = single ? glif_psc : glif_psc_double_alpha;
  const std::string_view other = single ? glif_psc_double_alpha : glif_psc;
  if (belongs_to(single ? NestModel::glif_psc_double_alpha : NestModel::glif_psc, key))
    throw ConfigError(
        "unknown key in {}:/{} ({} has no such parameter, {} has) remove it or change the model_template",
        where, key, name, other);
  throw ConfigError("unknown key in {}:/{} ({} has no such parameter) remove it", where, key, name);
}

}  // namespace

bool is_glif_parameter(const std::string& key) {
  GlifParameters unused;
  return assign_key(unused, NestModel::glif_psc_double_alpha, key, Numbers{0}, "") ||
         assign_key(unused, NestModel::glif_psc, key, Numbers{0}, "");
}

void set_glif_parameter(GlifParameters& parameters, const std::string& key, const io::Json& value,
                        const std::string& where, NestModel model) {
  set_key(parameters, model, key, value, where);
}

NestModel nest_model_of_keys(const io::Json& json) {
  return json.is_object() && json.contains("tau_syn") ? NestModel::glif_psc
                                                      : NestModel::glif_psc_double_alpha;
}

GlifParameters parse_glif_parameters(const io::Json& json, const std::string& where, NestModel model) {
  if (!json.is_object())
    throw ConfigError("invalid cell parameters in {} (is {}, must be an object)", where, json.type_name());
  if (const auto type = json.find("type"); type != json.end() && *type == "GLIF")
    throw ConfigError(
        "{} is a raw Allen GLIF file (its model_template asks for NEST parameters) use a model_template such "
        "as nest:glif_lif_asc_psc",
        where);
  GlifParameters parameters = nest_defaults(model);
  for (const auto& [key, value] : json.items()) set_glif_parameter(parameters, key, value, where, model);
  validate(parameters, where);
  return parameters;
}

namespace {

/// What a model_template asks for: NEST's model with its own keys, or a variant in a raw Allen file.
using ModelKind = std::variant<NestModel, AllenVariant>;

ModelKind model_kind(const std::string& model_template, const std::string& where) {
  constexpr std::string_view prefix = "nest:";
  const auto model =
      model_template.starts_with(prefix) ? model_template.substr(prefix.size()) : model_template;
  if (model == glif_psc) return NestModel::glif_psc;
  if (model == glif_psc_double_alpha) return NestModel::glif_psc_double_alpha;
  if (const auto variant = allen_variant(model)) return *variant;
  throw ConfigError(
      "unsupported model_template \"{}\" in {} (must be nest:{} or nest:{}, or "
      "nest:glif_lif[_r][_asc][_a]_psc "
      "with a raw Allen file)",
      model_template, where, glif_psc_double_alpha, glif_psc);
}

}  // namespace

GlifParameters glif_parameters(const io::Json& json, const std::string& model_template,
                               const std::string& file) {
  const auto kind = model_kind(model_template, file);
  if (const auto* variant = std::get_if<AllenVariant>(&kind)) return convert_allen_glif(json, *variant, file);
  return parse_glif_parameters(json, file, std::get<NestModel>(kind));
}

void set_own_parameters(GlifParameters& parameters, std::span<const OwnParameter> own,
                        const std::string& model_template, const std::string& where) {
  const auto kind = model_kind(model_template, where);
  if (std::holds_alternative<AllenVariant>(kind))
    throw ConfigError(
        "{} changes a single parameter of {} (Allen's raw files are converted as a whole) use "
        "nest:glif_psc_double_alpha",
        own.front().where, where);
  for (const auto& parameter : own)
    set_key(parameters, std::get<NestModel>(kind), parameter.name, parameter.values, parameter.where);
  validate(parameters, where);
}

GlifParameters read_glif_parameters(const std::filesystem::path& path, const std::string& model_template,
                                    const std::string& where) {
  const auto kind = model_kind(model_template, where);
  if (!path.empty())
    return glif_parameters(io::read_json(path), model_template, fmt::format("{} (of {})", path, where));
  if (const auto* model = std::get_if<NestModel>(&kind)) return nest_defaults(*model);
  throw ConfigError("missing dynamics_params in {} (model_template \"{}\" has no defaults)", where,
                    model_template);
}

}  // namespace striate::engine
