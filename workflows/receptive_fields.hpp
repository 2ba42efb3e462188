// SPDX-License-Identifier: BSD-3-Clause
// `striate metrics receptive-field`: what part of the screen cells look at.
#pragma once

#include "metrics/options/metric_options.hpp"
#include "workflows/structural_fields.hpp"

namespace striate::workflows {

inline constexpr core::Option receptive_field_options[] = {
    metrics::options::output_dir,
    {.name = "from",
     .type = core::Option::Type::word,
     .value = "structure",
     .help = "the connections from the LGN, without simulation"},
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
