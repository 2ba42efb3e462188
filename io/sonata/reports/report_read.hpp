// SPDX-License-Identifier: BSD-3-Clause
// Reads frame reports: what Striate, BMTK and libsonata write with one element per cell.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "io/hdf5/h5.hpp"
#include "io/sonata/reports/report_layout.hpp"

namespace striate::io {

struct ReadVariable {
  ReportVariable variable;
  std::string dataset;
};

/// One population of a report file. A column is a cell or, of a report of means, a group of cells.
struct ReadPopulation {
  std::string name;
  std::vector<std::uint64_t> node_ids = {};  ///< [column]
  std::vector<std::string> groups = {};  ///< [column], their names; empty: columns are cells
  std::vector<std::uint64_t> members = {};  ///< [column], how many cells a group has
  std::vector<ReadVariable> variables = {};  ///< that of "data" first
  double first_ms = 0, interval_ms = 0;
  std::uint64_t samples = 0;
};

/// All populations of a report. Throws FormatError for a file that is no report, whose parts do not fit each
/// other, or that has several elements per cell.
std::vector<ReadPopulation> read_report_layout(const h5::File& file);

/// Values of some columns at samples [first, first + count): values[i][sample] of columns[i].
std::vector<std::vector<double>> read_report_columns(const h5::File& file, const ReadPopulation& population,
                                                     const std::string& dataset,
                                                     std::span<const std::size_t> columns,
                                                     std::uint64_t first, std::uint64_t count);

}  // namespace striate::io
