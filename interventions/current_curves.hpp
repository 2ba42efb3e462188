// SPDX-License-Identifier: BSD-3-Clause
// Rates of cell models over constant currents, as a table, and the current at which the models of a cell type
// on average fire as often as recorded cells. The curves themselves come from a simulation elsewhere.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "core/ranks/comm.hpp"
#include "metrics/base/output.hpp"
#include "metrics/recorded/reference_values.hpp"

namespace striate::interventions {

struct CurrentCurves {
  std::vector<double> currents;  ///< pA, ascending
  std::vector<std::uint64_t> model_id;
  std::vector<std::vector<double>> rates;  ///< [model][current], Hz
};

/// Blank separated: model_id and a column for each current.
metrics::Table curve_table(const CurrentCurves& curves);
/// Throws MissingFileError; FormatError for currents that do not ascend, rates that are no numbers or
/// negative, ids twice.
CurrentCurves read_curves(const std::filesystem::path& file);

/// Where the curve first reaches `rate`, between two currents linearly; nullopt when it never does.
std::optional<double> current_at_rate(std::span<const double> currents, std::span<const double> rates,
                                      double rate);

struct TargetCurrentRequest {
  std::filesystem::path base;  ///< whose node types say which models form a cell type
  std::filesystem::path curves;  ///< if_curves_all.csv
  std::filesystem::path output_directory;
  metrics::ReferenceValues reference;
};

/// Writes target_currents.csv (cell_type, target_current in pA, NaN for types without recordings). The root
/// works alone. Throws FormatError when a curve does not reach its target, or a model has no curve.
std::vector<std::filesystem::path> make_target_currents(const TargetCurrentRequest& request,
                                                        const core::Comm& comm);

}  // namespace striate::interventions
