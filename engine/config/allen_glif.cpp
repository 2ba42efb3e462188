// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/allen_glif.hpp"

#include "core/errors/error.hpp"

namespace striate::engine {
namespace {

using core::ConfigError;

// From SI to mV, ms, pA, pF, nS, 1/ms.
constexpr double milli = 1e3, nano = 1e9, pico = 1e12, per_milli = 1e-3;
// Time constants of the receptors BMTK gives to every converted cell, ms.
const std::vector<double> tau_syn{5.5, 8.5, 2.8, 5.8};

/// One object inside the file.
struct Node {
  const io::Json& json;
  const std::string& where;
  std::string pointer;

  const io::Json& at(const std::string& key) const {
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (!json.is_object() || found == json.end())
      throw ConfigError("missing key in {}:{}/{} (raw Allen GLIF files have it)", where, pointer, key);
    return *found;
  }
  Node child(const std::string& key) const { return {at(key), where, pointer + "/" + key}; }
  double number(const std::string& key) const {
    const auto& value = at(key);
    if (!value.is_number())
      throw ConfigError("invalid {}:{}/{} (is {}, must be a number)", where, pointer, key, value.type_name());
    return value.get<double>();
  }
  std::vector<double> numbers(const std::string& key) const {
    const auto& value = at(key);
    std::vector<double> result;
    const auto fail = [&](const io::Json& item) {
      throw ConfigError("invalid {}:{}/{} (is {}, must be a list of numbers)", where, pointer, key,
                        item.type_name());
    };
    if (!value.is_array()) fail(value);
    for (const auto& item : value) {
      if (!item.is_number()) fail(item);
      result.push_back(item.get<double>());
    }
    return result;
  }
};

void convert_after_spike_currents(GlifParameters& p, const Node& cell, const Node& coefficients) {
  const auto tau = cell.numbers(cell.json.contains("asc_tau_array") ? "asc_tau_array" : "asc_tau");
  const auto amplitude = cell.numbers("asc_amp_array");
  const auto factor = coefficients.numbers("asc_amp_array");
  if (amplitude.size() != factor.size())
    throw ConfigError("unequal lengths in {}:/asc_amp_array and /coeffs/asc_amp_array ({} and {} values)",
                      cell.where, amplitude.size(), factor.size());
  p.asc_decay.clear();
  p.asc_amps.clear();
  for (const double seconds : tau) p.asc_decay.push_back(1.0 / seconds * per_milli);
  for (std::size_t i = 0; i < amplitude.size(); ++i) p.asc_amps.push_back(amplitude[i] * factor[i] * pico);
  p.asc_r.assign(tau.size(), 1.0);
}

}  // namespace

std::optional<AllenVariant> allen_variant(std::string_view model) {
  if (model == "glif_lif_psc") return AllenVariant{false, false, false};
  if (model == "glif_lif_r_psc") return AllenVariant{true, false, false};
  if (model == "glif_lif_asc_psc") return AllenVariant{false, true, false};
  if (model == "glif_lif_r_asc_psc") return AllenVariant{true, true, false};
  if (model == "glif_lif_r_asc_a_psc") return AllenVariant{true, true, true};
  return std::nullopt;
}

GlifParameters convert_allen_glif(const io::Json& json, const AllenVariant& variant,
                                  const std::string& where) {
  const Node cell{json, where, ""};
  if (cell.at("type") != "GLIF")
    throw ConfigError("{} is no raw Allen GLIF file (/type must be \"GLIF\")", where);
  const auto coefficients = cell.child("coeffs");
  const double reference = cell.number("El_reference") * milli;

  GlifParameters p;
  p.spike_dependent_threshold = variant.spike_dependent_threshold;
  p.after_spike_currents = variant.after_spike_currents;
  p.adapting_threshold = variant.adapting_threshold;
  p.E_L = p.V_m = cell.number("El") * milli + reference;
  p.V_th = coefficients.number("th_inf") * cell.number("th_inf") * milli + reference;
  p.V_reset = reference;
  p.g = coefficients.number("G") / cell.number("R_input") * nano;
  p.C_m = coefficients.number("C") * cell.number("C") * pico;
  p.t_ref = cell.number("spike_cut_length") * cell.number("dt") * milli;
  if (p.after_spike_currents) convert_after_spike_currents(p, cell, coefficients);
  if (p.spike_dependent_threshold) {
    const auto threshold = cell.child("threshold_dynamics_method").child("params");
    const auto reset = cell.child("voltage_reset_method").child("params");
    p.th_spike_add = threshold.number("a_spike") * milli;
    p.th_spike_decay = threshold.number("b_spike") * per_milli;
    p.voltage_reset_fraction = reset.number("a");
    p.voltage_reset_add = reset.number("b") * milli;
    if (p.adapting_threshold) {
      p.th_voltage_index = threshold.number("a_voltage") * coefficients.number("a") * per_milli;
      p.th_voltage_decay = threshold.number("b_voltage") * coefficients.number("b") * per_milli;
    }
  }
  p.tau_syn_fast = p.tau_syn_slow = tau_syn;
  p.amp_slow.assign(tau_syn.size(), 0.0);
  validate(p, where);
  return p;
}

}  // namespace striate::engine
