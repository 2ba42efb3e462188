// SPDX-License-Identifier: BSD-3-Clause
// A CSV table of the model with a user's changes. In YAML:
//   {table: file.csv, delete: [row, …], override: {row: {column: value}}, add: {row: {column: value}}}
// A row is named by its first column, or by its first two joined with "->" in tables of pairs. Lines that
// begin with '#' are comments. Cells remember where they come from, so that a bad number is reported at its
// place.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "builder/spec/spec_reading.hpp"

namespace striate::builder {

class Table {
 public:
  enum class Key { one_column, two_columns };

  /// Reads the table that `section`'s `key` describes and applies the changes. `columns` must all exist.
  Table(ConfigSection& section, const std::string& key, Key kind, const std::vector<std::string>& columns,
        std::vector<std::filesystem::path>* files);

  std::size_t size() const { return rows_.size(); }
  const std::string& row_name(std::size_t row) const { return rows_[row].name; }
  const Position& position(std::size_t row) const { return rows_[row].position; }
  /// Row of that name, or size().
  std::size_t find(const std::string& name) const;
  bool has_column(const std::string& column) const;

  const std::string& text(std::size_t row, const std::string& column) const;
  double number(std::size_t row, const std::string& column, const NumberRange& range,
                Diagnostics& diagnostics) const;
  std::int64_t integer(std::size_t row, const std::string& column, std::int64_t min, std::int64_t max,
                       Diagnostics& diagnostics) const;
  const Position& position(std::size_t row, const std::string& column) const;
  /// Reports that `name` (needed by `why`) has no row.
  void report_missing(const std::string& name, const std::string& why, Diagnostics& diagnostics) const;

 private:
  struct Cell {
    std::string text;
    Position position;
  };
  struct Row {
    std::string name;
    Position position;
    std::vector<Cell> cells;
  };

  void read_file(const std::filesystem::path& path, Key kind, const Position& where,
                 Diagnostics& diagnostics);
  void add_row(Row row, std::size_t columns_of_key, Diagnostics& diagnostics);
  void apply_deletions(const ConfigNode& names, Diagnostics& diagnostics);
  void apply_overrides(const ConfigNode& changes, Diagnostics& diagnostics);
  void apply_additions(const ConfigNode& additions, Key kind, Diagnostics& diagnostics);
  std::size_t column_index(const std::string& column) const;
  std::size_t column_for(const ConfigEntry& entry, Diagnostics& diagnostics) const;
  std::vector<std::string> row_names() const;

  std::string name_;
  Position source_;
  std::vector<std::string> columns_;
  std::vector<Row> rows_;
  std::map<std::string, std::size_t> index_;
  std::vector<std::string> deleted_;
};

}  // namespace striate::builder
