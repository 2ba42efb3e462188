// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/recorded/unit_types.hpp"

#include <cmath>

#include "core/errors/error.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

/// Blank or comma separated, as the header is.
io::DelimitedTable read_types(const fs::path& file) {
  const char* why = "cell types of recorded units";
  auto table = io::read_delimited_table(file, ',', why);
  return table.columns.size() > 1 ? table : io::read_delimited_table(file, ' ', why);
}

}  // namespace

std::map<std::uint64_t, std::string> read_unit_types(const std::filesystem::path& file) {
  const auto table = read_types(file);
  const auto id = table.column("ecephys_unit_id"), type = table.column("cell_type");
  std::map<std::uint64_t, std::string> types;
  for (const auto& row : table.rows) {
    const auto& label = row.cells[type];
    if (label.empty() || label == "NaN" || label == "nan") continue;
    const double number = table.number(row, id);
    if (!(number >= 0) || number != std::floor(number) || number > 9e15)
      throw core::FormatError("invalid ecephys_unit_id={} in {}:{} (must be an id)", row.cells[id], file,
                              row.line);
    types[static_cast<std::uint64_t>(number)] = clean_label(label);
  }
  return types;
}

}  // namespace striate::metrics
