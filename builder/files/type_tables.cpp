// SPDX-License-Identifier: BSD-3-Clause
#include "builder/files/type_tables.hpp"

#include <fmt/format.h>

#include "core/network_paths.hpp"

namespace striate::builder {

std::string decimal(double value) {
  auto text = fmt::format("{}", value);
  return text.find_first_of(".eni") == std::string::npos ? text + ".0" : text;
}

EdgeTypeIds input_type_ids(const NetworkSpec& spec, const V1Nodes& nodes) {
  EdgeTypeIds ids{.target_model = nodes.model, .source_model = {}, .of_target = {}, .of_source = {}};
  for (std::uint32_t model = 0; model < spec.models.size(); ++model)
    ids.of_target.push_back(first_type_id + model);
  return ids;
}

EdgeTypeIds recurrent_type_ids(const NetworkSpec& spec, const V1Nodes& nodes) {
  EdgeTypeIds ids = input_type_ids(spec, nodes);
  ids.source_model = nodes.model;
  for (const auto& model : spec.models)
    ids.of_source.push_back(model.population * static_cast<std::uint32_t>(spec.models.size()));
  return ids;
}

std::string v1_node_types(const NetworkSpec& spec) {
  std::string text =
      "node_type_id ei location model_type nsyn_size_shape nsyn_size_scale nsyn_size_mean pop_name "
      "population "
      "dynamics_params model_template\n";
  for (const auto& model : spec.models) {
    const auto& population = spec.populations[model.population];
    text += fmt::format(
        "{} {} {} point_process {} {} {} {} {} {}_glif_lif_asc_config.json nest:glif_psc_double_alpha\n",
        model.id, population.excitatory ? 'e' : 'i', population.location, decimal(population.size_shape),
        decimal(population.size_scale), population.size_mean, population.name, core::v1_population, model.id);
  }
  return text;
}

std::string lgn_node_types(const NetworkSpec& spec) {
  std::string text = "node_type_id ei location model_type pop_name\n";
  for (std::size_t i = 0; i < spec.lgn.units.size(); ++i)
    text += fmt::format("{} e LGN virtual {}\n", first_type_id + i, spec.lgn.units[i].name);
  return text;
}

std::string background_node_types() {
  return fmt::format("node_type_id ei location model_type pop_name\n{} e BKG virtual SG_001\n",
                     first_type_id);
}

std::string recurrent_edge_types(const NetworkSpec& spec) {
  std::string text =
      "edge_type_id target_query source_query PSP_lognorm_scale PSP_lognorm_shape PSP_correction "
      "weight_function delay "
      "dynamics_params model_template\n";
  auto out = std::back_inserter(text);
  std::uint32_t id = first_type_id;
  for (std::size_t source = 0; source < spec.populations.size(); ++source) {
    const auto& from = spec.populations[source];
    for (const auto& model : spec.models) {
      const auto& to = spec.populations[model.population];
      const auto& psp = spec.psp(source, model.population);
      const double unitary = model.unitary_psp_mV[from.synapse_class] * (from.excitatory ? 1 : -1);
      fmt::format_to(
          out,
          "{} node_type_id=='{}' pop_name=='{}' {} {} {} weight_function_recurrent {} {}.json "
          "static_synapse\n",
          id++, model.id, from.name, decimal(psp.scale_mV), decimal(psp.shape), decimal(unitary),
          decimal(
              spec.recurrent.latency_ms[from.synapse_class * spec.target_class_count() + to.synapse_class]),
          spec.synapse_name(from.synapse_class, to.synapse_class));
    }
  }
  return text;
}

std::string lgn_edge_types(const NetworkSpec& spec) {
  std::string text =
      "edge_type_id target_query source_query weight_sigma weight_function delay dynamics_params "
      "model_template\n";
  for (std::size_t i = 0; i < spec.models.size(); ++i) {
    const auto& population = spec.populations[spec.models[i].population];
    text += fmt::format(
        "{} node_type_id=='{}' * \"[0.0, {}]\" weight_function_lgn {} {}.json static_synapse\n",
        first_type_id + i, spec.models[i].id, population.excitatory ? "150.0" : "1e+20",
        decimal(spec.lgn.delay_ms), spec.synapse_name(spec.exc_class(), population.synapse_class));
  }
  return text;
}

std::string background_edge_types(const NetworkSpec& spec) {
  std::string text =
      "edge_type_id target_query source_query delay weight_function dynamics_params model_template "
      "syn_weight\n";
  for (std::size_t i = 0; i < spec.models.size(); ++i)
    text += fmt::format(
        "{} node_type_id=='{}' * {} weight_function_bkg {}.json static_synapse {}\n", first_type_id + i,
        spec.models[i].id, decimal(spec.background.delay_ms),
        spec.synapse_name(spec.exc_class(), spec.populations[spec.models[i].population].synapse_class),
        decimal(spec.models[i].background_weight_pA));
  return text;
}

}  // namespace striate::builder
