// SPDX-License-Identifier: BSD-3-Clause
// Orientation and direction tuning from drifting gratings: rates per direction, selectivity as the length of
// the vector sum of the rates over their sum (at the angle for direction, at twice the angle for
// orientation), and preferred angles. No baseline is subtracted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "metrics/base/output.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/options/trial_design.hpp"

namespace striate::metrics {

/// What cells without any spike get where a ratio is undefined: NaN, or 0 as the reference's main script.
enum class SilentCells { nan, zero };

using DirectionRates = std::vector<double>;  ///< [direction] Hz, NaN for a missing direction

struct Tuning {
  double dsi = 0, osi = 0;
  double preferred_angle = 0;  ///< of the largest rate; the smallest angle among equals
  double preferred_direction = 0, preferred_orientation = 0;  ///< of the vector sums, degrees
  double max_rate = 0, mean_rate = 0;
};

/// A missing direction makes everything NaN but preferred_angle, which names it. What the directions cannot
/// tell is NaN.
Tuning tuning_of(std::span<const double> rates, const Directions& directions, SilentCells silent);

/// One cell over the trials of each direction.
struct CellRates {
  DirectionRates mean, deviation, spontaneous;  ///< Hz; deviation over trials with divisor n
};

/// Seconds of the windows in which `counts` were made.
struct TuningWindows {
  core::Window evoked, spontaneous;
};
/// `counts`: bins evoked and spontaneous of all trials; trials[direction] are those that show it.
CellRates rates_of(const TrialCounts& counts, const std::vector<std::vector<std::size_t>>& trials,
                   const TuningWindows& windows, std::size_t local_cell);

struct OdsiRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  io::Paradigm paradigm;  ///< with the variable `angle` and the windows `evoked` and `spontaneous`
  SilentCells silent = SilentCells::nan;
};

/// Writes Rates_DF_OPT.csv and OSI_DSI_DF_OPT.csv; returns their paths. Collective. Throws MissingFileError
/// when no trial is there.
std::vector<std::filesystem::path> make_odsi(const OdsiRequest& request, const core::Comm& comm);

inline constexpr const char* gratings = "8dir_10trials";  ///< the paradigm of tuning
inline constexpr core::Patterns odsi_files{
    {"{tables}/OSI_DSI_DF_{option}.csv", "{tables}/Rates_DF_{option}.csv"}};
inline constexpr core::Option odsi_options[] = {options::output_dir, options::paradigm_named(gratings),
                                                options::silent};
std::vector<std::filesystem::path> run_odsi(const core::Call& call, const core::Comm& world);
std::string odsi_refusal(const io::Paradigm& paradigm);
SilentCells silent_cells(const core::OptionValues& values);

}  // namespace striate::metrics
