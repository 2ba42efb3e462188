// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/filters/sequence_response.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <tuple>

namespace striate::lgn {
namespace {

constexpr double radians_per_cycle = 2 * std::numbers::pi;

/// Weights along one axis are the same for apertures that agree in these.
using AxisKey = std::tuple<double, Aperture::Shape, double, double, double>;

/// Columns or rows of the screen, and which part of an aperture lies along them.
struct Axis {
  std::size_t pixels;
  double pitch_deg;
  double (*weight)(const Aperture&, double at_deg);
  double Aperture::*middle_deg;
  double Aperture::*extent_deg;
  std::map<AxisKey, std::size_t> known = {};
};

std::complex<double> dot(const Profile& profile, const std::vector<std::complex<double>>& phasors) {
  double re = 0, im = 0;
  const auto* phasor = phasors.data() + profile.first;
  for (std::size_t i = 0; i < profile.weight.size(); ++i) {
    re += profile.weight[i] * phasor[i].real();
    im += profile.weight[i] * phasor[i].imag();
  }
  return {re, im};
}

/// y[k] += Im(z (re[k] + i im[k])), im being 0 for what stands still.
void add_imaginary(std::complex<double> z, const double* re, const double* im, bool still,
                   std::span<double> y) {
  const double z_re = z.real(), z_im = z.imag();
  if (still)
    for (std::size_t k = 0; k < y.size(); ++k) y[k] += z_im * re[k];
  else
    for (std::size_t k = 0; k < y.size(); ++k) y[k] += z_im * re[k] + z_re * im[k];
}

struct Interval {
  double low, high;
};

/// Coordinates of a profile's pixels less the middle of an aperture.
Interval offsets(const Profile& profile, double pitch_deg, double middle_deg) {
  const auto last = profile.first + profile.weight.size() - 1;
  return {static_cast<double>(profile.first) * pitch_deg - middle_deg,
          static_cast<double>(last) * pitch_deg - middle_deg};
}

double nearest(const Interval& i) {
  return std::max({i.low, -i.high, 0.0});
}

double farthest(const Interval& i) {
  return std::max(std::abs(i.low), std::abs(i.high));
}

double length(double x, double y) {
  return std::sqrt(x * x + y * y);
}

}  // namespace

SequenceResponse::SequenceResponse(const Stimulus& stimulus) : screen_(stimulus.screen) {
  const auto& sequence = std::get<GratingSequence>(stimulus.pattern);
  Axis along_x{screen_.columns, screen_.column_pitch_deg, weight_along_x, &Aperture::x_deg,
               &Aperture::width_deg},
      along_y{screen_.rows, screen_.row_pitch_deg, weight_along_y, &Aperture::y_deg, &Aperture::height_deg};
  std::map<double, std::size_t> known_frequencies;
  std::map<std::tuple<std::size_t, std::size_t, Aperture>, std::size_t> known_patterns;
  const auto phasors = [&](Axis& axis, double cycles, const Aperture& a) {
    const bool product = is_product(a);
    const auto key =
        product ? AxisKey{cycles, a.shape, a.*axis.middle_deg, a.*axis.extent_deg + a.sigma_deg, a.edge_deg}
                : AxisKey{cycles, Aperture::Shape::none, 0, 0, 0};
    const auto [place, is_new] = axis.known.try_emplace(key, phasors_.size());
    if (!is_new) return place->second;
    auto& made = phasors_.emplace_back();
    for (std::size_t i = 0; i < axis.pixels; ++i) {
      const double pixel = static_cast<double>(i);
      made.push_back(std::polar(1.0, radians_per_cycle * cycles * pixel) *
                     (product ? axis.weight(a, pixel * axis.pitch_deg) : 1.0));
    }
    return place->second;
  };
  for (const auto& slot : sequence.slots) {
    PlacedSlot placed{slot.first_frame, slot.end_frame, {}};
    const auto shown = slot.end_frame - slot.first_frame;
    for (const auto& wave : slot.waves) {
      if (wave.contrast == 0) continue;
      const Pattern pattern{.columns = phasors(along_x, wave.column_cycles, wave.aperture),
                            .rows = phasors(along_y, wave.row_cycles, wave.aperture),
                            .whole_columns = phasors(along_x, wave.column_cycles, {}),
                            .whole_rows = phasors(along_y, wave.row_cycles, {}),
                            .aperture = wave.aperture};
      const auto [known, is_new] =
          known_patterns.try_emplace({pattern.columns, pattern.rows, pattern.aperture}, patterns_.size());
      if (is_new) patterns_.push_back(pattern);
      const double rad_per_frame = radians_per_cycle * wave.temporal_hz * sequence.tau_step_s;
      const auto frequency = known_frequencies.try_emplace(rad_per_frame, frequencies_.size()).first->second;
      if (frequency == frequencies_.size()) frequencies_.emplace_back().rad_per_frame = rad_per_frame;
      auto& longest = frequencies_[frequency].longest_slot;
      longest = std::max(longest, shown);
      const auto elapsed = static_cast<double>(shown);
      placed.waves.push_back(
          {.pattern = known->second,
           .frequency = frequency,
           .factor = std::polar(wave.contrast,
                                wave.phase_rad - radians_per_cycle * wave.temporal_hz * slot.first_tau_s),
           .turned = std::polar(1.0, -rad_per_frame * elapsed)});
    }
    if (!placed.waves.empty()) slots_.push_back(std::move(placed));
  }
  sums_.resize(patterns_.size());
}

std::complex<double> SequenceResponse::spatial_sum(const Pattern& pattern,
                                                   const SpatialKernel& kernel) const {
  const auto& a = pattern.aperture;
  const auto& columns = phasors_[pattern.columns];
  const auto& rows = phasors_[pattern.rows];
  if (is_product(a)) {
    const auto sum = dot(kernel.columns, columns) * dot(kernel.rows, rows);
    if (!a.invert) return sum;
    return dot(kernel.columns, phasors_[pattern.whole_columns]) *
               dot(kernel.rows, phasors_[pattern.whole_rows]) -
           sum;
  }
  // Most kernels lie wholly inside or outside.
  const auto x = offsets(kernel.columns, screen_.column_pitch_deg, a.x_deg),
             y = offsets(kernel.rows, screen_.row_pitch_deg, a.y_deg);
  const auto uniform = ring_weight(a, length(nearest(x), nearest(y)), length(farthest(x), farthest(y)));
  if (uniform == 0.0) return 0;
  if (uniform) return *uniform * dot(kernel.columns, columns) * dot(kernel.rows, rows);
  double sum_re = 0, sum_im = 0;
  for (std::size_t j = 0; j < kernel.rows.weight.size(); ++j) {
    const auto row = kernel.rows.first + j;
    const double y_deg = static_cast<double>(row) * screen_.row_pitch_deg;
    double re = 0, im = 0;
    for (std::size_t i = 0; i < kernel.columns.weight.size(); ++i) {
      const auto column = kernel.columns.first + i;
      const double weight = kernel.columns.weight[i] *
                            aperture_weight(a, static_cast<double>(column) * screen_.column_pitch_deg, y_deg);
      re += weight * columns[column].real();
      im += weight * columns[column].imag();
    }
    const double row_re = kernel.rows.weight[j] * rows[row].real(),
                 row_im = kernel.rows.weight[j] * rows[row].imag();
    sum_re += re * row_re - im * row_im;
    sum_im += re * row_im + im * row_re;
  }
  return {sum_re, sum_im};
}

void SequenceResponse::fill_table(Frequency& frequency, const FrameKernel& kernel, std::size_t frames) {
  const std::size_t count = std::min(frequency.longest_slot + kernel.lags(), frames);
  for (auto m = frequency.turn.size(); m < count; ++m)
    frequency.turn.push_back(std::polar(1.0, -frequency.rad_per_frame * static_cast<double>(m)));
  frequency.re.resize(count);
  frequency.im.resize(count);
  double sum_re = 0, sum_im = 0;
  for (std::size_t m = 0; m < count; ++m) {
    const double turn_re = frequency.turn[m].real(), turn_im = frequency.turn[m].imag();
    if (m >= kernel.first && m < kernel.lags()) {
      const double tap = kernel.taps[m - kernel.first];
      sum_re += tap * turn_re;
      sum_im -= tap * turn_im;
    }
    frequency.re[m] = turn_re * sum_re - turn_im * sum_im;
    frequency.im[m] = turn_re * sum_im + turn_im * sum_re;
  }
}

void SequenceResponse::operator()(const SubUnit& unit, const FrameKernel& kernel, std::span<double> y) {
  std::ranges::fill(y, 0.0);
  const auto space = spatial_kernel(unit.x_deg, unit.y_deg, unit.sigma_deg, screen_);
  if (!space.on_screen() || kernel.taps.empty()) return;
  for (std::size_t p = 0; p < patterns_.size(); ++p) sums_[p] = spatial_sum(patterns_[p], space);
  for (auto& frequency : frequencies_) fill_table(frequency, kernel, y.size());
  for (const auto& slot : slots_) {
    // When the last lag has left the slot, nothing of it is left.
    const std::size_t begin = slot.first_frame + kernel.first, end = std::min(slot.end_frame, y.size()),
                      passed = std::min(end + kernel.lags() - 1, y.size());
    if (begin >= passed) continue;
    for (const auto& wave : slot.waves) {
      const auto z = wave.factor * sums_[wave.pattern];
      if (z == 0.0) continue;
      const auto& table = frequencies_[wave.frequency];
      const bool still = table.rad_per_frame == 0;
      add_imaginary(z, table.re.data() + kernel.first, table.im.data() + kernel.first, still,
                    y.subspan(begin, passed - begin));
      if (end < passed)
        add_imaginary(-z * wave.turned, table.re.data(), table.im.data(), still,
                      y.subspan(end, passed - end));
    }
  }
}

}  // namespace striate::lgn
