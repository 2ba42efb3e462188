// SPDX-License-Identifier: BSD-3-Clause
// The tables that all receptive fields from responses have: a row for each cell, and medians by cell type
// beside those of recorded units.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "metrics/analyses/fields/field_shape.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/base/output.hpp"

namespace striate::metrics {

inline constexpr std::uint64_t fewest_field_spikes = 10;  ///< of a cell that may have a field
inline constexpr double significant_field = 0.01;  ///< fields with a p below it are counted

struct FieldColumn {
  std::string name;
  std::vector<double> values;  ///< [cell]
  bool by_type = true;  ///< its median is in the table of types
  const char* recorded = nullptr;  ///< the property of recorded units beside it
};
/// Those of a shape, "width" or "on_width".
std::vector<FieldColumn> shape_columns(const std::string& prefix, const std::vector<FieldShape>& shapes);

Table field_cell_table(const Cells& cells, const std::vector<std::uint64_t>& spikes,
                       const std::vector<FieldColumn>& columns);
/// `p` [cell]: NaN where there are too few spikes for a field.
Table field_type_table(const Cells& cells, const std::vector<double>& p,
                       const std::vector<FieldColumn>& columns);

}  // namespace striate::metrics
