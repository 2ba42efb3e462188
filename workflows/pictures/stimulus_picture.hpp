// SPDX-License-Identifier: BSD-3-Clause
// Frames of what an LGN configuration shows: the stimulus is the LGN's, the picture drawn as all figures are.
#pragma once

#include "io/sonata/config/sonata_config.hpp"
#include "metrics/figures/request/figure_options.hpp"

namespace striate::workflows {

inline constexpr core::Option stimulus_picture_options[] = {
    {.name = "output",
     .value = "FILE",
     .help = "the picture, .png, .svg or .pdf",
     .fallback = "stimulus.png",
     .letter = 'o'},
    {.name = "times",
     .type = core::Option::Type::number,
     .value = "MS",
     .help = "frames to show (six spread over the stimulus)",
     .high = 1e9,
     .takes = core::Option::Takes::several}};
struct DrawnStimulus {
  std::string description;
  std::string cells;  ///< where they look; empty without nodes
};
/// Frames at these times, or six that tell what is shown, with a frame around where the cells look. Throws as
/// reading the stimulus does, UsageError for a time beyond its end.
DrawnStimulus draw_stimulus(const io::SonataConfig& config, const std::vector<double>& times_ms,
                            const std::filesystem::path& picture);

std::vector<std::filesystem::path> run_stimulus_picture(const core::Call& call, const core::Comm& world);

}  // namespace striate::workflows
