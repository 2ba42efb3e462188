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

#include "metrics/analyses/pairs/em_data.hpp"
#include "metrics/analyses/pairs/pair_draws.hpp"
#include "metrics/analyses/pairs/preferred_direction.hpp"

namespace striate::metrics {

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

/// Networks whose connections are held against the difference of directions. Both must outlive it.
OpenNetwork direction_networks(const PreferredDirectionRequest& request, const DrawnPairs& pairs);
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

inline constexpr core::Option preferred_direction_options[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    options::pooled_networks,
    {.name = "from",
     .type = core::Option::Type::word,
     .value = "response|structure",
     .help = "direction: pref_dir_deg of 'odsi', or tuning_angle of the nodes"},
    options::needing(direction_min_rate, "from=response"),
    options::layers,
    options::l5,
    options::inhibitory,
    {.name = "monte-carlo",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "fit N random subsets of the connections of excitatory pairs",
     .low = 1,
     .high = 10000,
     .needs = "limit|limits|em"},
    {.name = "limit",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "connections in a subset",
     .low = 10,
     .high = 1e9,
     .needs = "monte-carlo"},
    {.name = "limits",
     .value = "FILE",
     .help = "the same by pair: CSV with source, target, connections",
     .needs = "monte-carlo"},
    {.name = "em",
     .value = "FILE",
     .help = "measured connections: CSV with source, target, delta_pref_direction, weight"},
    options::needing(options::described(options::seed, "of the subsets"), "monte-carlo")};
std::vector<std::filesystem::path> run_preferred_direction(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
