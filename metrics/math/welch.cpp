// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/welch.hpp"

#include <cmath>
#include <numbers>

#include "metrics/math/statistics.hpp"

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

Welch::Welch(std::size_t segment, double sampling) : window_(hann(segment)), windowed_(segment) {
  double power = 0;
  for (const double weight : window_) power += weight * weight;
  scale_ = 1 / (sampling * power);
  transform_.SetFlag(Eigen::FFT<double>::HalfSpectrum);
}

std::vector<double> Welch::density(std::span<const double> samples) {
  const std::size_t segment = window_.size();
  std::vector<double> density(segment / 2 + 1, 0);
  std::size_t segments = 0;
  for (std::size_t first = 0; first + segment <= samples.size(); first += segment / 2, ++segments) {
    const auto own = samples.subspan(first, segment);
    const double average = mean(own);
    for (std::size_t i = 0; i < segment; ++i) windowed_[i] = (own[i] - average) * window_[i];
    transform_.fwd(spectrum_, windowed_);
    for (std::size_t i = 0; i < density.size(); ++i) density[i] += std::norm(spectrum_[i]);
  }
  for (std::size_t i = 0; i < density.size(); ++i) {
    const bool has_mirror = i != 0 && 2 * i != segment;
    density[i] *= (has_mirror ? 2 : 1) * scale_ / static_cast<double>(segments);
  }
  return density;
}

}  // namespace striate::metrics
