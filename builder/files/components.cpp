// SPDX-License-Identifier: BSD-3-Clause
#include "builder/files/components.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

namespace striate::builder {
namespace {

std::string file_name(const NetworkSpec& spec, std::size_t source, std::size_t target) {
  return spec.synapse_name(source, target) + ".json";
}

}  // namespace

std::vector<std::size_t> receptor_order(const NetworkSpec& spec, std::size_t target_class) {
  std::vector<std::size_t> sources(spec.synapse_classes.size());
  std::iota(sources.begin(), sources.end(), std::size_t{0});
  std::sort(sources.begin(), sources.end(), [&](std::size_t a, std::size_t b) {
    return file_name(spec, a, target_class) < file_name(spec, b, target_class);
  });
  return sources;
}

std::vector<ComponentFile> cell_model_files(const NetworkSpec& spec) {
  std::vector<ComponentFile> files;
  for (const auto& model : spec.models) {
    const auto target = spec.populations[model.population].synapse_class;
    std::vector<double> fast, slow, amplitude;
    for (const auto source : receptor_order(spec, target)) {
      const auto& kinetics = spec.kinetics_of(source, target);
      fast.push_back(kinetics.tau_fast_ms);
      slow.push_back(kinetics.tau_slow_ms);
      amplitude.push_back(kinetics.amplitude_slow);
    }
    const auto& glif = model.glif;
    const nlohmann::ordered_json json{{"V_m", glif.E_L},
                                      {"V_th", glif.V_th},
                                      {"g", glif.g},
                                      {"E_L", glif.E_L},
                                      {"C_m", glif.C_m},
                                      {"t_ref", glif.t_ref},
                                      {"V_reset", glif.V_reset},
                                      {"asc_init", {0.0, 0.0}},
                                      {"asc_decay", glif.asc_decay},
                                      {"asc_amps", glif.asc_amps},
                                      {"spike_dependent_threshold", false},
                                      {"after_spike_currents", true},
                                      {"adapting_threshold", false},
                                      {"tau_syn_fast", fast},
                                      {"tau_syn_slow", slow},
                                      {"amp_slow", amplitude}};
    files.push_back({std::to_string(model.id) + "_glif_lif_asc_config.json", json.dump(2) + "\n"});
  }
  return files;
}

std::vector<ComponentFile> synaptic_model_files(const NetworkSpec& spec) {
  std::vector<ComponentFile> files;
  for (std::size_t target = 0; target < spec.target_class_count(); ++target) {
    int port = 0;
    for (const auto source : receptor_order(spec, target))
      files.push_back(
          {file_name(spec, source, target), "{\"receptor_type\": " + std::to_string(++port) + "}\n"});
  }
  return files;
}

}  // namespace striate::builder
