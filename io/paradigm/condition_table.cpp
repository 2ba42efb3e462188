// SPDX-License-Identifier: BSD-3-Clause
#include "io/paradigm/condition_table.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/text/delimited_table.hpp"

namespace striate::io {
namespace {

using core::FormatError;

constexpr std::array<const char*, 5> own_columns{"run", "slot", "start_ms", "end_ms", "blank"};

/// A cell that needs no quotes stays as it is.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r#") == std::string::npos && text.find(' ') == std::string::npos) return text;
  auto doubled = text;
  core::replace_all(doubled, "\"", "\"\"");
  return '"' + doubled + '"';
}

std::uint32_t slot_number(const DelimitedTable& table, const DelimitedTable::Row& row, std::size_t column) {
  const auto slot = core::parse_number<std::uint32_t>(row.cells[column]);
  if (!slot)
    throw FormatError("invalid slot=\"{}\" in {}:{} (must be a whole number from 0 on)", row.cells[column],
                      table.path, row.line);
  return *slot;
}

bool blank_mark(const DelimitedTable& table, const DelimitedTable::Row& row, std::size_t column) {
  const auto& text = row.cells[column];
  if (text != "0" && text != "1")
    throw FormatError("invalid blank=\"{}\" in {}:{} (must be 0 or 1)", text, table.path, row.line);
  return text == "1";
}

void check_row(const ConditionTable& table, const ShownCondition& row, const std::string& where) {
  if (row.run.empty()) throw FormatError("empty run in {} (must be the name of a trial)", where);
  if (row.start_ms < 0 || !(row.end_ms > row.start_ms))
    throw FormatError("invalid start_ms={}, end_ms={} in {} (must be 0 or more, and end after start)",
                      row.start_ms, row.end_ms, where);
  for (std::size_t v = 0; v < table.variables.size(); ++v)
    if (!row.blank && row.values[v].empty())
      throw FormatError("no value of {} in {} (only a blank may lack it) set blank to 1 if nothing was shown",
                        table.variables[v], where);
}

/// Rows of a run belong together and go forward in time.
void check_order(const ShownCondition& before, const ShownCondition& row, const std::set<std::string>& ended,
                 const std::string& where) {
  if (before.run == row.run) {
    if (row.slot <= before.slot)
      throw FormatError("slot {} of run {} follows slot {} in {} (slots must rise)", row.slot, row.run,
                        before.slot, where);
    if (row.start_ms < before.end_ms)
      throw FormatError("slot {} of run {} begins at {} ms in {} (slot {} lasts to {} ms)", row.slot, row.run,
                        row.start_ms, where, before.slot, before.end_ms);
  } else if (ended.contains(row.run)) {
    throw FormatError("run {} goes on in {} (its rows must stand together)", row.run, where);
  }
}

}  // namespace

bool is_condition_column(const std::string& name) {
  return std::ranges::find(own_columns, name) != own_columns.end();
}

std::size_t ConditionTable::variable(std::string_view name) const {
  const auto found = std::ranges::find(variables, name);
  if (found == variables.end())
    throw core::ConfigError("no variable '{}' among the conditions{} (there are: {}){}", name,
                            file.empty() ? "" : " of " + file.string(), fmt::join(variables, ", "),
                            core::did_you_mean(name, variables));
  return static_cast<std::size_t>(found - variables.begin());
}

ConditionTable read_conditions(const std::filesystem::path& file) {
  const auto text = read_delimited_table(file, ',', "it says which condition was shown when");
  for (auto column = text.columns.begin(); column != text.columns.end(); ++column) {
    if (column->empty()) throw FormatError("a column without a name in {} (each needs one)", file);
    if (std::find(text.columns.begin(), column, *column) != column)
      throw FormatError("column \"{}\" occurs twice in {} (which one counts is not clear)", *column, file);
  }
  std::array<std::size_t, own_columns.size()> own{};
  for (std::size_t k = 0; k < own.size(); ++k) own[k] = text.column(own_columns[k]);
  const auto [run, slot, start, end, blank] = own;
  ConditionTable table{.file = file, .variables = {}, .rows = {}};
  std::vector<std::size_t> columns;
  for (std::size_t k = 0; k < text.columns.size(); ++k)
    if (!is_condition_column(text.columns[k])) {
      table.variables.push_back(text.columns[k]);
      columns.push_back(k);
    }
  std::set<std::string> ended;
  for (const auto& line : text.rows) {
    const auto where = fmt::format("{}:{}", file, line.line);
    ShownCondition row{.run = line.cells[run],
                       .slot = slot_number(text, line, slot),
                       .start_ms = text.number(line, start),
                       .end_ms = text.number(line, end),
                       .values = {},
                       .blank = blank_mark(text, line, blank)};
    for (const auto column : columns) row.values.push_back(line.cells[column]);
    check_row(table, row, where);
    if (!table.rows.empty()) {
      check_order(table.rows.back(), row, ended, where);
      if (table.rows.back().run != row.run) ended.insert(table.rows.back().run);
    }
    table.rows.push_back(std::move(row));
  }
  if (table.empty()) throw FormatError("empty table {} (no condition is shown)", file);
  return table;
}

std::string conditions_csv(const ConditionTable& table) {
  std::string text = "run,slot,start_ms,end_ms";
  for (const auto& variable : table.variables) text += ',' + cell(variable);
  text += ",blank\n";
  for (const auto& row : table.rows) {
    text += fmt::format("{},{},{},{}", cell(row.run), row.slot, row.start_ms, row.end_ms);
    for (const auto& value : row.values) text += ',' + cell(value);
    text += row.blank ? ",1\n" : ",0\n";
  }
  return text;
}

}  // namespace striate::io
