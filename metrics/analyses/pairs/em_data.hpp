// SPDX-License-Identifier: BSD-3-Clause
// Connections measured by electron microscopy: summed size of their synapses against the difference of
// preferred directions or the correlation of responses of both cells; what is fitted to them. Sizes and
// currents have different units, so that only numbers without a unit are compared.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "metrics/analyses/pairs/pair_draws.hpp"
#include "metrics/base/output.hpp"

namespace striate::metrics {

/// "L2/3", "L2/3 Exc", "L2/3_Exc" and "23P" are "L2/3_Exc"; "5P-ET" is "L5_ET".
std::string excitatory_label(std::string_view label);

/// A number without a unit that follows from sums over points, and its p.
struct EmMeasure {
  const char* name;
  double (*value)(std::span<const double> sums);
  double (*p)(std::span<const double> sums);
};

/// One of the two things that weights are held against.
struct EmKind {
  const char* name;  ///< "direction"
  const char* column;  ///< of the table
  double low, high;  ///< what is no mistake
  PointSums sums;
  std::span<const int> powers;  ///< with which the weight enters each sum
  std::span<const EmMeasure> measures;
  std::span<const double>
      edges;  ///< of bins, closed on the right; `closed_first`: the first on the left, too
  bool closed_first;
  std::size_t bins() const { return edges.size() - 1; }
  /// bins() for values outside.
  std::size_t bin_of(double x) const;
};
extern const EmKind em_direction, em_correlation;

/// The sums as if weights had been multiplied by `factor`, and each point counted `times`.
std::vector<double> scaled(const EmKind& kind, std::span<const double> sums, double factor, double times = 1);
double mean_weight(const EmKind& kind, std::span<const double> sums);

struct EmPoint {
  double x, weight;
};
struct EmPairs {
  std::vector<TypePair> names;  ///< in the order of the figures
  std::vector<std::vector<EmPoint>> points;  ///< [pair]
  std::size_t size() const;
};
/// Columns source, target, kind.column, weight. Points outside of [low, high] are left out. Throws
/// FormatError for numbers that mean nothing and for sizes that are not positive.
EmPairs read_em(const EmKind& kind, const std::filesystem::path& file, bool pool_l5, double low, double high);

/// All points of a pair; of all pairs together; of all together, weights relative to the mean of their pair.
enum class EmPooling { pair, raw, matched };
inline constexpr const char* em_pooling_names[] = {"pair", "raw", "matched"};
struct EmSample {
  EmPooling pooling;
  std::size_t pair;  ///< of EmPooling::pair
  TypePair name;
  std::vector<EmPoint> points;
  std::vector<double> sums;
};
/// All together (raw, matched), then each pair.
std::vector<EmSample> em_samples(const EmKind& kind, const EmPairs& pairs);

struct EmInterval {
  double low, high;
};
/// [measure] 2.5 and 97.5 percentiles over resamples of the points. `stream` numbers the sample.
std::vector<EmInterval> em_intervals(const EmKind& kind, const EmSample& sample, int resamples,
                                     std::uint64_t seed, std::uint64_t stream);

/// The fits of all samples, with what the kind tells besides.
Table em_fit_table(const EmKind& kind, const std::vector<EmSample>& samples);

/// configs/reference/em_direction.csv, em_correlation.csv.
std::filesystem::path shipped_em(const EmKind& kind);

}  // namespace striate::metrics
