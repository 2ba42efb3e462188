// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/registry.hpp"

#include "metrics/analyses/cells/cohort_activity.hpp"
#include "metrics/analyses/cells/neuron_features.hpp"
#include "metrics/analyses/cells/weight_properties.hpp"
#include "metrics/analyses/connectivity/connectivity.hpp"
#include "metrics/analyses/fields/gabor_fields.hpp"
#include "metrics/analyses/fields/noise_fields.hpp"
#include "metrics/analyses/images/decoding.hpp"
#include "metrics/analyses/images/image_selectivity.hpp"
#include "metrics/analyses/images/recorded_images.hpp"
#include "metrics/analyses/images/response_file.hpp"
#include "metrics/analyses/pairs/correlation.hpp"
#include "metrics/analyses/pairs/direction_resampling.hpp"
#include "metrics/analyses/pairs/em.hpp"
#include "metrics/analyses/time/fano.hpp"
#include "metrics/analyses/time/spectra.hpp"
#include "metrics/analyses/tuning/contrast.hpp"
#include "metrics/analyses/tuning/current_slopes.hpp"
#include "metrics/analyses/tuning/grating_sparsity.hpp"
#include "metrics/analyses/tuning/perturbation.hpp"
#include "metrics/analyses/tuning/rate_table.hpp"
#include "metrics/analyses/tuning/similarity.hpp"
#include "metrics/analyses/tuning/suppression.hpp"
#include "metrics/analyses/tuning/tuning.hpp"
#include "metrics/analyses/weights/cohort_targets.hpp"
#include "metrics/analyses/weights/outgoing_weights.hpp"
#include "metrics/figures/conditions/figure_fields.hpp"
#include "metrics/figures/conditions/figure_tuning.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/runs/figure_lgn.hpp"
#include "metrics/figures/runs/figure_raster.hpp"
#include "metrics/figures/structure/structure_figures.hpp"

