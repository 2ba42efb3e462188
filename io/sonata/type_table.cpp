// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/type_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/errors/problems.hpp"
#include "core/text.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {
namespace {

struct Row {
  std::size_t line;
  std::vector<std::string> cells;
};

/// Splits the text of a file into rows of cells: quotes only open at the start of a cell, "" inside them is
/// one quote, and they may hold blanks and line ends.
class RowReader {
 public:
  RowReader(const std::filesystem::path& path, std::string_view text) : path_(path), text_(text) {}

  /// The next row that is not blank, or nullopt at the end.
  std::optional<Row> next() {
    while (at_ < text_.size()) {
      Row row{.line = line_, .cells = {}};
      while (!read_cell(row)) {
      }
      if (!std::ranges::all_of(row.cells, &std::string::empty)) return row;
    }
    return std::nullopt;
  }

 private:
  const std::filesystem::path& path_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;

  /// Appends one cell; true when it was the last of its row.
  bool read_cell(Row& row) {
    std::string cell;
    if (at_ < text_.size() && text_[at_] == '"') cell = quoted(row.line);
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == ' ' || is_line_end(c)) {
        row.cells.push_back(std::move(cell));
        return c != ' ';
      }
      cell += c;
    }
    row.cells.push_back(std::move(cell));
    return true;
  }

  bool is_line_end(char c) {
    if (c != '\r' && c != '\n') return false;
    if (c == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++line_;
    return true;
  }

  std::string quoted(std::size_t first_line) {
    std::string cell;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        if (at_ == text_.size() || text_[at_] != '"') return cell;
      }
      if (text_[at_] == '\n') ++line_;
      cell += text_[at_];
    }
    throw core::FormatError("{}:{} opens a quoted cell that never ends (the file is truncated?)", path_,
                            first_line);
  }
};

/// Blanks at the end of a line look like further empty cells.
void drop_trailing_blanks(Row& row, std::size_t columns) {
  while (row.cells.size() > columns && row.cells.back().empty()) row.cells.pop_back();
}

/// Names of the columns; refuses a header that cannot be one.
std::vector<std::string> checked_header(Row header, const std::filesystem::path& path,
                                        std::string_view id_column) {
  drop_trailing_blanks(header, 1);
  auto& names = header.cells;
  if (std::ranges::find(names, id_column) == names.end()) {
    const bool other_separator = names[0].find_first_of(",;\t") != std::string::npos;
    throw core::FormatError("{}:{} lacks the column {} (its first column is '{}'){}", path, header.line,
                            id_column, core::shortened(names[0], 100),
                            other_separator ? " separate columns by one blank" : "");
  }
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (name->empty())
      throw core::FormatError("{}:{} has a column without a name (columns are separated by one blank)", path,
                              header.line);
    if (std::find(names.begin(), name, *name) != name)
      throw core::FormatError("{}:{} names column {} twice (only one can count)", path, header.line, *name);
  }
  return std::move(names);
}

}  // namespace

bool is_absent(std::string_view cell) {
  constexpr std::array<std::string_view, 16> words{"",     "NULL", "NONE",     "None", "NA",   "N/A",
                                                   "n/a",  "NaN",  "nan",      "null", "<NA>", "#N/A",
                                                   "-NaN", "-nan", "#N/A N/A", "#NA"};
  return std::ranges::find(words, cell) != words.end();
}

TypeTable TypeTable::read(const std::filesystem::path& path, std::string_view id_column,
                          core::Problems* problems) {
  return parse(read_text_file(path, "it is needed as a table of types"), path, id_column, problems);
}

TypeTable TypeTable::parse(std::string_view text, const std::filesystem::path& path,
                           std::string_view id_column, core::Problems* problems) {
  RowReader rows(path, text);
  auto header = rows.next();
  if (!header)
    throw core::FormatError("{} is empty (a header with the column {} is needed)", path, id_column);
  TypeTable table;
  table.path_ = path;
  table.columns_ = checked_header(std::move(*header), path, id_column);
  while (auto row = rows.next()) {
    drop_trailing_blanks(*row, table.columns_.size());
    core::attempt(problems, [&] { table.add_row(row->cells, row->line, id_column); });
  }
  return table;
}

void TypeTable::add_row(std::span<std::string> cells, std::size_t line, std::string_view id_column) {
  if (cells.size() != columns_.size())
    throw core::FormatError("{}:{} has {} cells (the header has {}) separate them by one blank", path_, line,
                            cells.size(), columns_.size());
  const auto& id_cell = cells[column_index(id_column).value()];
  const auto id = core::parse_number<std::uint64_t>(id_cell);
  if (!id)
    throw core::FormatError("{}:{} column {} holds '{}' (needed is a whole number >= 0)", path_, line,
                            id_column, id_cell);
  if (!row_by_id_.emplace(*id, ids_.size()).second)
    throw core::FormatError("{}:{} gives {} {} a second time (ids must be distinct)", path_, line, id_column,
                            *id);
  ids_.push_back(*id);
  for (auto& cell : cells) cells_.push_back(is_absent(cell) ? std::nullopt : std::optional(std::move(cell)));
}

std::optional<std::size_t> TypeTable::row_of(std::uint64_t id) const {
  const auto found = row_by_id_.find(id);
  return found == row_by_id_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> TypeTable::column_index(std::string_view column) const {
  const auto found = std::ranges::find(columns_, column);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

bool TypeTable::has_column(std::string_view column) const {
  return column_index(column).has_value();
}

std::optional<std::string_view> TypeTable::text(std::size_t row, std::string_view column) const {
  const auto index = column_index(column);
  if (!index || row >= size()) return std::nullopt;
  const auto& cell = cells_[row * columns_.size() + *index];
  return cell ? std::optional<std::string_view>(*cell) : std::nullopt;
}

std::optional<double> TypeTable::number(std::size_t row, std::string_view column) const {
  const auto cell = text(row, column);
  if (!cell) return std::nullopt;
  const auto value = core::parse_number<double>(*cell);
  if (!value || !std::isfinite(*value))
    throw core::FormatError("{} column {} of type {} holds '{}' (needed is a number)", path_, column,
                            ids_[row], *cell);
  return value;
}

}  // namespace striate::io
