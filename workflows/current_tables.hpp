// SPDX-License-Identifier: BSD-3-Clause
// Tables of currents: the engine's neurons under constant currents, and the current at which they fire as
// recorded cells.
#pragma once

#include "metrics/options/metric_options.hpp"

namespace striate::workflows {

inline constexpr core::Patterns if_curves_files{{"metrics/if_curves_all.csv"}},
    target_current_files{{"metrics/target_currents.csv"}};

inline constexpr core::Option if_curves_options[] = {
    metrics::options::output_dir,
    {.name = "models", .value = "DIR", .help = "parameter files (BASE/components/cell_models)"},
    {.name = "max",
     .type = core::Option::Type::number,
     .value = "PA",
     .help = "largest current",
     .usual = 500,
     .low = 0.001,
     .high = 1e6},
    {.name = "step",
     .type = core::Option::Type::number,
     .value = "PA",
     .help = "from one current to the next",
     .usual = 2,
     .low = 0.001,
     .high = 1e6},
    {.name = "duration",
     .type = core::Option::Type::number,
     .value = "MS",
     .help = "of each current",
     .usual = 2000,
     .low = 1,
     .high = 1e6},
    {.name = "dt",
     .type = core::Option::Type::number,
     .value = "MS",
     .help = "time step",
     .usual = 0.25,
     .low = 0.001,
     .high = 1000}};
inline constexpr core::Option target_current_options[] = {
    metrics::options::output_dir,
    {.name = "curves", .value = "FILE", .help = "another table of curves (BASE/metrics/if_curves_all.csv)"},
    metrics::options::reference};

std::vector<std::filesystem::path> run_if_curves(const core::Call& call, const core::Comm& world);
std::vector<std::filesystem::path> run_target_current(const core::Call& call, const core::Comm& world);

}  // namespace striate::workflows