namespace striate::metrics {
namespace {

// Files that rows read beside spikes of a paradigm's trials.
constexpr const char *nodes = nodes_file, *types = node_types_file, *edges = edges_file, *run = run_spikes,
                     *tuning = odsi_files.items[0];

// clang-format off
constexpr Metric metrics[] = {
    {{"odsi", "BASE OPT", "orientation and direction selectivity from drifting gratings",
      "Rates per direction and tuning of every cell from the trials in BASE/8dir_10trials_OPT, or of any paradigm with\n"
      "an angle (replaces calculate_odsi.py): Rates_DF_OPT.csv and OSI_DSI_DF_OPT.csv. Trials that are not there are\n"
      "left out.",
      odsi_options, {nodes, types}, odsi_files, run_odsi}, gratings, odsi_refusal},
    {{"rates", "BASE OPT", "firing rates in any window, by cell and by type",
      "Mean firing rates of all cells: rates_OPT.csv, and of core cells by type: rates_by_type_OPT.csv.",
      rates_options, {nodes, types, run}, rates_files, run_rates}},
    {{"similarity", "BASE OPT", "1 - KS distance to Neuropixels recordings by cell type",
      "Compares what 'odsi' wrote with Neuropixels recordings: similarity_OPT.csv (1 - KS distance by cell type with\n"
      "95 % interval and sample sizes), similarity_medians_OPT.csv and, with --networks, similarity_networks_OPT.csv.",
      similarity_options, {nodes, types, tuning}, similarity_files, run_similarity}, gratings, odsi_refusal},
    {{"sparsity", "BASE OPT", "stimulus selectivity over grating directions",
      "Selectivity over the grating directions, mean over trials: dg_trial_averaged_sparsity_OPT.h5 (with\n"
      "--format npy also .npy) and a summary by cell type.",
      sparsity_options, {nodes, types}, sparsity_files, run_sparsity, sparsity_in_numpy}, gratings, sparsity_refusal},
    {{"contrast", "BASE OPT", "responses to gratings of several contrasts",
      "Spike counts, rates, selectivity and responsiveness from the trials in BASE/contrasts_OPT: spike_counts.h5 beside\n"
      "the trials; contrast_cells_OPT.csv, contrast_by_type_OPT.csv and contrast_responsive_cells_OPT.csv; what cells\n"
      "prefer among contrasts, beside recordings: contrast_preference_OPT.csv, contrast_preference_by_type_OPT.csv. All\n"
      "trials must be there. With --networks also contrast_networks_OPT.csv, with --format npz also spike_counts.npz.",
      contrast_options, {nodes, types}, contrast_files, run_contrast, contrast_in_numpy}, contrast_gratings, contrast_refusal},
    {{"tuning", "PARADIGM|FILE.yaml BASE OPT", "responses to the conditions of any paradigm",
      "What core cells prefer among the values of any paradigm's variables, with selectivity, bandwidth, size tuning,\n"
      "half contrast and modulation where variables have names that are known: tuning_PARADIGM_OPT.h5 (means, cell x\n"
      "condition), tuning_cells_PARADIGM_OPT.csv, and by type beside recordings tuning_by_type_PARADIGM_OPT.csv. Trials\n"
      "that are not there are left out.",
      tuning_options, {nodes, types}, tuning_files, run_tuning}, "", tuning_refusal},
    {{"preferred-direction", "BASE OPT", "weights against the difference of preferred directions",
      "Weights of connections between core cells against the difference of preferred directions, by pair of types:\n"
      "preferred_direction_fits_OPT.csv (a cos d + b cos 2d + c) and preferred_direction_bins_OPT.csv. Needs\n"
      "OSI_DSI_DF_OPT.csv of 'odsi' in BASE/metrics, except with --from structure.",
      preferred_direction_options, {nodes, types, edges, tuning}, preferred_direction_files,
      run_preferred_direction}},
    {{"fano", "BASE OPT", "population Fano factor for bins of 1 ms to 1 s",
      "Population Fano factor of random groups of excitatory core cells in one run, for bins of 1 ms to 1 s:\n"
      "fano_OPT.csv.",
      fano_options, {nodes, types, run}, fano_files, run_fano}},
    {{"spectra", "BASE OPT", "power spectra of cell types by contrast and direction",
      "Power spectra (Welch, segments of 1 s) of the pooled spikes of core cells of each type, mean over the trials in\n"
      "BASE/contrasts_OPT: combined_spectra_700to2700.json beside the trials (in DIR with -o DIR) and spectra_OPT.csv\n"
      "(the largest contrast, the first direction, mean over networks).",
      spectra_options, {nodes, types}, spectra_files, run_spectra}, contrast_gratings, spectra_refusal},
    {{"suppression", "BASE OPT", "percent change of responses by silencing a cohort",
      "Percent change of rate, OSI, DSI and sparsity by core cell type between a baseline and the silencing experiment\n"
      "OPT: suppression_OPT.csv and suppression_mean_OPT.csv (over networks). Needs what 'odsi' and 'sparsity' wrote for\n"
      "both.",
      suppression_options, {}, {}, run_suppression}},
    {{"perturbation", "BASE OPT", "rates of cells with a current into them and of the others",
      "Rates of core cells in the trials of the experiment OPT beside a baseline, of the cells of --targets and of the\n"
      "others: perturbation_cells_OPT.csv, perturbation_by_run_OPT.csv and perturbation_by_type_OPT.csv.",
      perturbation_options, {}, {}, run_perturbation}},
    {{"slopes", "BASE OPT", "change of rates and tuning per pA of a current",
      "Means of rates, OSI and DSI by core cell type in experiments with several currents, OPT_neg100 and OPT_pos100 or\n"
      "those of --amplitudes, and their slopes: perturbation_deltas_OPT.csv and perturbation_slopes_OPT.csv. Needs what\n"
      "'odsi' wrote for the baseline and for each current.",
      current_slopes_options, {}, {}, run_current_slopes}},
    {{"weights", "BASE OPT", "distributions of weights and where the weight of cells goes",
      "Distributions of the weights between core cells by pair of types, the summed outgoing weight of cells, and on\n"
      "which types the weight of strongly and weakly projecting cells lands: weight_distribution_OPT.csv,\n"
      "outgoing_weight_cells_OPT.csv, outgoing_weight_granular_core_to_core_{full,summary}_OPT.csv.",
      weights_options, {nodes, types, edges}, weights_files, run_weights}},
    {{"connectivity", "BASE [OPT]", "connection probability by distance, degrees, reciprocity",
      "How often core cells of each pair of types are connected at which distance, with 95 % intervals and the Gaussian\n"
      "that fits (connection_bins_OPT.csv, connection_fits_OPT.csv), how many partners and synapses core cells have\n"
      "(connection_degrees_OPT.csv) and how often connections go both ways (connection_reciprocity_OPT.csv).",
      connectivity_options, {nodes, types, edges}, connectivity_files, run_connectivity}},
    {{"cohort-targets", "BASE OPT", "where connections of strongly and weakly projecting cells land",
      "Which fractions of the |weight| and of the synapses of each third of the cells, in the core and around it, land\n"
      "on which class and third of cells: cohort_targets_OPT.csv, and in the reference's columns\n"
      "outgoing_{weight,synapsecount}_complete_targets_OPT.csv, outgoing_weight_fraction_table_OPT.csv and\n"
      "outgoing_weight_granular_{full,summary}_OPT.csv.",
      cohort_targets_options, {nodes, types, edges}, cohort_targets_files, run_cohort_targets}},
    {{"cohorts", "BASE OPT", "rates and selectivity of strongly and weakly connected cells",
      "Core cells ranked within their layer by outgoing weight, outgoing synapses and incoming weight, and rate, OSI, DSI\n"
      "and sparsity of the upper, middle and lower third: cohort_cells_OPT.csv and cohort_activity_OPT.csv. Needs what\n"
      "'odsi' and 'sparsity' wrote, and takes image selectivity of 'images' if it is there.",
      cohort_activity_options, {nodes, types, edges, tuning, sparsity_files.items[0]}, cohort_activity_files,
      run_cohort_activity}},
    {{"features", "BASE OPT", "a row for each core cell: rates, selectivity, connections",
      "Place, type, rates, selectivity, number and weight of connections within the core, and whether the cell is\n"
      "selective by OSI, DSI and image selectivity together: neuron_features_OPT.csv. Needs what 'odsi' and 'sparsity'\n"
      "wrote, and takes the table of 'images' if it is there.",
      neuron_features_options, {nodes, types, edges, tuning, sparsity_files.items[0]}, neuron_features_files,
      run_neuron_features}},
    {{"weight-properties", "BASE OPT", "weights against rates, selectivity and degree of either cell",
      "|weight| of connections between core cells against the properties of the source or the target that 'features'\n"
      "wrote, by pair of types: weight_properties_OPT.csv (slope, r) and weight_property_bins_OPT.csv (means in bins).",
      weight_properties_options, {nodes, types, edges, neuron_features_files.items[0]}, weight_properties_files,
      run_weight_properties}},
    {{"correlation", "BASE OPT", "weights against the correlation of image responses",
      "Correlation of the image responses of both cells of every connection in the core, and the weights against it by\n"
      "pair of types: response_correlations_OPT.h5, correlation_pairs_OPT.csv (slopes, like- and anti-correlated against\n"
      "uncorrelated) and correlation_bins_OPT.csv. With --format npy also response_correlations_OPT.npy and\n"
      "distances_OPT.npy (distances.npy of plain).",
      correlation_options, {nodes, types, edges}, correlation_files, run_correlation, correlation_in_numpy}, image_net, images_refusal},
    {{"em", "BASE OPT", "weights against function, beside connections measured by electron microscopy",
      "Do weights depend on preferred directions and on correlations as strongly as measured (V1DD, MICrONS)? Draws of\n"
      "as many of the model's connections as were measured, of each pair of excitatory types: em_comparison_OPT.csv,\n"
      "em_curves_OPT.csv, em_direction_fits_OPT.csv, em_correlation_fits_OPT.csv. Needs what 'preferred-direction' and\n"
      "'correlation' need.",
      em_options, {nodes, types, edges, "metrics/OSI_DSI_DF_{option}.csv"}, em_files, run_em}, image_net, images_refusal},
    {{"images", "BASE OPT", "selectivity for natural images and rates, against recordings",
      "Selectivity for natural images and mean rate of every core cell from BASE/output_bo_OPT:\n"
      "selectivity_model_by_unit_OPT.csv, selectivity_model_by_type_OPT.csv, and the rates in every slot of time:\n"
      "BASE/cached_rates_OPT/rates_core.h5 and meta_core.csv, with --format npy also rates_core.npy and\n"
      "labels_core.npy. All runs must be there.",
      images_options, {nodes, types}, images_files, run_images, images_in_numpy}, observatory, images_refusal},
    {{"responses", "BASE OPT", "responses to images as one file for other tools, reliability of cells",
      "Spikes of every core cell in every presentation of an image, what was shown, and sums by image, from\n"
      "BASE/output_imagenet_OPT or the runs of any paradigm of images: image_responses_OPT.h5. Where images are shown\n"
      "several times also oracle_OPT.csv: how well a cell's responses agree from one repetition to the others.",
      responses_options, {nodes, types}, response_files, run_responses}, image_net, images_refusal},
    {{"decoding", "BASE OPT", "images told from the responses of some cells",
      "Which image was shown, told from the responses of some cells of a type in BASE/output_bo_OPT by multinomial\n"
      "logistic regression and by templates, a tenth of the runs held out in turn (of fewer than ten each one):\n"
      "decoding_summary_OPT_by_type.csv, decoding_template_OPT_by_type.csv, decoding_folds_OPT_by_type.csv, and which\n"
      "images are taken for which: decoding_confusion_OPT_by_type.csv.",
      decoding_options, {nodes, types}, decoding_files, run_decoding}, observatory, decoding_refusal},
    {{"recorded-images", "FILE…", "selectivity for natural images and rates of recorded units",
      "The same of recordings, one file for each session: HDF5 with spike_counts (presentations x units), unit_ids and\n"
      "scene_ids (negative: a blank). selectivity_NAME_by_unit.csv, which 'images --reference' and 'plot images\n"
      "--recorded' take, and selectivity_NAME_by_type.csv.",
      recorded_images_options, {}, {}, run_recorded_images}},
    {{"recorded-decoding", "FILE…", "images told from the responses of recorded units",
      "What 'decoding' makes, of the units of each session of recordings: decoding_summary_NAME_by_type.csv and its like,\n"
      "which 'plot decoding --recorded' takes.",
      recorded_decoding_options, {}, {}, run_recorded_decoding}},
    {{"reference", "FILE", "compact table of recordings for 'similarity'",
      "Makes the compact table that 'similarity' reads from a table of recorded units (one row per unit, blank\n"
      "separated): for each cell type and metric the sorted values.",
      reference_options, {}, {}, run_reference}},
};

constexpr core::Kind figures[] = {
    {"raster", "BASE [OPT]", "spikes of BASE/output_OPT and population rates", "",
     raster_options, {nodes, types, run}, {"figures/raster_{option}.png"}, run_raster},
    {"odsi", "BASE [OPT]", "rates, OSI, DSI beside Neuropixels with similarities", "",
     tuning_boxes_options, {nodes, types, tuning, similarity_files.items[0]},
     {"figures/odsi_{option}.png"}, drawn<tuning_boxes_figure>},
    {"odsi-populations", "BASE [OPT]", "rates, OSI, DSI by population; DSI against rate", "",
     tuning_boxes_options, {nodes, types, tuning}, {"figures/odsi-populations_{option}.png"},
     drawn<populations_figure>},
    {"similarity", "BASE [OPT]", "similarities of all cell types to recordings", "",
     pooled_figure_options, {similarity_files.items[0]}, {"figures/similarity_{option}.png"},
     drawn<similarity_figure>},
    {"rates", "BASE [OPT]", "mean rates of core cells by type", "",
     joined_figure_options, {rates_files.items[0]}, {"figures/rates_{option}.png"}, drawn<rates_figure>},
    {"tuning-map", "BASE [OPT]", "responses to the directions, cells by tuning angle", "",
     core_figure_options, {nodes, types, odsi_files.items[1]}, {"figures/tuning-map_{option}.png"},
     drawn<tuning_map_figure>},
    {"tuning", "PARADIGM|FILE.yaml BASE [OPT]", "curves, preferences and maps for any paradigm's variables", "",
     table_figure_options, tuning_files, {"figures/tuning_{paradigm}_{option}.png"}, drawn<tuning_figure>},
    {"contrast", "BASE [OPT]", "rate, OSI, DSI, sparsity, reliability against contrast", "",
     contrast_figure_options, {contrast_files.items[2]}, {"figures/contrast_{option}.png"},
     drawn<contrast_figure>},
    {"contrast-map", "BASE [OPT]", "responses of cells to each contrast and direction", "",
     contrast_map_options, {nodes, types, shown_counts_file}, {"figures/contrast-map_{option}.png"},
     drawn<contrast_map_figure>},
    {"responders", "BASE [OPT]", "cells that respond to contrast", "",
     table_figure_options, {contrast_files.items[3]}, {"figures/responders_{option}.png"},
     drawn<responders_figure>},
    {"preferred-direction", "BASE [OPT]", "weights against directions, pairs of types", "",
     pooled_figure_options, {preferred_direction_files.items[0]},
     {"figures/preferred-direction_{option}.png"}, drawn<preferred_direction_figure>},
    {"direction-curves", "BASE [OPT]", "weights against directions, a panel for each pair", "",
     direction_curves_options, {preferred_direction_files.items[0], preferred_direction_files.items[1]},
     {"figures/direction-curves_{option}.png"}, drawn<direction_curves_figure>},
    {"correlation-curves", "BASE [OPT]", "weights against correlations, a panel for each pair", "",
     correlation_curves_options,
     {correlation_files.items[1], correlation_files.items[2], correlation_files.items[3]},
     {"figures/correlation-curves_{option}.png"}, drawn<correlation_curves_figure>},
    {"correlation", "BASE [OPT]", "weights against correlations, pairs of types", "",
     pooled_figure_options, {correlation_files.items[1]}, {"figures/correlation_{option}.png"},
     drawn<correlation_figure>},
    {"p-values", "BASE [OPT]", "p of as few connections as were measured", "",
     one_option_figure_options,
     {"{tables}/correlation_samples_{option}.csv", "{tables}/preferred_direction_mc_{option}.csv"},
     {"figures/p-values_{option}.png"}, drawn<p_values_figure>},
    {"em", "BASE [OPT]", "weights against function beside electron microscopy", "",
     one_option_figure_options, {em_files.items[0], em_files.items[1]}, {"figures/em_{option}.png"}, drawn<em_figure>},
    {"suppression", "BASE [OPT]", "percent change when cells are silenced", "",
     pooled_figure_options, {suppression_files.items[1]}, {"figures/suppression_{option}.png"},
     drawn<suppression_figure>},
    {"actuation", "BASE", "currents between types when all fire as recorded", "",
     table_figure_options, {"metrics/actuation_matrix.csv"}, {"figures/actuation_matrix.png"},
     drawn<actuation_figure>},
    {"spectra", "BASE [OPT]", "power spectra by layer", "",
     spectra_figure_options, {shown_spectra_file}, {"figures/spectra_{option}.png"}, drawn<spectra_figure>},
    {"connectivity", "BASE [OPT]", "connection probability by pair of types and distance", "",
     table_figure_options, {connectivity_files.items[0], connectivity_files.items[1], connectivity_files.items[3]},
     {"figures/connectivity_{option}.png"}, drawn<connectivity_figure>},
    {"receptive-field", "BASE", "maps of cells that follow from the connections of the LGN", "",
     table_figure_options, {"metrics/rf_structure_maps.h5"}, {"figures/receptive-field.png"},
     drawn<receptive_field_figure>},
    {"gabor-fields", "BASE [OPT]", "responses to small gratings by place, of a cell of each type", "",
     table_figure_options, {gabor_field_files.items[0], gabor_field_files.items[2]},
     {"figures/gabor-fields_{option}.png"}, drawn<gabor_fields_figure>},
    {"noise-fields", "BASE [OPT]", "squares before spikes, of a cell of each type", "",
     table_figure_options, {noise_field_files.items[0], noise_field_files.items[2]},
     {"figures/noise-fields_{option}.png"}, drawn<noise_fields_figure>},
    {"weights", "BASE [OPT]", "distributions of weights, pairs of types", "",
     pooled_figure_options, {weights_files.items[0]}, {"figures/weights_{option}.png"},
     drawn<weights_figure>},
    {"cohorts", "BASE [OPT]", "rates and selectivity by thirds of connection weight", "",
     cohorts_figure_options, {cohort_activity_files.items[0]}, {"figures/cohorts_{option}.png"},
     drawn<cohorts_figure>},
    {"cohort-targets", "BASE [OPT]", "on which cells strongly projecting cells project", "",
     joined_figure_options, {cohort_targets_files.items[0], cohort_targets_files.items[3]},
     {"figures/cohort-targets_{option}.png"}, drawn<cohort_targets_figure>},
    {"weight-properties", "BASE [OPT]", "weights against properties of cells, pairs of types", "",
     weight_properties_figure_options, {weight_properties_files.items[0]},
     {"figures/weight-properties_{option}.png"}, drawn<weight_properties_figure>},
    {"slopes", "BASE OPT", "change of rates and tuning with a current into some cells", "",
     options_figure_options, {current_slopes_files.items[0]}, {"figures/slopes_{option}.png"},
     drawn<current_slopes_figure>},
    {"images", "BASE [OPT]", "rates and selectivity for images by cell type", "",
     images_figure_options, {images_files.items[0], images_files.items[1]}, {"figures/images_{option}.png"},
     drawn<images_figure>},
    {"decoding", "BASE [OPT]", "images told from the responses of cells, by type", "",
     decoding_figure_options, {decoding_files.items[2], images_files.items[1]},
     {"figures/decoding_{option}.png"}, drawn<decoding_figure>},
    {"confusion", "BASE [OPT]", "which images are taken for which, by type", "",
     confusion_figure_options, {decoding_files.items[3]}, {"figures/confusion_{option}.png"},
     drawn<confusion_figure>},
    {"fano", "BASE [OPT]", "Fano factor against bin width", "",
     options_figure_options, {fano_files.items[0]}, {"figures/fano_{option}.png"}, drawn<fano_figure>},
    {"training", "BASE OPT", "losses, rates and weights over the steps of training", "",
     training_figure_options, {"training/{option}/log.csv"}, {"figures/training_{option}.png"},
     drawn<training_figure>},
    {"lgn", "BASE", "spikes of the LGN, and rates of its classes beside expected ones", "",
     lgn_figure_options, {"network/lgn_nodes.h5", "network/lgn_node_types.csv", "filternet/spikes.h5"},
     {"figures/lgn.png"}, run_lgn_figure},
};
// clang-format on

}  // namespace

std::span<const Metric> metric_table() {
  return metrics;
}

std::span<const core::Kind> figure_table() {
  return figures;
}

const std::vector<io::MetricRule>& metric_rules() {
  static const std::vector<io::MetricRule> rules = [] {
    std::vector<io::MetricRule> list;
    for (const auto& metric : metrics) list.push_back({&metric.kind, metric.paradigm, metric.refusal});
    return list;
  }();
  return rules;
}

}  // namespace striate::metrics
