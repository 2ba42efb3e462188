// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/welch.hpp"

#include <cmath>
#include <complex>
#include <numbers>
#include <unsupported/Eigen/FFT>

#include "metrics/statistics.hpp"

namespace striate::metrics {
namespace {

std::vector<double> hann(std::size_t size) {
  std::vector<double> weights(size);
  for (std::size_t i = 0; i < size; ++i)
    weights[i] =
        0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size));
  return weights;
}

}  // namespace

std::vector<double> welch_frequencies(std::size_t segment, double sampling) {
  std::vector<double> frequencies(segment / 2 + 1);
  for (std::size_t i = 0; i < frequencies.size(); ++i)
    frequencies[i] = static_cast<double>(i) * sampling / static_cast<double>(segment);
  return frequencies;
}

std::vector<double> welch_density(std::span<const double> samples, std::size_t segment, double sampling) {
  const auto weights = hann(segment);
  double power = 0;
  for (const double weight : weights) power += weight * weight;
  Eigen::FFT<double> transform;
  transform.SetFlag(Eigen::FFT<double>::HalfSpectrum);
  std::vector<double> density(segment / 2 + 1, 0), windowed(segment);
  std::vector<std::complex<double>> spectrum;
  std::size_t segments = 0;
  for (std::size_t first = 0; first + segment <= samples.size(); first += segment / 2, ++segments) {
    const auto own = samples.subspan(first, segment);
    const double average = mean(own);
    for (std::size_t i = 0; i < segment; ++i) windowed[i] = (own[i] - average) * weights[i];
    transform.fwd(spectrum, windowed);
    for (std::size_t i = 0; i < density.size(); ++i) density[i] += std::norm(spectrum[i]);
  }
  for (std::size_t i = 0; i < density.size(); ++i) {
    const bool has_mirror = i != 0 && 2 * i != segment;
    density[i] *= (has_mirror ? 2 : 1) / (sampling * power * static_cast<double>(segments));
  }
  return density;
}

}  // namespace striate::metrics
