// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/tables.hpp"

#include "metrics/registry.hpp"
#include "workflows/current_tables.hpp"
#include "workflows/pictures/stimulus_picture.hpp"
#include "workflows/pictures/trace_pictures.hpp"
#include "workflows/receptive_fields.hpp"
#include "workflows/synapse_basis_table.hpp"

namespace striate::workflows {
namespace {

// clang-format off
constexpr core::Kind metrics_of_stages[] = {
    {"if-curves", "BASE", "firing rates of cell models under constant currents",
     "Firing rates of all cell models of V1 in the network BASE under constant currents (single cells, from rest):\n"
     "if_curves_all.csv.",
     if_curves_options, {metrics::node_types_file}, if_curves_files, run_if_curves},
    {"target-current", "BASE", "current that makes models fire as recorded cells",
     "Constant current at which the models of a cell type on average fire as often as recorded cells:\n"
     "target_currents.csv. Needs if_curves_all.csv of 'if-curves' in BASE/metrics.",
     target_current_options, {metrics::node_types_file, "metrics/if_curves_all.csv"}, target_current_files,
     run_target_current},
    {"receptive-field", "BASE [OPT]", "where on the screen cells look, and how far",
     "Receptive fields of core cells, from responses to small gratings at many places (BASE/gabors_OPT):\n"
     "rf_gabors_cells_OPT.csv, rf_gabors_by_type_OPT.csv, rf_gabors_maps_OPT.h5; with --from noise from the average of\n"
     "the pictures of squares before their spikes (BASE/sparse_noise_OPT; --paradigm white_noise): rf_noise_cells_OPT.csv,\n"
     "rf_noise_by_type_OPT.csv, rf_noise_maps_OPT.h5; or with --from structure from the places and signs of the LGN units\n"
     "that project to them, weighted by charge, without simulation: rf_structure_cells.csv and rf_structure_maps.h5.",
     receptive_field_options, {metrics::nodes_file, metrics::node_types_file}, metrics::gabor_field_files,
     run_receptive_field},
    {"synapse-basis", "BASE", "synapses as sums of the four alpha functions of training",
     "The synapses of a network as double alpha functions (double_alpha_params.csv, each shape once;\n"
     "double_alpha_params_full.csv, by synapse) and the weights of the four alpha functions that stand for them in\n"
     "training (basis_function_weights.csv; time constants in tau_basis.npy), in BASE/tf_props: what the published\n"
     "training program reads (replaces extract_tau_syns.py, bf_conv.py).",
     synapse_basis_options, synapse_basis_reads, synapse_basis_files, run_synapse_basis},
};

// The same kind told to read something else: other files, and for the second other trials.
constexpr core::Kind noise_fields{
    .name = "receptive-field", .arguments = "BASE [OPT]", .options = receptive_field_options,
    .reads = {{metrics::nodes_file, metrics::node_types_file}}, .writes = metrics::noise_field_files},
    structural_fields{
    .name = "receptive-field", .arguments = "BASE", .options = receptive_field_options,
    .reads = structural_field_reads, .writes = structural_field_files};
constexpr core::Kind figures_of_stages[] = {
    {"stimulus", "CONFIG.json", "frames of what an LGN configuration shows", "",
     stimulus_picture_options, {}, {}, run_stimulus_picture},
    {"traces", "BASE [OPT]", "recorded variables of cells over time, with spikes and stimulus",
     "What a report of BASE/output_OPT holds of some cells (membrane potentials, currents, thresholds) over time, their\n"
     "spikes, and frames of what the LGN was shown. Of a report of means (\"reduce\": \"mean\") all populations by layer.",
     traces_options, {}, {}, run_traces_picture},
    {"report", "FILE.h5", "the same of any report, also of other programs",
     "What 'traces' shows, of any SONATA report with one element per cell.",
     report_picture_options, {}, {}, run_report_picture},
};
// clang-format on

std::string not_of_trials(const io::Paradigm&) {
  return "with --from structure it is made of connections, whatever the trials; leave it out: "
         "BASE/metrics/rf_structure_cells.csv is a target of its own";
}

}  // namespace

const core::Kind& structural_fields_kind() {
  return structural_fields;
}

const std::vector<io::MetricRule>& metric_rules() {
  static const std::vector<io::MetricRule> rules = [] {
    auto list = metrics::metric_rules();
    for (const auto& kind : metrics_of_stages)
      if (kind.run == run_receptive_field)
        list.push_back({&kind, metrics::gabor_paradigm, metrics::places_refusal, "from", "gabors"});
    list.push_back({&noise_fields, metrics::noise_paradigm, metrics::noise_refusal, "from", "noise"});
    list.push_back({&structural_fields, metrics::gabor_paradigm, not_of_trials, "from", "structure"});
    return list;
  }();
  return rules;
}

const std::vector<core::Kind>& metric_kinds() {
  static const std::vector<core::Kind> kinds = [] {
    std::vector<core::Kind> list;
    for (const auto& metric : metrics::metric_table()) list.push_back(metric.kind);
    list.insert(list.end(), std::begin(metrics_of_stages), std::end(metrics_of_stages));
    return list;
  }();
  return kinds;
}

const std::vector<core::Kind>& figure_kinds() {
  static const std::vector<core::Kind> kinds = [] {
    const auto table = metrics::figure_table();
    std::vector<core::Kind> list(table.begin(), table.end());
    list.insert(list.begin(), std::begin(figures_of_stages), std::end(figures_of_stages));
    return list;
  }();
  return kinds;
}

}  // namespace striate::workflows
