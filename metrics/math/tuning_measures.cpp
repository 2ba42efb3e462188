// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/tuning_measures.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/values/nan.hpp"
#include "metrics/math/statistics.hpp"
#include "metrics/math/welch.hpp"

namespace striate::metrics {

using core::nan;

double threshold_selectivity(std::span<const double> responses) {
  if (responses.empty()) return nan;
  const auto [least, most] = std::ranges::minmax(responses);
  if (std::isnan(mean(responses))) return nan;
  return least == most ? 0 : 1 - 2 * (mean(responses) - least) / (most - least);
}

double fano_factor(std::span<const double> counts) {
  const double average = mean(counts), spread = deviation(counts, 0);
  return average > 0 ? spread * spread / average : nan;
}

void Harmonic::add(double cycles) {
  // Whole cycles change nothing; without them the angle keeps its digits.
  sum += std::polar(1.0, -2 * std::numbers::pi * (cycles - std::floor(cycles)));
  ++spikes;
}

void Harmonic::add(const Harmonic& other) {
  sum += other.sum;
  spikes += other.spikes;
}

double Harmonic::relative() const {
  return spikes == 0 ? nan : 2 * std::abs(sum) / static_cast<double>(spikes);
}

double modulation_index(std::span<const double> counts, double frequency_hz) {
  constexpr std::size_t usual_segment = 1024;
  constexpr double bins_per_second = 1000;
  const auto segment = std::min(usual_segment, counts.size() / 2 * 2);
  if (segment < 2 || std::ranges::all_of(counts, [](double count) { return count == 0; })) return nan;
  const auto frequencies = welch_frequencies(segment, bins_per_second);
  const auto at = std::ranges::lower_bound(frequencies, frequency_hz) - frequencies.begin();
  if (at == std::ssize(frequencies)) return nan;
  const auto power = Welch(segment, bins_per_second).density(counts);
  const double spread = deviation(power, 0);
  return spread > 0 ? std::abs(power[static_cast<std::size_t>(at)] - mean(power)) / spread : nan;
}

}  // namespace striate::metrics
