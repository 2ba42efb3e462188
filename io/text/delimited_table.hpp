// SPDX-License-Identifier: BSD-3-Clause
// Tables of text (modfiles, courses of a current, results of analyses): a header, then rows of as many cells.
// Cells may be "quoted"; LF or CRLF; blanks at line ends, empty lines, a byte order mark and lines with '#'
// before the header are skipped. With a blank as separator, several blanks separate as one does.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace striate::io {

struct DelimitedTable {
  struct Row {
    std::size_t line;  ///< in the file, from 1
    std::vector<std::string> cells;
  };
  std::filesystem::path path;
  std::vector<std::string> columns;
  std::vector<Row> rows;

  /// Throws FormatError when there is no such column.
  std::size_t column(std::string_view name) const;
  /// Throws FormatError naming file, line and column unless the cell is a finite number.
  double number(const Row& row, std::size_t column) const;
};

/// Throws MissingFileError naming `why`, FormatError for an empty file, rows of another length than the
/// header, open quotes.
DelimitedTable read_delimited_table(const std::filesystem::path& path, char separator,
                                    const std::string& why);

}  // namespace striate::io
