// SPDX-License-Identifier: BSD-3-Clause
// Pictures of reports: what was recorded of some cells, or of the means over populations, with spikes and
// with what was on the screen.
#pragma once

#include "metrics/figures/request/figure_options.hpp"

namespace striate::workflows {

namespace options {
inline constexpr core::Option traced_cells{
    .name = "cells",
    .value = "ID|NAME",
    .help = "node ids, or names of populations: the first recorded cell of each (the first five; all means)",
    .takes = core::Option::Takes::several};
inline constexpr core::Option variables{.name = "variables",
                                        .value = "NAME",
                                        .help = "of those recorded (all)",
                                        .takes = core::Option::Takes::several};
inline constexpr core::Option node_population{
    .name = "population", .value = "NAME", .help = "whose cells, where several were recorded (the first)"};
inline constexpr core::Option lgn_config{
    .name = "lgn-config",
    .value = "CONFIG.json",
    .help = "what the LGN was shown (the configuration beside the spikes that the run read)"};
inline constexpr auto last_sample =
    metrics::options::described(metrics::options::to, "last time shown (the last sample)");
}  // namespace options

inline constexpr core::Option report_picture_options[] = {{.name = "output",
                                                           .value = "FILE",
                                                           .help = "the picture, .png, .svg or .pdf",
                                                           .fallback = "report.png",
                                                           .letter = 'o'},
                                                          options::traced_cells,
                                                          options::variables,
                                                          options::node_population,
                                                          metrics::options::spikes,
                                                          options::lgn_config,
                                                          metrics::options::from,
                                                          options::last_sample};
inline constexpr core::Option traces_options[] = {
    metrics::options::picture,
    {.name = "report", .value = "NAME", .help = "which report of the run (the only one)"},
    options::traced_cells,
    options::variables,
    options::node_population,
    metrics::options::spikes,
    options::lgn_config,
    metrics::options::from,
    options::last_sample};

/// `plot report FILE` and `plot traces BASE OPT`. The root works alone.
std::vector<std::filesystem::path> run_report_picture(const core::Call& call, const core::Comm& world);
std::vector<std::filesystem::path> run_traces_picture(const core::Call& call, const core::Comm& world);

}  // namespace striate::workflows
