// SPDX-License-Identifier: BSD-3-Clause
// Connections by pair of cell types and distance: what a table of users says, and the table of fits.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "metrics/base/output.hpp"
#include "metrics/math/connection_law.hpp"

namespace striate::metrics {

struct PairDistances {
  std::string source, target;  ///< cell types
  std::vector<DistanceClass> classes;
};

/// Either bins (source, target, from_um, to_um, pairs, connected), as `connectivity` writes them, or single
/// pairs of cells (source, target, distance_um, synapses). Pairs of types in the order in which they appear.
/// Throws FormatError naming file and line for anything but numbers, negative ones, counts that are not
/// whole, more connected than pairs, bins that overlap.
std::vector<PairDistances> read_connections(const std::filesystem::path& file);

struct FittedPair {
  std::string source, target;
  ConnectionFit fit;
  std::size_t classes = 0;  ///< with pairs
};
FittedPair fit_pair(const PairDistances& distances, std::optional<double> sigma_um);

/// source, target, pairs, connected, p0, its interval, sigma_um, its interval, chi2, bins.
Table fit_table(const std::vector<FittedPair>& pairs);

}  // namespace striate::metrics
