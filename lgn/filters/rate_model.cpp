// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/filters/rate_model.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "lgn/filters/spatial_filter.hpp"

namespace striate::lgn {

namespace {

/// Pixels of a profile of `sigma_deg`, at most: four standard deviations to each side, and the neighbours
/// that blur and shift reach.
double widest_profile(double sigma_deg, double pitch_deg) {
  return 8 * sigma_deg / pitch_deg + 6;
}

/// Throws ConfigError when a kernel would have absurdly many pixels.
void check_resolution(double sigma_deg, const Screen& screen) {
  constexpr double most_pixels_across = 1e6;
  const double pitch_deg = std::min(screen.row_pitch_deg, screen.column_pitch_deg);
  if (widest_profile(sigma_deg, pitch_deg) > most_pixels_across)
    throw core::ConfigError(
        "pixels of {:.3g} degrees are too small for receptive fields of {:.3g} degrees (more than {:.0g} "
        "across) "
        "check degrees_per_pixel, row_range and col_range",
        pitch_deg, 3 * sigma_deg, most_pixels_across);
}

}  // namespace

TimeAxis sample_times(const Stimulus& stimulus, const Sampling& sampling) {
  const double frame_ms = 1000 / stimulus.frame_rate_hz;
  return {.first_ms = static_cast<double>(sampling.first) * frame_ms,
          .step_ms = static_cast<double>(sampling.step) * frame_ms};
}

RateModel::RateModel(const Cells& cells, const Stimulus& stimulus, TemporalPath path)
    : cells_(&cells),
      stimulus_(&stimulus),
      path_(path),
      grating_tables_(std::holds_alternative<Grating>(stimulus.pattern) ? GratingTables(stimulus)
                                                                        : GratingTables()),
      sequence_(std::holds_alternative<GratingSequence>(stimulus.pattern) ? SequenceResponse(stimulus)
                                                                          : SequenceResponse()),
      linear_(stimulus.frames) {
  for (const SubUnit& unit : cells.units) widest_sigma_deg_ = std::max(widest_sigma_deg_, unit.sigma_deg);
  check_resolution(widest_sigma_deg_, stimulus.screen);
}

std::size_t RateModel::prepared_bytes_per_unit() const {
  const auto* movie = std::get_if<Movie>(&stimulus_->pattern);
  if (movie == nullptr) return 0;
  const Screen& screen = stimulus_->screen;
  const double row_entries =
      std::min(static_cast<double>(screen.columns),
               widest_profile(widest_sigma_deg_, screen.column_pitch_deg)) *
      std::min(static_cast<double>(screen.rows), widest_profile(widest_sigma_deg_, screen.row_pitch_deg));
  return movie->pictures.count * sizeof(double) + static_cast<std::size_t>(row_entries) * 16;
}

void RateModel::prepare(std::span<const std::uint32_t> cells) {
  prepared_.assign(cells.begin(), cells.end());
  first_unit_.clear();
  std::vector<SubUnit> units;
  for (const auto index : cells) {
    const Cell& cell = cells_->cells[index];
    first_unit_.push_back(units.size());
    for (std::uint32_t k = 0; k < cell.unit_count; ++k) units.push_back(cells_->units[cell.first_unit + k]);
  }
  units_off_screen_ = static_cast<std::size_t>(std::ranges::count_if(units, [&](const SubUnit& unit) {
    return !spatial_kernel(unit.x_deg, unit.y_deg, unit.sigma_deg, stimulus_->screen).on_screen();
  }));
  if (const auto* movie = std::get_if<Movie>(&stimulus_->pattern)) {
    drive_ = PictureDrive();  // give memory back first
    drive_ = PictureDrive(units, stimulus_->screen, movie->pictures);
  }
}

void RateModel::rates(std::size_t position, std::span<double> rates_hz) {
  const Cell& cell = cells_->cells[prepared_[position]];
  std::ranges::fill(rates_hz, 0.0);
  for (std::uint32_t k = 0; k < cell.unit_count; ++k) {
    const SubUnit& unit = cells_->units[cell.first_unit + k];
    const FrameKernel kernel = frame_kernel(temporal_kernel(unit.temporal), stimulus_->frame_rate_hz);
    if (const auto* movie = std::get_if<Movie>(&stimulus_->pattern))
      movie_response(kernel, *movie, drive_.of(first_unit_[position] + k), path_, linear_);
    else if (std::holds_alternative<GratingSequence>(stimulus_->pattern))
      sequence_(unit, kernel, linear_);
    else
      grating_response(unit, kernel, *stimulus_, grating_tables_, linear_);
    for (std::size_t n = 0; n < rates_hz.size(); ++n)
      rates_hz[n] += std::max(unit.amplitude * linear_[n] + unit.baseline_hz, 0.0);
  }
}

}  // namespace striate::lgn
