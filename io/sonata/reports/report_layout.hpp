// SPDX-License-Identifier: BSD-3-Clause
// What a report file holds, and how far it has got.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/generation/run_attributes.hpp"

namespace striate::io {

enum class ReportPrecision { float32, float64 };

struct ReportVariable {
  std::string name;  ///< "V_m", …
  std::string units;  ///< "mV", "pA"
};

/// Means over groups of cells instead of values of each: a column of the file is a group.
struct ReportMeans {
  std::vector<std::uint32_t> group;  ///< of all cells of the report over all ranks; same on every rank
  std::vector<std::string> names;  ///< of the groups; none: each cell has a column
};

struct ReportPopulation {
  std::string name;
  std::vector<std::uint64_t> node_ids;  ///< of all columns of the file, ascending; same on every rank. Of a
                                        ///< group the first cell's, so that its type is looked up by it
  std::vector<std::uint32_t> columns;  ///< this rank's cells: positions among all of the report, ascending
  ReportMeans means = {};

  std::size_t cells() const { return means.names.empty() ? node_ids.size() : means.group.size(); }
};

struct ReportLayout {
  std::filesystem::path file;
  std::vector<ReportPopulation> populations;
  std::vector<ReportVariable> variables;
  double first_ms = 0, interval_ms = 0;  ///< time of the first sample, distance of samples
  std::uint64_t samples = 0;  ///< how many there will be
  ReportPrecision precision = ReportPrecision::float32;
  bool can_be_continued = false;  ///< a checksum is kept, for sync()
  RunAttributes attributes = {};
};

/// How far a report that is not finished has got for certain. The same on all ranks.
struct ReportPosition {
  std::uint64_t samples = 0;
  std::uint64_t checksum = 0;  ///< of these
  bool operator==(const ReportPosition&) const = default;
};

}  // namespace striate::io
