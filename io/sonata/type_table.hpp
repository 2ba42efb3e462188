// SPDX-License-Identifier: BSD-3-Clause
// A SONATA node_types.csv or edge_types.csv: one row per type id, cells as text. Reads what BMTK and its
// users write: single-space separated, "quoted cells", CRLF or LF, any column order; NULL, NONE, NA, NaN,
// null and empty cells are absent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace striate::core {
struct Problems;
}

namespace striate::io {

class TypeTable {
 public:
  TypeTable() = default;
  /// `id_column` is "node_type_id" or "edge_type_id". Throws MissingFileError, FormatError (no id column,
  /// ragged row, id not a number or twice) naming file and line.
  /// With `problems`, bad rows are recorded there and left out.
  static TypeTable read(const std::filesystem::path& path, std::string_view id_column,
                        core::Problems* problems = nullptr);

  /// The same from a text; `label` stands for the file in messages.
  static TypeTable parse(std::string_view text, const std::filesystem::path& label,
                         std::string_view id_column, core::Problems* problems = nullptr);

  const std::filesystem::path& path() const { return path_; }
  std::span<const std::uint64_t> ids() const { return ids_; }  ///< in file order
  std::size_t size() const { return ids_.size(); }
  std::span<const std::string> columns() const {
    return columns_;
  }  ///< including the id column, in file order
  std::optional<std::size_t> row_of(std::uint64_t id) const;
  bool has_column(std::string_view column) const;

  /// The cell as text, or nullopt when the column or the value is absent.
  std::optional<std::string_view> text(std::size_t row, std::string_view column) const;
  /// The cell as a number; FormatError naming file, id and column when it is not one.
  std::optional<double> number(std::size_t row, std::string_view column) const;

 private:
  std::filesystem::path path_;
  std::vector<std::string> columns_;
  std::vector<std::uint64_t> ids_;
  std::vector<std::optional<std::string>> cells_;  // [row * columns + column]
  std::unordered_map<std::uint64_t, std::size_t> row_by_id_;
  void add_row(std::span<std::string> cells, std::size_t line, std::string_view id_column);
  std::optional<std::size_t> column_index(std::string_view column) const;
};

}  // namespace striate::io
