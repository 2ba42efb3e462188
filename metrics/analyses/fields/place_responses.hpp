// SPDX-License-Identifier: BSD-3-Clause
// Responses to something small shown at many places of the screen, one after the other: which place was shown
// when, and the spikes of each cell in each presentation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/paradigm/paradigm.hpp"
#include "metrics/analyses/fields/field_shape.hpp"
#include "metrics/base/trial_counts.hpp"

namespace striate::metrics {

/// The variables that are places, degrees from the middle of the screen.
inline constexpr const char *x_variable = "x_position", *y_variable = "y_position";

struct PlaceDesign {
  struct Shown {
    std::size_t run = 0;
    Window window;
    std::uint32_t place = 0;  ///< row * columns + column, the first row on top
  };
  FieldAxes axes;
  std::vector<std::filesystem::path> runs;
  std::vector<Shown> shown;  ///< run after run, times rising; without blanks
};

/// Why the paradigm shows nothing at different places, or "".
std::string places_refusal(const io::Paradigm& paradigm);
/// Responses are counted in the first `counted_ms` of each presentation. The table of conditions in BASE
/// counts where it is there, else the paradigm. Throws FormatError for a run that no trial is and for places
/// that are not evenly spaced or never shown, ConfigError for a table that is not the paradigm's.
PlaceDesign place_design(const io::Paradigm& paradigm, const std::filesystem::path& base,
                         const std::string& option, double counted_ms);

struct PlaceResponses {
  core::Share cells{0, 0};  ///< rows of this rank
  std::size_t missing_runs = 0;
  std::vector<std::uint32_t> place;  ///< [presentation] of runs that are there
  std::vector<Count> counts;  ///< [local cell * presentations + presentation]
  std::span<const Count> of_cell(std::size_t local) const {
    return std::span(counts).subspan(local * place.size(), place.size());
  }
};
/// Collective. Throws MissingFileError when no run is there.
PlaceResponses count_places(const PlaceDesign& design, const Cells& cells, const core::Comm& comm);

}  // namespace striate::metrics
