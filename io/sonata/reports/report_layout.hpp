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

struct ReportPopulation {
  std::string name;
  std::vector<std::uint64_t>
      node_ids;  ///< all cells of the report over all ranks, ascending; same on every rank
  std::vector<std::uint32_t> columns;  ///< this rank's cells: positions in node_ids, ascending
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
