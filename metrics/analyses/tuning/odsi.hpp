// SPDX-License-Identifier: BSD-3-Clause
// Orientation and direction tuning from drifting gratings: rates per direction, selectivity as the length of
// the vector sum of the rates over their sum (at the angle for direction, at twice the angle for
// orientation), and preferred angles. No baseline is subtracted.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/paradigm/fixed_protocols.hpp"
#include "metrics/base/output.hpp"
#include "metrics/base/trial_counts.hpp"

namespace striate::metrics {

/// What cells without any spike get where a ratio is undefined: NaN, or 0 as the reference's main script.
enum class SilentCells { nan, zero };

using DirectionRates = std::array<double, io::grating_directions>;  ///< Hz, NaN for a missing direction

struct Tuning {
  double dsi = 0, osi = 0;
  double preferred_angle = 0;  ///< of the largest rate; the smallest angle among equals
  double preferred_direction = 0, preferred_orientation = 0;  ///< of the vector sums, degrees
  double max_rate = 0, mean_rate = 0;
};

/// A missing direction makes everything NaN but preferred_angle, which names it.
Tuning tuning_of(const DirectionRates& rates, SilentCells silent);

/// One cell over the trials of each direction.
struct CellRates {
  DirectionRates mean, deviation, spontaneous;  ///< Hz; deviation over trials with divisor n
};

/// `counts`: bins evoked and spontaneous of the 80 trials.
CellRates rates_of(const TrialCounts& counts, std::size_t local_cell);

struct OdsiRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  SilentCells silent = SilentCells::nan;
};

/// Writes Rates_DF_OPT.csv and OSI_DSI_DF_OPT.csv; returns their paths. Collective. Throws MissingFileError
/// when no trial is there.
std::vector<std::filesystem::path> make_odsi(const OdsiRequest& request, const core::Comm& comm);

}  // namespace striate::metrics
