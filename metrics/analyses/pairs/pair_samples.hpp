// SPDX-License-Identifier: BSD-3-Clause
// Would recordings of so few connections show what all connections of a model show? For each pair of types,
// random samples of at most a given size, each with its regression line. A sample holds the connections with
// the smallest of random keys; a key depends on seed, connection and sample only, so connections may come in
// any order and from any rank, and no more than the samples is ever in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "metrics/math/correlation_sums.hpp"

namespace striate::metrics {

/// How many connections of a pair (source, target) are drawn.
struct PairLimits {
  std::map<std::pair<std::string, std::string>, std::size_t> of_pair;
  std::optional<std::size_t> others;  ///< of pairs that are not named; nullopt: not sampled
  std::optional<std::size_t> find(const std::string& source, const std::string& target) const;
};

/// A comma separated table: source or source_type, target or target_type, and connections, n, count or num.
/// Rows with an empty number are left out. Throws FormatError for anything but whole numbers
/// from 0 and for a pair that occurs twice.
PairLimits read_pair_limits(const std::filesystem::path& file);

struct SampledPoint {
  std::uint64_t key = 0;
  std::uint32_t pair = 0, sample = 0;
  double x = 0, y = 0;
};

class PairSamples {
 public:
  /// limits[pair]; nullopt: not sampled.
  PairSamples(std::vector<std::optional<std::size_t>> limits, std::size_t samples, std::uint64_t seed);
  /// `connection` numbers it, the same for every rank.
  void add(std::size_t pair, std::uint64_t connection, double x, double y);
  /// All points kept, in no particular order.
  std::vector<SampledPoint> points() const;

 private:
  std::vector<std::optional<std::size_t>> limits_;
  std::size_t samples_;
  std::uint64_t seed_;
  std::vector<std::vector<SampledPoint>> heaps_;  ///< [pair * samples + sample], the largest key on top
};

struct SampledLine {
  std::size_t pair = 0, sample = 0;
  Line line;
};
/// Lines of the samples, of which `points` from all ranks hold at least the members. By pair, then sample;
/// samples without a point are left out.
std::vector<SampledLine> fit_samples(std::vector<SampledPoint> points,
                                     const std::vector<std::optional<std::size_t>>& limits);

}  // namespace striate::metrics
