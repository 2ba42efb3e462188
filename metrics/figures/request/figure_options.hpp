// SPDX-License-Identifier: BSD-3-Clause
// The options of figures, and which figure takes which.
#pragma once

#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

inline constexpr double usual_contrast = 0.8;  ///< of spectra

namespace options {
inline constexpr Option picture{.name = "output",
                                .value = "FILE",
                                .help = "the picture, .png, .svg or .pdf (in BASE/figures)",
                                .letter = 'o'};
inline constexpr Option tables{
    .name = "tables", .value = "DIR", .help = "tables from there instead of BASE/metrics"};
inline constexpr Option with{
    .name = "with", .value = "OPT", .help = "further options in the same picture", .takes = Takes::several};
inline constexpr Option drawn_networks{
    .name = "networks",
    .value = "DIR",
    .help = "over further networks, too: the tables that 'striate metrics' made with the same --networks",
    .takes = Takes::several};
inline constexpr Option joined_networks{.name = "networks",
                                        .value = "DIR",
                                        .help = "over further networks, too, each of which has these tables",
                                        .takes = Takes::several};
inline constexpr Option shown_types{.name = "types",
                                    .value = "TYPE",
                                    .help = "panels of these cell types (L5_IT …) instead of layers",
                                    .takes = Takes::several};
inline constexpr Option pairs{.name = "pairs",
                              .value = "SOURCE:TARGET",
                              .help = "pairs of types that have a panel (those of the paper's figure 5)",
                              .excludes = "layout",
                              .takes = Takes::several};
inline constexpr Option layout{
    .name = "layout",
    .type = Type::word,
    .value = "examples|ei|matrix",
    .help = "panels of some pairs, of excitatory and inhibitory cells, or of all pairs"};
inline constexpr Option fit{.name = "fit",
                            .type = Type::word,
                            .value = "line|legendre|piecewise|all|none",
                            .help = "curves through all connections of a pair"};
inline constexpr Option spikes{.name = "spikes", .value = "FILE", .help = "another spike file (.h5 or .csv)"};
inline constexpr Option from{
    .name = "from", .type = Type::number, .value = "MS", .help = "first time shown", .usual = 0, .high = 1e9};
inline constexpr Option to{.name = "to",
                           .type = Type::number,
                           .value = "MS",
                           .help = "last time shown (the last spike)",
                           .high = 1e12};
/// Of rates over time.
inline constexpr Option bin{
    .name = "bin",
    .type = Type::number,
    .value = "MS",
    .help = "width of the bins of rates (V1 20, LGN 50; wider for runs of many seconds)",
    .high = 1e9};
inline constexpr Option shown_cells{.name = "cells",
                                    .type = Type::word,
                                    .value = "all|core",
                                    .help = "core: only those within --core-radius of the axis"};
inline constexpr Option grouping{.name = "groups",
                                 .type = Type::word,
                                 .value = "class|type|population",
                                 .help = "cells drawn together: of a layer's Exc, PV, …; of a cell type"};
inline constexpr Option sorting{.name = "sort",
                                .type = Type::word,
                                .value = "tuning_angle|depth|x|z|rate|id",
                                .help = "order of the cells of a group"};
inline constexpr Option with_spectra{
    .name = "spectra", .type = Type::flag, .help = "power spectra by layer below, of 700 to 2700 ms"};
inline constexpr Option marks{
    .name = "mark",
    .type = Type::number,
    .value = "MS",
    .help = "times marked by a line (the end of the grey screen before the stimulus)",
    .high = 1e9,
    .takes = Takes::several};
}  // namespace options

inline constexpr core::Option training_figure_options[] = {options::picture, options::reference};
inline constexpr core::Option table_figure_options[] = {options::picture, options::tables};
inline constexpr core::Option core_figure_options[] = {options::picture, options::tables,
                                                       options::core_radius};
inline constexpr core::Option options_figure_options[] = {options::picture, options::tables, options::with};
inline constexpr core::Option pooled_figure_options[] = {options::picture, options::tables, options::with,
                                                         options::drawn_networks};
