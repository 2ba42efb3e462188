// SPDX-License-Identifier: BSD-3-Clause
// Reading back what `odsi` wrote, or the reference's script: OSI_DSI_DF_OPT.csv.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/text/delimited_table.hpp"
#include "metrics/base/cells.hpp"

namespace striate::metrics {

/// [cell row] of Cells; NaN for cells without a row in the file. A file without pref_dir_deg gives NaN there.
struct TuningColumns {
  std::vector<double> dsi, osi, preferred_direction, max_rate, mean_rate, spontaneous_rate;
};

/// Throws FormatError for missing columns, texts that are no numbers, ids twice.
TuningColumns read_tuning(const std::filesystem::path& file, const Cells& cells);

/// Row of Cells of the node id in a row of a table. Throws FormatError naming file and line for what is no id
/// of theirs.
std::uint32_t cell_of(const io::DelimitedTable& table, const io::DelimitedTable::Row& row,
                      std::size_t id_column, const Cells& cells);
/// That of each row of a table of cells, by its column node_id. Throws FormatError also for ids twice.
std::vector<std::uint32_t> cells_of_rows(const io::DelimitedTable& table, const Cells& cells);

/// A cell of a table as a number; "NaN" and empty give NaN. Throws FormatError naming file, line and column.
double number_or_nan(const io::DelimitedTable& table, const io::DelimitedTable::Row& row, std::size_t column);

}  // namespace striate::metrics
