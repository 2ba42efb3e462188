// SPDX-License-Identifier: BSD-3-Clause
// Experiments in which a cohort is silenced by a constant negative current: the simulation config of a
// network option plus a current clamp on an explicit list of cells. Nothing is removed from the network.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "io/text/json.hpp"

namespace striate::interventions {

struct Silencing {
  std::string condition;  ///< "pv_neg1000": a network option like any other
  std::string clamp;  ///< key of the input, "PVClamp"
  std::string node_set;  ///< its name in the config, "pv_suppressed"
  std::string node_set_file;  ///< in BASE/node_sets, "pv_nodes.json"
  double amp_pA = -1000, from_ms = 1, to_ms = 3000;
  std::string option;  ///< the network option that it starts from, "bio_trained"
};

/// The condition with another current; its name says so: "pv_neg1000" becomes "pv_neg250" or "pv_pos50".
/// Throws UsageError for a name that does not end in the current.
Silencing with_amplitude(Silencing silencing, double amp_pA);

/// The config of the option (`file` stands for it in messages) with output_dir output_CONDITION, the clamp
/// and the node set of `ids`. Throws ConfigError where either exists already, or where the config takes node
/// sets from a file, which would no longer be read.
io::Json silenced_config(io::Json config, const std::filesystem::path& file, const Silencing& silencing,
                         std::span<const std::uint64_t> ids);

}  // namespace striate::interventions
