// SPDX-License-Identifier: BSD-3-Clause
// Values measured in animals, to compare the model with: for each metric and cell type the sorted values of
// all recorded units. Read from our compact table (configs/reference/neuropixels.csv) or from a file in the
// recordings' own format (one row per unit, blank separated, "quoted" cell types, NaN).
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace striate::metrics {

/// The metrics that are compared, by column of OSI_DSI files.
struct ComparedMetric {
  const char* name;
  const char* column;
  bool needs_response;  ///< undefined for cells that hardly fire
};
inline constexpr std::array<ComparedMetric, 5> compared_metrics{
    {{"spontaneous_rate", "Spont_Rate(Hz)", false},
     {"average_rate", "Ave_Rate(Hz)", false},
     {"preferred_rate", "max_mean_rate(Hz)", false},
     {"OSI", "OSI", true},
     {"DSI", "DSI", true}}};

struct ReferenceValues {
  std::string source;  ///< the file
  /// [cell type][metric name], sorted, no NaN.
  std::map<std::string, std::map<std::string, std::vector<double>>> values;
};

/// Original format. OSI and DSI of units with a preferred rate below `min_rate_hz` are left out (0: none).
ReferenceValues read_unit_table(const std::filesystem::path& file, double min_rate_hz);
/// Compact table: cell_type, metric, count, values (blank separated, ascending).
ReferenceValues read_compact_table(const std::filesystem::path& file);
/// Text of a compact table; `comment` lines go in front. Values are rounded to six digits.
std::string to_compact_table(const ReferenceValues& reference, const std::string& comment);

}  // namespace striate::metrics
