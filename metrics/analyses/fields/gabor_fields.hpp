// SPDX-License-Identifier: BSD-3-Clause
// Receptive fields from Gabor patches flashed at many places: responses summed over orientations and
// repetitions, whether they depend on the place, where and how large the field is. Constants are those of the
// recordings' tables (AllenSDK), so that medians can be compared.
#pragma once

#include <filesystem>
#include <vector>

#include "core/kinds.hpp"
#include "metrics/analyses/fields/field_shape.hpp"
#include "metrics/analyses/fields/place_responses.hpp"
#include "metrics/base/output.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

inline constexpr double gabor_counted_ms = 249;
inline constexpr const char* gabor_paradigm = "gabors";
inline constexpr core::Patterns gabor_field_files{{"{tables}/rf_gabors_cells_{option}.csv",
                                                   "{tables}/rf_gabors_by_type_{option}.csv",
                                                   "{tables}/rf_gabors_maps_{option}.h5"}};

/// Of one cell. NaN where there are too few spikes.
struct CellField {
  std::uint64_t spikes = 0;
  double rate_hz = 0, p = 0;
  FieldShape shape;
  double suppressive = 0;  ///< 0 or 1
};
CellField cell_field(const PlaceDesign& design, const PlaceShuffles& shuffles,
                     std::span<const std::uint32_t> place, std::span<const Count> responses,
                     FieldOffset offset);

struct GaborRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  io::Paradigm paradigm;
  std::size_t shuffles = 1000;
  FieldOffset offset = FieldOffset::none;
  std::uint64_t seed = 0;
  CoreRule core;
};

/// Collective.
std::vector<std::filesystem::path> make_gabor_fields(const GaborRequest& request, const core::Comm& comm);

}  // namespace striate::metrics
