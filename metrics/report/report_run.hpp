// SPDX-License-Identifier: BSD-3-Clause
// What the configurations say that a network was built and a run was made from, as far as a report tells it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "metrics/base/cells.hpp"

namespace striate::metrics {

struct RunConfig {
  std::vector<std::pair<std::string, std::string>> facts;  ///< names and values
  double duration_ms = 0;  ///< 0: not known
  /// By row of the cells, or empty: a current that is negative all the time goes into them.
  std::vector<char> silenced;
};

/// Of the copy that a run leaves beside its spikes; nothing where there is none.
RunConfig run_config(const std::filesystem::path& output, const Cells& cells);

struct NetworkSize {
  std::optional<double> radius_um, core_radius_um;
};
/// What the network was built with; nothing for one that another program made.
NetworkSize network_size(const std::filesystem::path& base);

}  // namespace striate::metrics
