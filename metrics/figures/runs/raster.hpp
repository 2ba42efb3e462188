// SPDX-License-Identifier: BSD-3-Clause
// Quick looks at activity: a raster of spikes with cells in groups, and each group's mean rate over time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/sonata/nodes.hpp"
#include "io/sonata/spikes.hpp"
#include "metrics/base/cells.hpp"

namespace striate::metrics {

/// Cells drawn together, from top to bottom.
struct RasterGroup {
  std::string label;
  std::string colour;  ///< "#rrggbb"
  std::vector<std::uint64_t> node_ids;
};

/// Which cells, in which groups, in which order inside them.
struct CellChoice {
  enum class Grouping {
    classes,  ///< of each layer: Exc, PV, SST, VIP
    types,  ///< as classes, but L5 IT, ET and NP are told apart
    populations
  };
  enum class Order { tuning_angle, depth, x, z, rate, id };
  Grouping grouping = Grouping::classes;
  Order order = Order::tuning_angle;
  std::optional<CoreRule> core = {};  ///< none: all cells
};

/// Groups of cortical cells, layer 1 first (names of populations as "e23Cux2", "i4Sst"). Populations named
/// otherwise are groups of their own. Cells without a value of the order come last. `spikes` give the rates
/// that order by rate goes by. Throws FormatError for nodes without the column that is asked for.
std::vector<RasterGroup> cortical_groups(const io::NodePopulation& nodes, const CellChoice& choice = {},
                                         const io::SpikeTrains* spikes = nullptr);
/// One group per pop_name, in order of the lowest node id.
std::vector<RasterGroup> groups_by_name(const io::NodePopulation& nodes);

struct TimeWindow {
  double begin_ms = 0, end_ms = 0;
};

/// Mean rate in Hz per cell of each group in bins of `bin_ms`, from begin_ms on (the last bin may be partial
/// and is left out).
std::vector<std::vector<double>> group_rates(const std::vector<RasterGroup>& groups,
                                             const io::SpikeTrains& spikes, const TimeWindow& window,
                                             double bin_ms);

/// One-sided power density (per Hz) at 0, 1, … 500 Hz of the mean spike train of a group's cells in bins of 1
/// ms: Welch's, segments of 1 s. `window` lasts a second or more.
std::vector<double> group_spectrum(const RasterGroup& group, const io::SpikeTrains& spikes,
                                   const TimeWindow& window);

/// Ascending places as near to the ascending `wanted` ones as they can be (least squares) when neighbours
/// keep `distance` and all lie in [low, high]; closer together where they do not fit otherwise.
std::vector<double> spread_places(std::vector<double> wanted, double distance, double low, double high);

/// gnuplot commands that draw into the current plot area. The raster sets the margin that its labels need.
std::string raster_script(const std::vector<RasterGroup>& groups, const io::SpikeTrains& spikes,
                          const TimeWindow& window, const std::string& title);

}  // namespace striate::metrics
