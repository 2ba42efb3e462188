// SPDX-License-Identifier: BSD-3-Clause
// Responses to images as one file for other tools (digital twins, decoders), and how reliable they are: the
// spikes of each cell in each presentation, what was shown, and sums by image.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "metrics/analyses/images/image_responses.hpp"
#include "metrics/base/output.hpp"

namespace striate::metrics {

inline constexpr core::Patterns response_files{{"{tables}/image_responses_{option}.h5"}};
inline constexpr const char* oracle_file = "{tables}/oracle_{option}.csv";

/// Of one cell over images shown several times.
struct Reliability {
  /// Mean over repetitions of the correlation between the responses in one and the mean of the others.
  double oracle = 0;
  /// (n var(mean) - mean var) / (n - 1) / mean var: variances over images, of the mean of n repetitions and
  /// the mean of those of single repetitions (Sahani and Linden 2003).
  double signal_variance = 0;
};
/// responses[repetition * images + image]; NaN with fewer than two of either or without variance.
Reliability reliability(const std::vector<double>& responses, std::size_t repetitions);

struct ResponsesRequest {
  std::filesystem::path base;
  std::string option;  ///< what files are called by
  std::filesystem::path output_directory;
  ImageProtocol protocol;
  double latency_ms = 0;  ///< slots of time are that much later than those of the images
  double duration_ms = 0;  ///< of runs; presentations whose slot is not over by then are left out
  bool core_only = true;
  bool reference_layout = false;  ///< also arr_0, of all cells
  std::optional<std::filesystem::path> images;  ///< the file of pictures, for its hash
  CoreRule core;
};

/// Writes image_responses_OPT.h5 and, where images are shown several times, oracle_OPT.csv. Collective.
std::vector<std::filesystem::path> make_responses(const ResponsesRequest& request, const core::Comm& comm);

inline constexpr core::Option responses_own_options[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    options::paradigm_named(image_net),
    {.name = "latency",
     .type = core::Option::Type::number,
     .value = "MS",
     .help = "count spikes so much later than the image is shown",
     .usual = 0,
     .high = 1e6},
    {.name = "cells",
     .type = core::Option::Type::word,
     .value = "core|all",
     .help = "which cells: those within --core-radius of the axis, or all"},
    {.name = "layout",
     .type = core::Option::Type::word,
     .value = "own|reference",
     .help = "reference: also arr_0, spikes of all cells by image, as its scripts read them",
     .needs = "cells=all"}};
inline constexpr auto responses_options = core::joined(responses_own_options, options::image_protocol);
std::vector<std::filesystem::path> run_responses(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
