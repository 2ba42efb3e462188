// SPDX-License-Identifier: BSD-3-Clause
// What the engine knows of synapses (receptors, time constants), for the charges that edges bring.
#pragma once

#include <filesystem>

#include "interventions/edge_charge.hpp"

namespace striate::workflows {

/// The edges of BASE onto V1 from a population, in `edge_file`.
interventions::SynapseSource read_source(const std::filesystem::path& base,
                                         interventions::SynapseSource::Kind kind,
                                         const std::filesystem::path& edge_file);
/// Of the cell models of BASE.
interventions::TimeConstants read_time_constants(const std::filesystem::path& base);

}  // namespace striate::workflows
