// SPDX-License-Identifier: BSD-3-Clause
// Firing rates of cells for one stimulus condition: rectified linear responses. Movies need the pictures'
// drive of many cells at once, so cells are announced in groups (prepare) and then asked for one by one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lgn/filters/lgn_cells.hpp"
#include "lgn/filters/response.hpp"
#include "lgn/filters/sequence_response.hpp"
#include "lgn/filters/time_axis.hpp"
#include "lgn/stimuli/stimulus.hpp"

namespace striate::lgn {

/// Which frames' rates are kept: first, first + step, … (`count` of them).
struct Sampling {
  std::size_t first = 0, step = 1, count = 0;
  bool operator==(const Sampling&) const = default;
  static Sampling all(const Stimulus& stimulus) { return {.first = 0, .step = 1, .count = stimulus.frames}; }
};

TimeAxis sample_times(const Stimulus& stimulus, const Sampling& sampling);

/// Rates above this are refused: they come from pixels that are not contrasts.
inline constexpr double highest_rate_hz = 1e5;

class RateModel {
 public:
  /// Both must outlive the model. Throws ConfigError for pixels that are far too small for the cells' fields.
  RateModel(const Cells& cells, const Stimulus& stimulus, TemporalPath path = TemporalPath::automatic);

  /// Bytes of working memory that prepare() takes for one sub-unit, at most: its drives and its row of the
  /// matrix.
  std::size_t prepared_bytes_per_unit() const;
  /// Chooses the cells that rates() may be asked for.
  void prepare(std::span<const std::uint32_t> cells);
  /// Rate in Hz at every frame of prepared cell number `position`.
  void rates(std::size_t position, std::span<double> rates_hz);
  /// Prepared sub-units whose spatial kernel misses the screen; their drive is 0.
  std::size_t units_off_screen() const { return units_off_screen_; }

 private:
  const Cells* cells_;
  const Stimulus* stimulus_;
  TemporalPath path_;
  GratingTables grating_tables_;
  SequenceResponse sequence_;
  PictureDrive drive_;
  std::vector<std::uint32_t> prepared_;  ///< cells
  std::vector<std::size_t> first_unit_;  ///< of each prepared cell, in drive_
  std::vector<double> linear_;
  double widest_sigma_deg_ = 0;
  std::size_t units_off_screen_ = 0;
};

}  // namespace striate::lgn
