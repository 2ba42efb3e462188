// SPDX-License-Identifier: BSD-3-Clause
// `striate metrics receptive-field`: what part of the screen cells look at.
#pragma once

#include "metrics/analyses/fields/gabor_fields.hpp"
#include "metrics/analyses/fields/noise_fields.hpp"
#include "metrics/options/metric_options.hpp"
#include "metrics/options/trial_design.hpp"
#include "workflows/structural_fields.hpp"

namespace striate::workflows {

inline constexpr const char* from_responses = "from=gabors|from=noise";
inline constexpr core::Option receptive_field_options[] = {
    metrics::options::output_dir,
    {.name = "from",
     .type = core::Option::Type::word,
     .value = "gabors|noise|structure",
     .help = "responses to small gratings at many places, pictures of squares before spikes, or connections "
             "from the LGN, without simulation"},
    metrics::options::paradigm,
    {.name = "shuffles",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "of presentations, for p",
     .usual = 1000,
     .low = 1,
     .high = 100000,
     .needs = from_responses},
    {.name = "offset",
     .type = core::Option::Type::word,
     .value = "none|fit",
     .help = "of the fitted Gaussian; none as in recordings, whose sizes then grow with spontaneous rates",
     .needs = from_responses},
    metrics::options::needing(metrics::options::seed, from_responses),
    {.name = "latency-bin",
     .type = core::Option::Type::number,
     .value = "MS",
     .help = "spikes are counted in bins of this length after the start of each picture",
     .usual = metrics::usual_latency_bin_ms,
     .low = 1,
     .high = 1000,
     .needs = "from=noise"},
    {.name = "latency-end",
     .type = core::Option::Type::number,
     .value = "MS",
     .help = "to this time after it",
     .usual = metrics::usual_latency_end_ms,
     .low = 1,
     .high = 10000,
     .needs = "from=noise"},
    {.name = "cells",
     .type = core::Option::Type::whole,
     .value = "ID",
     .help = "node ids of cells whose maps are kept (twelve of L4_Exc)",
     .high = core::most_whole,
     .needs = "from=structure",
     .takes = core::Option::Takes::several},
    metrics::options::core_radius,
    metrics::options::core_edge};

std::vector<std::filesystem::path> run_receptive_field(const core::Call& call, const core::Comm& world);

}  // namespace striate::workflows
