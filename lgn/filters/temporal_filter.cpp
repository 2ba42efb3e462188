// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/filters/temporal_filter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/errors/error.hpp"

namespace striate::lgn {
namespace {

constexpr std::size_t bump_samples = 600;  // 1 ms each
constexpr double log_offset_ms = 0.3;
constexpr double longest_delay_ms = 100'000;

/// Half width of a bump in ln(ms): the distance of bumps peaking at 100 and 200 ms, whatever the peaks are.
double bump_spacing() {
  return std::log((200 + log_offset_ms) / (100 + log_offset_ms));
}

/// ln(t + offset) for t = 1 … 600 ms. BMTK makes the basis for t = 0, 1, … but loses the sample at 0.
const std::array<double, bump_samples>& log_time() {
  static const auto table = [] {
    std::array<double, bump_samples> values{};
    for (std::size_t i = 0; i < bump_samples; ++i)
      values[i] = std::log(static_cast<double>(i + 1) + log_offset_ms);
    return values;
  }();
  return table;
}

/// The first `count` samples of the bump that peaks near `peak_ms`, scaled to unit L2 norm.
std::vector<double> bump(double peak_ms, std::size_t count) {
  const double slope = std::numbers::pi / (2 * bump_spacing());
  const double log_peak = std::log(peak_ms);
  std::vector<double> values(count, 0.0);
  double square = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double z = slope * (log_time()[i] - log_peak);
    if (z <= -std::numbers::pi) continue;
    if (z >= std::numbers::pi) break;
    values[i] = (1 + std::cos(z)) / 2;
    square += values[i] * values[i];
  }
  if (square > 0)
    for (double& value : values) value /= std::sqrt(square);
  return values;
}

}  // namespace

std::string temporal_problem(const TemporalParameters& p) {
  for (int i = 0; i < 2; ++i)
    if (!std::isfinite(p.weight[i]) || !std::isfinite(p.kpeak_ms[i]) || !std::isfinite(p.delay_ms[i]))
      return "weight, kpeaks and delay must be finite numbers";
  if (!(p.kpeak_ms[0] > 0)) return fmt::format("kpeaks_0 = {} must be positive", p.kpeak_ms[0]);
  if (!(p.kpeak_ms[0] < p.kpeak_ms[1]))
    return fmt::format("kpeaks_0 = {} must be below kpeaks_1 = {}", p.kpeak_ms[0], p.kpeak_ms[1]);
  if (!(p.weight[0] > 0)) return fmt::format("weight_0 = {} must be positive", p.weight[0]);
  if (!(p.delay_ms[0] >= 0)) return fmt::format("delay_0 = {} must not be negative", p.delay_ms[0]);
  if (!(p.delay_ms[0] <= p.delay_ms[1]))
    return fmt::format("delay_0 = {} must not exceed delay_1 = {}", p.delay_ms[0], p.delay_ms[1]);
  if (!(p.delay_ms[1] < longest_delay_ms))
    return fmt::format("delay_1 = {} ms is beyond {} ms", p.delay_ms[1], longest_delay_ms);
  return "";
}

std::vector<double> temporal_kernel(const TemporalParameters& p) {
  const auto delay_0 = static_cast<std::size_t>(p.delay_ms[0]);
  const auto delay_1 = static_cast<std::size_t>(p.delay_ms[1]);
  const std::size_t length = bump_samples + delay_0;
  std::vector<double> kernel(length, 0.0);
  const auto first = bump(p.kpeak_ms[0], bump_samples);
  for (std::size_t i = 0; i < bump_samples; ++i) kernel[delay_0 + i] += p.weight[0] * first[i];
  if (delay_1 < length) {
    const auto second = bump(p.kpeak_ms[1], std::min(bump_samples, length - delay_1));
    for (std::size_t i = 0; i < second.size(); ++i) kernel[delay_1 + i] += p.weight[1] * second[i];
  }
  return kernel;
}

PositiveLobe positive_lobe(std::span<const double> kernel) {
  const auto head = kernel.first(std::min(bump_samples, kernel.size()));
  const auto highest = static_cast<std::size_t>(std::ranges::max_element(head) - head.begin());
  const auto lowest = static_cast<std::size_t>(std::ranges::min_element(head) - head.begin());
  PositiveLobe lobe;
  for (std::size_t i = highest + 1; i <= lowest && !lobe.found; ++i)
    if (head[i - 1] >= 0 && head[i] < 0) {
      lobe.found = true;
      lobe.crossing_ms = i;
    }
  for (std::size_t i = 0; i < lobe.crossing_ms; ++i) lobe.sum += head[i];
  return lobe;
}

FrameKernel frame_kernel(std::span<const double> kernel, double frame_rate_hz) {
  FrameKernel result;
  if (frame_rate_hz == 1000) {
    result.taps.assign(kernel.begin(), kernel.end());
  } else {
    const double interval_ms = 1000 / frame_rate_hz;
    const double last_ms = static_cast<double>(kernel.size() - 1);
    for (std::size_t m = 0; static_cast<double>(m) * interval_ms <= last_ms; ++m) {
      const double lag_ms = static_cast<double>(m) * interval_ms;
      const auto below = std::min(static_cast<std::size_t>(lag_ms), kernel.size() - 1);
      const auto above = std::min(below + 1, kernel.size() - 1);
      const double part = lag_ms - static_cast<double>(below);
      result.taps.push_back(interval_ms * ((1 - part) * kernel[below] + part * kernel[above]));
    }
  }
  while (!result.taps.empty() && result.taps.back() == 0) result.taps.pop_back();
  const auto start = std::ranges::find_if(result.taps, [](double tap) { return tap != 0; });
  result.first = static_cast<std::size_t>(start - result.taps.begin());
  result.taps.erase(result.taps.begin(), start);
  return result;
}

}  // namespace striate::lgn
