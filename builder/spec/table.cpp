// SPDX-License-Identifier: BSD-3-Clause
#include "builder/spec/table.hpp"

#include <algorithm>
#include <sstream>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::builder {
namespace {

struct Field {
  std::string text;
  int column;
};

std::vector<Field> split(const std::string& line) {
  std::vector<Field> fields;
  std::size_t begin = 0;
  while (true) {
    const auto comma = line.find(',', begin);
    const auto end = comma == std::string::npos ? line.size() : comma;
    auto first = begin;
    auto last = end;
    while (first < last && line[first] == ' ') ++first;
    while (last > first && line[last - 1] == ' ') --last;
    fields.push_back({line.substr(first, last - first), static_cast<int>(first) + 1});
    if (comma == std::string::npos) return fields;
    begin = comma + 1;
  }
}

std::string hint(const std::string& name, const std::vector<std::string>& known) {
  const auto suggestion = core::nearest(name, known);
  return suggestion.empty() ? std::string("the table has no such one")
                            : fmt::format("did you mean '{}'?", suggestion);
}

}  // namespace

Table::Table(ConfigSection& section, const std::string& key, Key kind,
             const std::vector<std::string>& columns, std::vector<std::filesystem::path>* files)
    : name_(section.name_of(key)) {
  auto& diagnostics = section.diagnostics();
  const ConfigNode& node = section.require(key);
  ConfigSection description(node, name_, diagnostics);
  if (!section.has(key)) return;
  const auto optional = [&](const char* name) {
    return description.has(name) ? &description.require(name) : nullptr;
  };
  const ConfigNode* overrides = optional("override");
  const ConfigNode* additions = optional("add");
  const ConfigNode* deletions = optional("delete");
  const ConfigNode& file = description.require("table");
  if (file.kind != ConfigNode::Kind::scalar) {
    if (description.has("table"))
      diagnostics.report(file.position, "invalid {}.table (must be the name of a CSV file)", name_);
    return;
  }
  // Relative to the YAML file that names it.
  const auto folder =
      file.position.file ? std::filesystem::path(*file.position.file).parent_path() : std::filesystem::path();
  read_file(folder / file.text, kind, file.position, diagnostics);
  if (files != nullptr) files->push_back(folder / file.text);
  if (rows_.empty()) return;
  for (const auto& column : columns)
    if (!has_column(column))
      diagnostics.report(source_, "missing column '{}' in the table of {} ({})", column, name_,
                         hint(column, columns_));
  if (overrides != nullptr) apply_overrides(*overrides, diagnostics);
  if (additions != nullptr) apply_additions(*additions, kind, diagnostics);
  if (deletions != nullptr) apply_deletions(*deletions, diagnostics);
}

void Table::read_file(const std::filesystem::path& path, Key kind, const Position& where,
                      Diagnostics& diagnostics) {
  if (!std::filesystem::is_regular_file(path)) {
    diagnostics.report(where, "cannot read the table {} of {} (no such file)", path, name_);
    return;
  }
  std::istringstream in(io::read_text_file(path, "table of " + name_));
  const auto file = std::make_shared<const std::string>(path.string());
  const std::size_t key_columns = kind == Key::one_column ? 1 : 2;
  source_ = {file, 1, 1};
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line[0] == '#') continue;
    auto fields = split(line);
    if (columns_.empty()) {
      source_.line = number;
      for (auto& field : fields) {
        if (std::find(columns_.begin(), columns_.end(), field.text) != columns_.end())
          diagnostics.report({file, number, field.column}, "duplicate column '{}'", field.text);
        columns_.push_back(field.text);
      }
      if (columns_.size() <= key_columns)
        diagnostics.report({file, number, 1}, "too few columns for {}", name_);
      continue;
    }
    if (fields.size() != columns_.size()) {
      diagnostics.report({file, number, 1}, "wrong number of fields ({}, but the header has {})",
                         fields.size(), columns_.size());
      continue;
    }
    Row row{.name = fields[0].text, .position = {file, number, 1}, .cells = {}};
    if (kind == Key::two_columns) row.name += "->" + fields[1].text;
    for (auto& field : fields) row.cells.push_back({field.text, {file, number, field.column}});
    add_row(std::move(row), key_columns, diagnostics);
  }
  if (rows_.empty()) diagnostics.report(source_, "no rows in the table of {}", name_);
}

void Table::add_row(Row row, std::size_t columns_of_key, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < columns_of_key; ++i)
    if (row.cells[i].text.empty()) diagnostics.report(row.position, "empty '{}'", columns_[i]);
  if (const auto known = index_.find(row.name); known != index_.end()) {
    diagnostics.report(row.position, "duplicate row '{}' (first given at {})", row.name,
                       to_string(rows_[known->second].position));
    return;
  }
  index_[row.name] = rows_.size();
  rows_.push_back(std::move(row));
}

