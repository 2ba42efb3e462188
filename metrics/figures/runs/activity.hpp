// SPDX-License-Identifier: BSD-3-Clause
// What the pictures of spikes read and are asked for.
#pragma once

#include <filesystem>
#include <string>

#include "core/kinds.hpp"
#include "io/sonata/nodes.hpp"
#include "io/sonata/spikes.hpp"
#include "metrics/figures/runs/raster.hpp"

namespace striate::metrics {

/// The nodes of a population of the network BASE. Throws FormatError when it has none.
io::NodePopulation nodes_of(const std::filesystem::path& base, const std::string& name);
/// Throws FormatError for spikes of another network, or of nodes that do not exist.
io::SpikeTrains spikes_of(const std::filesystem::path& file, const io::NodePopulation& nodes);
/// --from to --to, or to the last spike.
TimeWindow window_of(const core::Call& call, const io::SpikeTrains& spikes);
/// --bin, or what sensible_bin() makes of the usual width.
double bin_width(const core::Call& call, const TimeWindow& window, double usual_ms);

}  // namespace striate::metrics
