// SPDX-License-Identifier: BSD-3-Clause
// Receptive fields from noise: the average of the pictures of squares that were shown some time before a
// spike, light and dark squares apart (noise_averages.hpp), at the latency at which one of them is furthest
// beyond chance; whether there is any, and where the light and the dark part of the field lie.
#pragma once

#include <filesystem>
#include <vector>

#include "core/kinds.hpp"
#include "metrics/analyses/fields/noise_averages.hpp"
#include "metrics/analyses/fields/noise_pictures.hpp"
#include "metrics/base/output.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

inline constexpr const char* noise_paradigm = "sparse_noise";
inline constexpr double usual_latency_bin_ms = 50, usual_latency_end_ms = 250;
inline constexpr core::Patterns noise_field_files{{"{tables}/rf_noise_cells_{option}.csv",
                                                   "{tables}/rf_noise_by_type_{option}.csv",
                                                   "{tables}/rf_noise_maps_{option}.h5"}};

/// The part of a field that prefers light, or dark.
struct Subfield {
  double z = 0;  ///< its largest
  FieldShape shape;
};
struct NoiseField {
  std::uint64_t spikes = 0;
  double rate_hz = 0;
  double latency_ms = 0;  ///< where the bin begins; NaN where there are too few spikes
  double z = 0;  ///< the largest of both parts
  Subfield on, off;
};

/// Of one cell; `maps` takes the averages of light, then of dark squares at that latency, or NaN.
NoiseField noise_field(const NoiseStimulus& stimulus, const FieldAxes& axes, const LatencyCounts& counts,
                       double bin_ms, FieldOffset offset, std::span<double> maps);

struct NoiseRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  io::Paradigm paradigm;
  double bin_ms = usual_latency_bin_ms, end_ms = usual_latency_end_ms;
  std::size_t shuffles = 1000;
  FieldOffset offset = FieldOffset::none;
  std::uint64_t seed = 0;
  CoreRule core;
};

/// Collective. Throws UsageError for latencies that are no whole number of bins.
std::vector<std::filesystem::path> make_noise_fields(const NoiseRequest& request, const core::Comm& comm);

}  // namespace striate::metrics
