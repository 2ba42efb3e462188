// SPDX-License-Identifier: BSD-3-Clause
// A sheet of an Excel workbook (.xlsx, Office Open XML) as the texts of its cells. Formulas are not
// calculated: their values are those that the program which saved the file put beside them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>

namespace striate::io {

struct SheetCell {
  std::string text;  ///< of a number its digits as stored: "0.85599999999999998"
  /// A formula without a value (a library wrote the file, no spreadsheet program saved it), or with an error
  /// such as #REF!.
  bool has_no_value = false;
};

struct Sheet {
  std::filesystem::path file;
  std::string name;
  std::map<std::pair<int, int>, SheetCell> cells;  ///< by row and column, from 1; empty cells are left out

  /// Null where the cell is empty.
  const SheetCell* at(int row, int column) const;
  int last_row() const { return cells.empty() ? 0 : cells.rbegin()->first.first; }
  /// "base_props/seed.xlsx sheet cell_models cell P3"
  std::string place(int row, int column) const;
};

/// "P3", "AB12"
std::string cell_name(int row, int column);

/// The sheet of that name, or the only one of a workbook. Throws MissingFileError, FormatError (no workbook,
/// no such sheet, damaged, or larger than any table of ours would be).
Sheet read_sheet(const std::filesystem::path& file, const std::string& name);

}  // namespace striate::io
