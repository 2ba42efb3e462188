// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/glif_parameters.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "core/error.hpp"
#include "engine/config/allen_glif.hpp"

namespace striate::engine {
namespace {

using core::ConfigError;

constexpr std::size_t most_receptors = std::numeric_limits<std::uint16_t>::max();
constexpr std::size_t most_after_spike_currents = 2;

void require_finite(std::string_view key, double value, const std::string& where) {
  if (!std::isfinite(value)) throw ConfigError("invalid {}={} in {} (must be finite)", key, value, where);
}

void require_finite(std::string_view key, std::span<const double> values, const std::string& where) {
  for (const double value : values) require_finite(key, value, where);
}

void require_positive(std::string_view key, double value, const std::string& where) {
  if (!(value > 0.0)) throw ConfigError("invalid {}={} in {} (must be positive)", key, value, where);
}

void require_fraction(std::string_view key, double value, const std::string& where) {
  if (!(value >= 0.0 && value <= 1.0))
    throw ConfigError("invalid {}={} in {} (must lie in 0..1)", key, value, where);
}

void validate_finite(const GlifParameters& p, const std::string& where) {
  for (const auto& [key, value] : {std::pair{"C_m", p.C_m},
                                   {"g", p.g},
                                   {"E_L", p.E_L},
                                   {"V_th", p.V_th},
                                   {"V_reset", p.V_reset},
                                   {"t_ref", p.t_ref},
                                   {"V_m", p.V_m},
                                   {"th_spike_add", p.th_spike_add},
                                   {"th_spike_decay", p.th_spike_decay},
                                   {"voltage_reset_fraction", p.voltage_reset_fraction},
                                   {"voltage_reset_add", p.voltage_reset_add},
                                   {"th_voltage_index", p.th_voltage_index},
                                   {"th_voltage_decay", p.th_voltage_decay}})
    require_finite(key, value, where);
  require_finite("asc_decay", p.asc_decay, where);
  require_finite("asc_amps", p.asc_amps, where);
  require_finite("asc_r", p.asc_r, where);
  require_finite("ASCurrents", p.asc_initial, where);
  require_finite("tau_syn_fast", p.tau_syn_fast, where);
  require_finite("tau_syn_slow", p.tau_syn_slow, where);
  require_finite("amp_slow", p.amp_slow, where);
}

void validate_flags(const GlifParameters& p, const std::string& where) {
  const bool legal = p.adapting_threshold ? p.spike_dependent_threshold && p.after_spike_currents : true;
  if (!legal)
    throw ConfigError(
        "illegal combination of mechanisms in {} (adapting_threshold needs spike_dependent_threshold and "
        "after_spike_currents) use one of GLIF1 to GLIF5",
        where);
}

void validate_membrane(const GlifParameters& p, const std::string& where) {
  require_positive("C_m", p.C_m, where);
  require_positive("g", p.g, where);
  require_positive("t_ref", p.t_ref, where);
  if (!std::isnormal(p.C_m / p.g) || !std::isnormal(1.0 / p.C_m))
    throw ConfigError("invalid C_m={}, g={} in {} (their ratio is not a usable time constant)", p.C_m, p.g,
                      where);
  if (p.V_reset >= p.V_th)
    throw ConfigError("invalid V_reset={} in {} (must lie below V_th={})", p.V_reset, where, p.V_th);
}

void validate_after_spike_currents(const GlifParameters& p, const std::string& where) {
  const auto count = p.asc_decay.size();
  if (p.asc_amps.size() != count || p.asc_r.size() != count)
    throw ConfigError(
        "unequal lengths in {} (asc_decay has {}, asc_amps {}, asc_r {} values) give as many of each", where,
        count, p.asc_amps.size(), p.asc_r.size());
  if (count == 0 || count > most_after_spike_currents)
    throw ConfigError("{} after-spike currents in {} (the model is defined for one or two)", count, where);
  if (!p.asc_initial.empty() && p.asc_initial.size() != count)
    throw ConfigError("invalid ASCurrents in {} ({} values for {} after-spike currents)", where,
                      p.asc_initial.size(), count);
  for (const double decay : p.asc_decay) require_positive("asc_decay", decay, where);
  for (const double fraction : p.asc_r) require_fraction("asc_r", fraction, where);
}

void validate_thresholds(const GlifParameters& p, const std::string& where) {
  if (p.spike_dependent_threshold) {
    require_positive("th_spike_decay", p.th_spike_decay, where);
    require_fraction("voltage_reset_fraction", p.voltage_reset_fraction, where);
  }
  if (p.adapting_threshold) {
    require_positive("th_voltage_decay", p.th_voltage_decay, where);
    // The threshold's closed form divides by the difference of the two rates.
    if (!std::isfinite(p.th_voltage_index / (p.th_voltage_decay - p.g / p.C_m)))
      throw ConfigError("invalid th_voltage_decay={} in {} (equals g/C_m) change it slightly",
                        p.th_voltage_decay, where);
  }
}

void validate_synapses(const GlifParameters& p, const std::string& where) {
  const auto count = p.tau_syn_fast.size();
  if (p.tau_syn_slow.size() != count || p.amp_slow.size() != count)
    throw ConfigError(
        "unequal lengths in {} (tau_syn_fast has {}, tau_syn_slow {}, amp_slow {} values) give one of each "
        "per receptor",
        where, count, p.tau_syn_slow.size(), p.amp_slow.size());
  if (count == 0 || count > most_receptors)
    throw ConfigError("{} receptors in tau_syn_fast in {} (must be 1..{})", count, where, most_receptors);
  for (const double tau : p.tau_syn_fast) require_positive("tau_syn_fast", tau, where);
  for (const double tau : p.tau_syn_slow) require_positive("tau_syn_slow", tau, where);
  for (const double amplitude : p.amp_slow)
    if (!(amplitude >= 0.0))
      throw ConfigError("invalid amp_slow={} in {} (must not be negative)", amplitude, where);
}

}  // namespace

void validate(const GlifParameters& parameters, const std::string& where) {
  validate_finite(parameters, where);
  validate_flags(parameters, where);
  validate_membrane(parameters, where);
  validate_synapses(parameters, where);
  validate_thresholds(parameters, where);
  if (parameters.after_spike_currents) validate_after_spike_currents(parameters, where);
}

namespace {

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
    require_finite(key, unused, where);
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
  for (const double amplitude : parameters.amp_slow) require_positive("amp_slow", amplitude, where);
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
