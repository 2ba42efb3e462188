// SPDX-License-Identifier: BSD-3-Clause
// Rates by the plain formula: every pixel of every frame, the full two-dimensional kernel, a double sum over
// lags. Slow and obvious; shares only the kernels' values with the code under test.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "lgn/filters/lgn_cells.hpp"
#include "lgn/filters/rate_model.hpp"
#include "lgn/filters/spatial_filter.hpp"
#include "lgn/stimuli/stimulus.hpp"

namespace striate::test {

inline std::vector<double> plain_drive(const lgn::SubUnit& unit, const lgn::Stimulus& stimulus) {
  const auto kernel = lgn::spatial_kernel(unit.x_deg, unit.y_deg, unit.sigma_deg, stimulus.screen);
  std::vector<double> drive(stimulus.frames, 0.0);
  for (std::size_t n = 0; n < stimulus.frames; ++n) {
    const auto pixels = lgn::frame_pixels(stimulus, n);
    for (std::size_t j = 0; j < kernel.rows.weight.size(); ++j)
      for (std::size_t i = 0; i < kernel.columns.weight.size(); ++i)
        drive[n] += kernel.rows.weight[j] * kernel.columns.weight[i] *
                    pixels[(kernel.rows.first + j) * stimulus.screen.columns + kernel.columns.first + i];
  }
  return drive;
}

inline std::vector<double> plain_rates(const lgn::Cells& cells, std::size_t cell,
                                       const lgn::Stimulus& stimulus) {
  std::vector<double> rates(stimulus.frames, 0.0);
  for (std::size_t k = 0; k < cells.cells[cell].unit_count; ++k) {
    const auto& unit = cells.units[cells.cells[cell].first_unit + k];
    const auto drive = plain_drive(unit, stimulus);
    const auto kernel = lgn::frame_kernel(lgn::temporal_kernel(unit.temporal), stimulus.frame_rate_hz);
    for (std::size_t n = 0; n < stimulus.frames; ++n) {
      double response = 0;
      for (std::size_t lag = kernel.first; lag < kernel.lags() && lag <= n; ++lag)
        response += kernel.taps[lag - kernel.first] * drive[n - lag];
      rates[n] += std::max(unit.amplitude * response + unit.baseline_hz, 0.0);
    }
  }
  return rates;
}

/// A single ON cell, a single OFF cell and one two-subfield cell near the middle of a screen.
inline lgn::Cells three_cells() {
  using lgn::SubUnit;
  const lgn::TemporalParameters on{.weight = {3.6, -1.8}, .kpeak_ms = {30.8, 58.4}, .delay_ms = {0, 24.5}};
  const lgn::TemporalParameters off{.weight = {3.2, -1.7}, .kpeak_ms = {22.7, 55}, .delay_ms = {0, 14.7}};
  SubUnit first{
      .x_deg = 10.3, .y_deg = 7.7, .sigma_deg = 1.1, .amplitude = 1, .baseline_hz = 8.25, .temporal = on};
  SubUnit second{
      .x_deg = 0.4, .y_deg = 12.9, .sigma_deg = 2.5, .amplitude = -1, .baseline_hz = 3.7, .temporal = off};
  SubUnit dominant{.x_deg = 14, .y_deg = 9, .sigma_deg = 2, .temporal = off};
  SubUnit other{.x_deg = 16.5, .y_deg = 12, .sigma_deg = 2, .temporal = on};
  lgn::balance_subfields(*lgn::two_subfield_class("sONsOFF_001"), dominant, other, "test cell");
  return {.population = "lgn",
          .classes = {"sON_TF4", "sOFF_TF4", "sONsOFF_001"},
          .cells = {{.node_id = 0, .first_unit = 0, .unit_count = 1, .class_index = 0},
                    {.node_id = 1, .first_unit = 1, .unit_count = 1, .class_index = 1},
                    {.node_id = 2, .first_unit = 2, .unit_count = 2, .class_index = 2}},
          .units = {first, second, dominant, other}};
}

/// Rates of all cells by the code under test, [cell][frame].
inline std::vector<std::vector<double>> rates_of(const lgn::Cells& cells, const lgn::Stimulus& stimulus,
                                                 lgn::TemporalPath path = lgn::TemporalPath::automatic) {
  lgn::RateModel model(cells, stimulus, path);
  std::vector<std::uint32_t> all(cells.cells.size());
  std::iota(all.begin(), all.end(), 0u);
  model.prepare(all);
  std::vector<std::vector<double>> rates(all.size(), std::vector<double>(stimulus.frames));
  for (std::size_t k = 0; k < all.size(); ++k) model.rates(k, rates[k]);
  return rates;
}

inline double largest_difference(const std::vector<std::vector<double>>& a,
                                 const std::vector<std::vector<double>>& b) {
  double worst = 0;
  for (std::size_t cell = 0; cell < a.size(); ++cell)
    for (std::size_t n = 0; n < a[cell].size(); ++n)
      worst = std::max(worst, std::abs(a[cell][n] - b[cell][n]));
  return worst;
}

/// Of the three cells, Hz.
inline double difference_from_plain(const lgn::Stimulus& stimulus,
                                    lgn::TemporalPath path = lgn::TemporalPath::automatic) {
  const auto cells = three_cells();
  std::vector<std::vector<double>> plain;
  for (std::size_t cell = 0; cell < cells.cells.size(); ++cell)
    plain.push_back(plain_rates(cells, cell, stimulus));
  return largest_difference(rates_of(cells, stimulus, path), plain);
}

/// On a screen that holds the three cells.
inline lgn::GratingParameters small_grating() {
  return {.duration_s = 1,
          .row_size_deg = 20,
          .column_size_deg = 24,
          .gray_s = 0.2,
          .theta_deg = 130,
          .cycles_per_degree = 0.06,
          .temporal_hz = 3,
          .phase_deg = 40,
          .contrast = 0.7,
          .degrees_per_pixel = 1};
}

}  // namespace striate::test