inline constexpr core::Option joined_figure_options[] = {options::picture, options::tables, options::with,
                                                         options::joined_networks};
inline constexpr core::Option direction_curves_options[] = {options::picture, options::tables,
                                                            options::with,    options::drawn_networks,
                                                            options::pairs,   options::layout};
inline constexpr core::Option correlation_curves_options[] = {
    options::picture, options::tables, options::with, options::drawn_networks,
    options::pairs,   options::layout, options::fit};
inline constexpr core::Option one_option_figure_options[] = {options::picture, options::tables,
                                                             options::drawn_networks};
inline constexpr core::Option contrast_figure_options[] = {options::picture, options::tables, options::with,
                                                           options::drawn_networks, options::shown_types};
inline constexpr core::Option tuning_boxes_options[] = {options::picture,   options::tables,
                                                        options::with,      options::drawn_networks,
                                                        options::reference, options::core_radius};
inline constexpr core::Option spectra_figure_options[] = {options::picture,
                                                          options::needing(options::tables, "networks"),
                                                          options::with,
                                                          options::drawn_networks,
                                                          {.name = "contrast",
                                                           .type = core::Option::Type::number,
                                                           .value = "C",
                                                           .help = "of the trials that are shown",
                                                           .usual = usual_contrast,
                                                           .high = 1,
                                                           .excludes = "networks"}};
inline constexpr core::Option cohorts_figure_options[] = {
    options::picture,
    options::tables,
    options::with,
    options::joined_networks,
    {.name = "by",
     .type = core::Option::Type::word,
     .value = "outgoing_weight|outgoing_synapses|incoming_weight",
     .help = "what the cells are ranked by"},
    {.name = "type",
     .value = "TYPE",
     .help = "the cell type whose distribution is shown",
     .fallback = "L2/3_Exc"}};
inline constexpr core::Option weight_properties_figure_options[] = {
    options::picture,
    options::tables,
    {.name = "property",
     .value = "NAME",
     .help = "columns of the table of features (orientation_selectivity dg_mean_rate)",
     .takes = core::Option::Takes::several}};
namespace options {
inline constexpr Option sample{.name = "size",
                               .type = Type::whole,
                               .value = "N",
                               .help = "the number of cells of which an image was told",
                               .usual = 30,
                               .low = 1,
                               .high = 1e9};
inline constexpr Option guesses{
    .name = "guesses", .type = Type::word, .value = "regression|template", .help = "which decoder's"};
inline constexpr Option recorded{
    .name = "recorded",
    .value = "FILE",
    .help = "the same of recordings, from 'metrics recorded-images' or 'recorded-decoding'"};
}  // namespace options
inline constexpr core::Option images_figure_options[] = {options::picture,
                                                         options::tables,
                                                         options::with,
                                                         options::joined_networks,
                                                         options::recorded,
                                                         {.name = "style",
                                                          .type = core::Option::Type::word,
                                                          .value = "boxes|violins",
                                                          .help = "of distributions"}};
inline constexpr core::Option decoding_figure_options[] = {
    options::picture,  options::tables, options::with,   options::joined_networks,
    options::recorded, options::sample, options::guesses};
inline constexpr core::Option confusion_figure_options[] = {options::picture, options::tables,
                                                            options::sample, options::guesses};
inline constexpr core::Option contrast_map_options[] = {
    options::picture,
    options::core_radius,
    {.name = "scale",
     .type = core::Option::Type::word,
     .value = "rate|normalised",
     .help = "normalised: (m - s) / (mean of m + s), m the mean response, s that to blanks"}};
inline constexpr core::Option raster_options[] = {
    options::picture,      options::spikes,      options::from,
    options::to,           options::bin,         options::grouping,
    options::sorting,      options::shown_cells, options::needing(options::core_radius, "cells=core"),
    options::with_spectra, options::marks};
inline constexpr core::Option lgn_figure_options[] = {
    options::picture,
    options::spikes,
    {.name = "rates",
     .value = "FILE",
     .help = "expected rates that 'striate lgn' wrote (rates.h5 beside the spikes, if it is there)"},
    options::from,
    options::to,
    options::bin};

}  // namespace striate::metrics
