// SPDX-License-Identifier: BSD-3-Clause
// Which pictures of squares (striate images --kind sparse-noise, white-noise) the runs of a paradigm showed
// when, and how light their squares are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/paradigm/paradigm.hpp"
#include "metrics/analyses/fields/field_shape.hpp"

namespace striate::metrics {

inline constexpr const char* image_variable = "image";  ///< of a table of conditions: the picture's number

struct NoiseDesign {
  struct Shown {
    std::size_t run = 0;
    double start_ms = 0;
    std::uint32_t picture = 0;
  };
  FieldAxes axes;
  std::filesystem::path pictures_file;
  std::size_t pictures = 0;
  std::vector<std::int8_t> squares;  ///< [picture * places + place]: -1 dark, 0 grey, 1 light
  std::vector<std::filesystem::path> runs;
  std::vector<Shown> shown;  ///< run after run, times rising; without blanks
  std::size_t cut_off = 0;  ///< presentations that are left out because runs end too early after them
};

/// Why the paradigm shows no pictures one after another, or "".
std::string noise_refusal(const io::Paradigm& paradigm);
/// Runs must go on for `after_ms` from the start of a presentation that counts. Throws MissingFileError and
/// FormatError for pictures that are not there, without squares, or fewer than were shown, ConfigError where
/// trials show different files or squares do not lie where the file says, and for a table of conditions that
/// is not the paradigm's.
NoiseDesign noise_design(const io::Paradigm& paradigm, const std::filesystem::path& base,
                         const std::string& option, double after_ms);

}  // namespace striate::metrics
