// SPDX-License-Identifier: BSD-3-Clause
// Do weights depend on function as strongly as electron microscopy has measured? The model's connections are
// drawn as few at a time as were measured, and each draw gives the same number without a unit as the measured
// connections do.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "metrics/analyses/pairs/correlation.hpp"
#include "metrics/analyses/pairs/em_data.hpp"
#include "metrics/analyses/pairs/preferred_direction.hpp"

namespace striate::metrics {

struct EmRequest {
  NetworkPaths networks;  ///< whose connections are pooled, BASE first
  std::string option;
  std::filesystem::path output_directory;
  /// The measured connections; none: that half is left out.
  std::optional<std::filesystem::path> direction, correlation;
  PreferredDirectionRequest directions;  ///< of the model
  CorrelationRequest correlations;
  bool pool_l5 = false;
  std::size_t samples = usual_resamples;
  int resamples = usual_resamples;
  std::uint64_t seed = 0;
};

/// Writes em_comparison_OPT.csv (measure, pooling, source, target, the measured value with its interval and
/// p, the model's over all connections, median and interval of draws, q, p), em_curves_OPT.csv (means of bins
/// relative to the mean of the pair, of both) and the fits em_direction_fits_OPT.csv and
/// em_correlation_fits_OPT.csv. Collective.
std::vector<std::filesystem::path> make_em(const EmRequest& request, const core::Comm& comm);

inline constexpr core::Patterns em_files{
    {"{tables}/em_comparison_{option}.csv", "{tables}/em_curves_{option}.csv"}};
inline constexpr const char* em_fits_file = "{tables}/em_{kind}_fits_{option}.csv";
inline constexpr core::Option em_core[] = {options::output_dir, options::core_radius, options::core_edge,
                                           networks_without_runs, options::paradigm_named(image_net)};
inline constexpr core::Option em_alone[] = {
    {.name = "responses",
     .value = "FILE",
     .help = responses_help,
     .excludes = "paradigm|run|first|slot|slots|labels"},
    {.name = "kind",
     .type = core::Option::Type::word,
     .value = "both|direction|correlation",
     .help = "compare what; both: as far as the model's tables and runs are there"},
    {.name = "directions",
     .type = core::Option::Type::word,
     .value = "response|structure",
     .help = "of the model: pref_dir_deg of 'odsi', or tuning_angle of the nodes"},
    options::needing(direction_min_rate, "directions=response"),
    {.name = "from",
     .type = core::Option::Type::number,
     .value = "R",
     .help = "correlations begin here (the reference's figures: -0.2) …",
     .usual = -1,
     .low = -1,
     .high = 1},
    {.name = "to",
     .type = core::Option::Type::number,
     .value = "R",
     .help = "… and end here (0.5)",
     .usual = 1,
     .low = -1,
     .high = 1},
    options::l5,
    {.name = "em-direction",
     .value = "FILE",
     .help = "measured connections: CSV with source, target, delta_pref_direction, weight (V1DD's)"},
    {.name = "em-correlation", .value = "FILE", .help = "the same with correlation (MICrONS')"},
    {.name = "draws",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "of as many of the model's connections as were measured",
     .usual = usual_resamples,
     .low = 1,
     .high = 10000},
    options::described(options::resamples, "of the measured connections, for their 95 % interval"),
    options::described(options::seed, "of draws and resamples")};
inline constexpr auto em_options = core::joined(em_core, options::image_protocol, em_alone);
std::vector<std::filesystem::path> run_em(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
