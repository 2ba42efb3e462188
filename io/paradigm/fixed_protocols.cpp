// SPDX-License-Identifier: BSD-3-Clause
#include "io/paradigm/fixed_protocols.hpp"

#include <fmt/format.h>

#include <iterator>

namespace striate::io {
namespace {

constexpr int degrees_between_directions = 360 / grating_directions;

}  // namespace

std::vector<Trial> drifting_gratings(const std::filesystem::path& base, const std::string& option) {
  const auto folder = base / ("8dir_10trials_" + option);
  std::vector<Trial> trials;
  for (int direction = 0; direction < grating_directions; ++direction)
    for (int trial = 0; trial < grating_trials; ++trial) {
      const int angle = direction * degrees_between_directions;
      trials.push_back({.angle_deg = angle,
                        .repetition = trial,
                        .run_directory = folder / fmt::format("angle{}_trial{}", angle, trial)});
    }
  return trials;
}

std::vector<Trial> contrasts(const std::filesystem::path& base, const std::string& option) {
  const auto folder = base / ("contrasts_" + option);
  std::vector<Trial> trials;
  const auto add = [&](int angle, int contrast, const char* text, int trial) {
    trials.push_back(
        {.angle_deg = angle,
         .contrast = contrast,
         .repetition = trial,
         .run_directory = folder / fmt::format("angle{}_contrast{}_trial{}", angle, text, trial)});
  };
  for (int trial = 0; trial < blank_trials; ++trial) add(0, -1, "0.0", trial);
  for (int direction = 0; direction < grating_directions; ++direction)
    for (std::size_t contrast = 0; contrast < std::size(contrast_values); ++contrast)
      for (int trial = 0; trial < contrast_trials; ++trial)
        add(direction * degrees_between_directions, static_cast<int>(contrast), contrast_texts[contrast],
            trial);
  return trials;
}

std::vector<Trial> image_chunks(const std::filesystem::path& base, const std::string& name,
                                const std::string& option, int chunks) {
  const auto folder = base / fmt::format("output_{}_{}", name, option);
  std::vector<Trial> trials;
  for (int chunk = 0; chunk < chunks; ++chunk)
    trials.push_back({.repetition = chunk, .run_directory = folder / fmt::format("chunk_{:02}", chunk)});
  return trials;
}

}  // namespace striate::io
