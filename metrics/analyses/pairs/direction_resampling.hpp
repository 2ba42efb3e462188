// SPDX-License-Identifier: BSD-3-Clause
// Would a few hundred connections, as many as electron microscopy has measured, show that weights depend on
// preferred directions? Fits to random subsets of the connections of each pair of excitatory types. A draw
// names connections by their place among those of their pair in the edge file, so that ranks do not matter.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "metrics/analyses/pairs/preferred_direction.hpp"

namespace striate::metrics {

using TypePair = std::pair<std::string, std::string>;  ///< source, target

/// "L2/3", "L2/3 Exc" and "L2/3_Exc" are "L2/3_Exc".
std::string excitatory_label(std::string_view label);

/// Limits of a table as read_pair_limits() takes it, by excitatory type. Throws FormatError for a pair that
/// occurs twice under different labels, too.
std::map<TypePair, std::int64_t> read_excitatory_limits(const std::filesystem::path& file);

struct MeasuredPair {
  std::int64_t points = 0;
  std::vector<double> sums = std::vector<double>(CosineSums::size, 0);
};
/// Columns source, target, delta_pref_direction (degrees, 0 to 180), weight. All pairs together are in
/// ("E", "E").
std::map<TypePair, MeasuredPair> read_measured_pairs(const std::filesystem::path& file);

/// `count` different numbers below `total` (at least `count`), ascending.
std::vector<std::uint64_t> draw_without_repetition(std::uint64_t total, std::uint64_t count,
                                                   std::uint64_t seed, std::uint64_t stream);

struct ResamplingRequest {
  PreferredDirectionRequest edges;
  std::int64_t resamples = 0;  ///< 0: only the measured pairs
  std::optional<std::int64_t> limit;  ///< of every pair
  std::optional<std::filesystem::path> limits, measured;
  std::uint64_t seed = 0;
};

/// Writes preferred_direction_mc_OPT.csv and preferred_direction_em_OPT.csv, as far as asked for. Collective.
std::vector<std::filesystem::path> make_direction_resampling(const ResamplingRequest& request,
                                                             const core::Comm& comm);

}  // namespace striate::metrics
