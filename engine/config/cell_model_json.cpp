// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/cell_model_json.hpp"

#include <cmath>

#include "core/error.hpp"
#include "engine/config/allen_glif.hpp"

namespace striate::engine {
namespace {

using core::ConfigError;

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

/// The place in `p` that a key sets is chosen by name; false when NEST's model has no such key.
bool assign_key(GlifParameters& p, const std::string& key, const io::Json& value, const std::string& where) {
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
  if (key == "tau_syn_fast") return set(p.tau_syn_fast);
  if (key == "tau_syn_slow") return set(p.tau_syn_slow);
  if (key == "amp_slow") return set(p.amp_slow);
  if (key == "asc_init") {  // NEST stores it but starts from ASCurrents
    std::vector<double> unused;
    assign(unused, value, key, where);
    for (const double current : unused)
      if (!std::isfinite(current))
        throw ConfigError("invalid {}={} in {} (must be finite)", key, current, where);
    return true;
  }
  return false;
}

}  // namespace

void set_glif_parameter(GlifParameters& parameters, const std::string& key, const io::Json& value,
                        const std::string& where) {
  if (!assign_key(parameters, key, value, where))
    throw ConfigError("unknown key in {}:/{} (glif_psc_double_alpha has no such parameter) remove it", where,
                      key);
}

GlifParameters parse_glif_parameters(const io::Json& json, const std::string& where) {
  if (!json.is_object())
    throw ConfigError("invalid cell parameters in {} (is {}, must be an object)", where, json.type_name());
  if (const auto type = json.find("type"); type != json.end() && *type == "GLIF")
    throw ConfigError(
        "{} is a raw Allen GLIF file (its model_template asks for NEST parameters) use a model_template such "
        "as nest:glif_lif_asc_psc",
        where);
  GlifParameters parameters;
  for (const auto& [key, value] : json.items()) set_glif_parameter(parameters, key, value, where);
  validate(parameters, where);
  for (const double amplitude : parameters.amp_slow)
    if (!(amplitude > 0)) throw ConfigError("invalid amp_slow={} in {} (must be positive)", amplitude, where);
  return parameters;
}

namespace {

/// The variant of a raw Allen file, or nullopt for NEST's own keys. Throws ConfigError for other templates.
std::optional<AllenVariant> known_variant(const std::string& model_template, const std::string& where) {
  constexpr std::string_view prefix = "nest:";
  const auto model =
      model_template.starts_with(prefix) ? model_template.substr(prefix.size()) : model_template;
  const auto variant = allen_variant(model);
  if (model != "glif_psc_double_alpha" && !variant)
    throw ConfigError(
        "unsupported model_template \"{}\" in {} (must be nest:glif_psc_double_alpha, or "
        "nest:glif_lif[_r][_asc][_a]_psc with a raw Allen file)",
        model_template, where);
  return variant;
}

}  // namespace

GlifParameters glif_parameters(const io::Json& json, const std::string& model_template,
                               const std::string& file) {
  const auto variant = known_variant(model_template, file);
  return variant ? convert_allen_glif(json, *variant, file) : parse_glif_parameters(json, file);
}

GlifParameters read_glif_parameters(const std::filesystem::path& path, const std::string& model_template,
                                    const std::string& where) {
  const auto variant = known_variant(model_template, where);
  if (!path.empty())
    return glif_parameters(io::read_json(path), model_template, fmt::format("{} (of {})", path, where));
  if (variant)
    throw ConfigError("missing dynamics_params in {} (model_template \"{}\" has no defaults)", where,
                      model_template);
  return {};
}

}  // namespace striate::engine
