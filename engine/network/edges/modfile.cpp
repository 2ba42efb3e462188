// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/edges/modfile.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/text/delimited_table.hpp"

namespace striate::engine {

std::vector<ModfileRow> read_modfile(const std::filesystem::path& path) {
  const auto table = io::read_delimited_table(path, ' ', "modfile");
  const auto source_property = table.column("src_property");
  const auto source_substring = table.column("src_substring");
  const auto target_property = table.column("trg_property");
  const auto target_substring = table.column("trg_substring");
  const auto operation = table.column("operation");
  const auto value = table.column("value");
  std::vector<ModfileRow> rows;
  for (const auto& row : table.rows) {
    const auto& sign = row.cells[operation];
    if (sign.size() != 1 || std::string_view("*+-/").find(sign) == std::string_view::npos)
      throw core::FormatError("unknown operation \"{}\" in {}:{} (must be one of * + - /)", sign, path,
                              row.line);
    rows.push_back({row.cells[source_property], row.cells[source_substring], row.cells[target_property],
                    row.cells[target_substring], sign[0], table.number(row, value)});
    if (sign == "/" && rows.back().value == 0.0)
      throw core::FormatError("division by zero in {}:{} (weights would become infinite)", path, row.line);
  }
  return rows;
}

void PropertyTexts::require(const std::string& property) const {
  const auto names = nodes_.column_names();
  if (std::ranges::find(names, property) != names.end()) return;
  throw core::ConfigError("unknown property \"{}\" in the modfile (population {} in {} has no such column){}",
                          property, nodes_.name, nodes_.nodes_file, core::did_you_mean(property, names));
}

std::optional<std::string> PropertyTexts::of(std::uint32_t node, const std::string& property) {
  if (!nodes_.has_attribute(property)) return nodes_.text(node, property);
  auto found = attributes_.find(property);
  if (found == attributes_.end())
    found = attributes_.emplace(property, nodes_.column(property).value()).first;
  if (const auto* texts = std::get_if<std::vector<std::string>>(&found->second)) return (*texts)[node];
  const double number = std::get<std::vector<double>>(found->second)[node];
  return std::isnan(number) ? std::nullopt : std::optional(fmt::format("{}", number));
}

bool matches(const ModfileRow& row, PropertyTexts& sources, std::uint32_t source, PropertyTexts& targets,
             std::uint32_t target) {
  const auto source_text = sources.of(source, row.source_property);
  if (!source_text || source_text->find(row.source_substring) == std::string::npos) return false;
  const auto target_text = targets.of(target, row.target_property);
  return target_text && target_text->find(row.target_substring) != std::string::npos;
}

double modified(const ModfileRow& row, double weight) {
  switch (row.operation) {
    case '*':
      return weight * row.value;
    case '+':
      return weight + row.value;
    case '-':
      return weight - row.value;
    default:
      return weight / row.value;
  }
}

std::vector<std::string> unused_modifications(const std::filesystem::path& modfile,
                                              std::span<const ModfileRow> rows,
                                              const std::vector<bool>& used) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!used[i])
      texts.push_back(fmt::format(
          "row {} of {} changes no weight (no edge type with a modifiable weight_function has {} *{}* and {} "
          "*{}* in its first edge; case counts)",
          i + 1, modfile, rows[i].source_property, rows[i].source_substring, rows[i].target_property,
          rows[i].target_substring));
  return texts;
}

}  // namespace striate::engine
