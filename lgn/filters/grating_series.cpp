// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/filters/grating_series.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lgn/filters/response.hpp"

namespace striate::lgn {
namespace {

/// profile_spectrum by rotation from pixel to pixel.
std::complex<double> spectrum(const Profile& profile, double cycles_per_pixel) {
  const double angle = 2 * std::numbers::pi * cycles_per_pixel;
  const std::complex<double> turn = std::polar(1.0, angle);
  double re = 0, im = 0;
  auto now = std::polar(1.0, angle * static_cast<double>(profile.first));
  for (const double weight : profile.weight) {
    re += weight * now.real();
    im += weight * now.imag();
    now = {now.real() * turn.real() - now.imag() * turn.imag(),
           now.real() * turn.imag() + now.imag() * turn.real()};
  }
  return {re, im};
}

}  // namespace

GratingSeries::GratingSeries(const Cells& cells, std::span<const std::uint32_t> chosen,
                             const GratingParameters& parameters, std::size_t frames)
    : parameters_(parameters), frames_(frames) {
  const Stimulus stimulus = make_grating(parameters, "grating");
  const auto& grating = std::get<Grating>(stimulus.pattern);
  const GratingTables tables(stimulus);
  const auto lag = tables.lag(), frame = tables.frame();
  for (const auto index : chosen) {
    const Cell& cell = cells.cells[index];
    first_unit_.push_back(units_.size());
    for (std::uint32_t k = 0; k < cell.unit_count; ++k) {
      const SubUnit& unit = cells.units[cell.first_unit + k];
      units_.push_back({.amplitude = static_cast<float>(unit.amplitude),
                        .baseline_hz = static_cast<float>(unit.baseline_hz),
                        .space = spatial_kernel(unit.x_deg, unit.y_deg, unit.sigma_deg, stimulus.screen)});
      const FrameKernel kernel = frame_kernel(temporal_kernel(unit.temporal), stimulus.frame_rate_hz);
      // As in grating_response: frame n of the motion sees the lags 0 … n.
      std::complex<double> sum = 0;
      for (std::size_t n = 0; n < frames; ++n) {
        std::complex<double> response = 0;
        if (n >= grating.first_frame && n - grating.first_frame < frame.size()) {
          const std::size_t moving = n - grating.first_frame;
          if (moving >= kernel.first && moving < kernel.lags())
            sum += kernel.taps[moving - kernel.first] * lag[moving];
          response = sum * frame[moving];
        }
        re_.push_back(static_cast<float>(response.real()));
        im_.push_back(static_cast<float>(response.imag()));
      }
    }
  }
  first_unit_.push_back(units_.size());
}

Grating GratingSeries::grating(double direction_deg, double phase_deg) const {
  GratingParameters parameters = parameters_;
  parameters.theta_deg = direction_deg;
  parameters.phase_deg = phase_deg;
  return std::get<Grating>(make_grating(parameters, "grating").pattern);
}

void GratingSeries::rates(std::size_t position, const Grating& grating, std::span<float> rates_hz) const {
  std::ranges::fill(rates_hz, 0.0f);
  for (std::size_t u = first_unit_[position]; u < first_unit_[position + 1]; ++u) {
    const Unit& unit = units_[u];
    std::complex<double> z = 0;
    if (unit.space.on_screen())
      z = grating.contrast * spectrum(unit.space.columns, grating.column_cycles) *
          spectrum(unit.space.rows, grating.row_cycles) * std::polar(1.0, grating.phase_rad);
    const auto z_re = static_cast<float>(z.real()), z_im = static_cast<float>(z.imag());
    const float* re = re_.data() + u * frames_;
    const float* im = im_.data() + u * frames_;
    for (std::size_t n = 0; n < rates_hz.size(); ++n) {
      const float linear = z_re * im[n] + z_im * re[n];
      rates_hz[n] += std::max(unit.amplitude * linear + unit.baseline_hz, 0.0f);
    }
  }
}

float GratingSeries::gray_rate(std::size_t position) const {
  float rate = 0;
  for (std::size_t u = first_unit_[position]; u < first_unit_[position + 1]; ++u)
    rate += std::max(units_[u].baseline_hz, 0.0f);
  return rate;
}

}  // namespace striate::lgn