void Table::apply_deletions(const ConfigNode& names, Diagnostics& diagnostics) {
  if (names.kind != ConfigNode::Kind::list) {
    diagnostics.report(names.position, "invalid {}.delete (must be a list of row names)", name_);
    return;
  }
  for (const auto& name : names.items) {
    if (!index_.contains(name.text)) {
      diagnostics.report(name.position, "cannot delete '{}' from {} ({})", name.text, name_,
                         hint(name.text, row_names()));
      continue;
    }
    if (std::find(deleted_.begin(), deleted_.end(), name.text) == deleted_.end())
      deleted_.push_back(name.text);
  }
  std::erase_if(rows_, [&](const Row& row) {
    return std::find(deleted_.begin(), deleted_.end(), row.name) != deleted_.end();
  });
  index_.clear();
  for (std::size_t i = 0; i < rows_.size(); ++i) index_[rows_[i].name] = i;
}

std::size_t Table::column_for(const ConfigEntry& entry, Diagnostics& diagnostics) const {
  const auto column = column_index(entry.key);
  if (column == columns_.size())
    diagnostics.report(entry.position, "unknown column '{}' of {} ({})", entry.key, name_,
                       hint(entry.key, columns_));
  else if (entry.value.kind != ConfigNode::Kind::scalar)
    diagnostics.report(entry.position, "invalid value of column '{}' (must be one number or word)",
                       entry.key);
  else
    return column;
  return columns_.size();
}

void Table::apply_overrides(const ConfigNode& changes, Diagnostics& diagnostics) {
  if (changes.kind != ConfigNode::Kind::map) {
    diagnostics.report(changes.position, "invalid {}.override (must be a map of rows)", name_);
    return;
  }
  for (const auto& change : changes.entries) {
    const auto row = index_.find(change.key);
    if (row == index_.end()) {
      diagnostics.report(change.position, "cannot override '{}' in {} ({})", change.key, name_,
                         hint(change.key, row_names()));
      continue;
    }
    if (change.value.kind != ConfigNode::Kind::map)
      diagnostics.report(change.position, "invalid override of '{}' (must be a map of columns to values)",
                         change.key);
    for (const auto& entry : change.value.entries)
      if (const auto column = column_for(entry, diagnostics); column != columns_.size())
        rows_[row->second].cells[column] = {entry.value.text, entry.value.position};
  }
}

void Table::apply_additions(const ConfigNode& additions, Key kind, Diagnostics& diagnostics) {
  if (additions.kind != ConfigNode::Kind::map) {
    diagnostics.report(additions.position, "invalid {}.add (must be a map of rows)", name_);
    return;
  }
  for (const auto& addition : additions.entries) {
    Row row{.name = addition.key, .position = addition.position, .cells = {}};
    row.cells.assign(columns_.size(), Cell{"", addition.position});
    const auto arrow = addition.key.find("->");
    if (kind == Key::two_columns && arrow == std::string::npos) {
      diagnostics.report(addition.position, "invalid row '{}' of {} (must be 'source->target')", addition.key,
                         name_);
      continue;
    }
    row.cells[0].text = kind == Key::two_columns ? addition.key.substr(0, arrow) : addition.key;
    if (kind == Key::two_columns) row.cells[1].text = addition.key.substr(arrow + 2);
    for (const auto& entry : addition.value.entries)
      if (const auto column = column_for(entry, diagnostics); column != columns_.size())
        row.cells[column] = {entry.value.text, entry.value.position};
    add_row(std::move(row), kind == Key::one_column ? 1 : 2, diagnostics);
  }
}

std::size_t Table::column_index(const std::string& column) const {
  return static_cast<std::size_t>(std::find(columns_.begin(), columns_.end(), column) - columns_.begin());
}

bool Table::has_column(const std::string& column) const {
  return column_index(column) != columns_.size();
}

std::vector<std::string> Table::row_names() const {
  std::vector<std::string> names;
  for (const auto& row : rows_) names.push_back(row.name);
  return names;
}

std::size_t Table::find(const std::string& name) const {
  const auto row = index_.find(name);
  return row == index_.end() ? rows_.size() : row->second;
}

const std::string& Table::text(std::size_t row, const std::string& column) const {
  static const std::string none;
  const auto index = column_index(column);
  return index == columns_.size() ? none : rows_[row].cells[index].text;
}

const Position& Table::position(std::size_t row, const std::string& column) const {
  const auto index = column_index(column);
  return index == columns_.size() ? rows_[row].position : rows_[row].cells[index].position;
}

double Table::number(std::size_t row, const std::string& column, const NumberRange& range,
                     Diagnostics& diagnostics) const {
  if (!has_column(column)) return 1;  // reported once for the table
  return io::parse_number(text(row, column), position(row, column),
                          fmt::format("{} of {}", column, row_name(row)), range, diagnostics);
}

std::int64_t Table::integer(std::size_t row, const std::string& column, std::int64_t min, std::int64_t max,
                            Diagnostics& diagnostics) const {
  if (!has_column(column)) return min;
  return io::parse_integer(text(row, column), position(row, column),
                           fmt::format("{} of {}", column, row_name(row)), min, max, diagnostics);
}

void Table::report_missing(const std::string& name, const std::string& why, Diagnostics& diagnostics) const {
  if (rows_.empty()) return;  // the table itself was the problem
  diagnostics.report(source_, "no row '{}' in the table of {} (needed by {}) add it", name, name_, why);
}

}  // namespace striate::builder
