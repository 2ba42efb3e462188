// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/rules.hpp"

#include <cmath>
#include <limits>

namespace striate::io::rules {

std::string name_of(const h5::File& file, const std::string& dataset) {
  return fmt::format("{}:{}", file.path(), dataset);
}

std::string row_of(std::uint64_t row, const std::string& column) {
  return fmt::format("row {} of {}", row, column);
}

FormatError negative_id(std::int64_t id, const std::string& place) {
  return FormatError("negative id {} in {}", id, place);
}

FormatError unknown_node(std::uint64_t id, const std::string& place, const std::string& population,
                         std::size_t nodes) {
  return FormatError("unknown node {} in {} (population {} has {} nodes and not this one)", id, place,
                     population, nodes);
}

FormatError unknown_edge_type(std::uint64_t type, const std::string& place,
                              const std::filesystem::path& types) {
  return FormatError("unknown edge type {} in {} ({} has no such edge_type_id)", type, place, types);
}

FormatError unknown_group(std::int64_t group, const std::string& place) {
  return FormatError("no group {} ({} names it)", group, place);
}

FormatError outside_group(std::int64_t index, const std::string& place, std::uint64_t group,
                          std::uint64_t rows) {
  return FormatError("index {} in {} does not exist (group {} has {} rows)", index, place, group, rows);
}

bool is_node_id(std::int64_t id) {
  return id >= 0 && id != std::numeric_limits<std::int64_t>::max();
}

FormatError no_node_id(std::int64_t id, std::uint64_t row, const std::string& column) {
  return FormatError("{} row {} holds {} (needed is 0 to 2^63 - 2)", column, row, id);
}

FormatError unknown_node_type(std::int64_t type, std::uint64_t row, const std::string& column,
                              const std::filesystem::path& types) {
  return FormatError("{} row {} names type {} ({} has no such node_type_id)", column, row, type, types);
}

FormatError repeated_node_id(std::int64_t id, const std::string& column, std::uint64_t first,
                             std::uint64_t second) {
  return FormatError("{} holds id {} twice (rows {} and {}) ids must be distinct", column, id, first, second);
}

FormatError unequal_lengths(const std::string& column, std::uint64_t rows, const std::string& other,
                            std::uint64_t other_rows) {
  return FormatError("{} has {} entries ({} has {}) lengths must agree", column, rows, other, other_rows);
}

bool ValueRule::allows(double value) const {
  return std::isfinite(value) && value >= least;
}

ValueRule rule_of(const std::string& attribute) {
  if (attribute == "delay") return {std::numeric_limits<double>::min(), "must be positive and finite, ms"};
  if (attribute == "nsyns") return {0, "must be finite and not negative"};
  return {std::numeric_limits<double>::lowest(), "must be finite"};
}

FormatError impossible_value(double value, const std::string& place, const ValueRule& rule) {
  return FormatError("impossible value {} in {} ({})", value, place, rule.text);
}

bool is_spike_time(double time_ms, TimeZero zero) {
  return std::isfinite(time_ms) && (zero == TimeZero::refused ? time_ms > 0 : time_ms >= 0);
}

FormatError impossible_time(double time, const std::string& place, TimeZero zero) {
  return FormatError("impossible spike time {} in {} (must be finite and {} 0)", time, place,
                     zero == TimeZero::refused ? ">" : ">=");
}

std::optional<double> unit_in_ms(const std::optional<std::string>& units) {
  if (!units || units == "ms" || units == "milliseconds") return 1;
  if (units == "s" || units == "seconds") return 1000;
  return std::nullopt;
}

FormatError unknown_units(const std::optional<std::string>& units, const std::string& place) {
  return FormatError("unknown units {} at {} (known are ms, milliseconds, s, seconds)",
                     units ? "'" + *units + "'" : "that are no text", place);
}

FormatError no_spikes_of(const std::string& population, const std::filesystem::path& file,
                         std::span<const std::string> present) {
  return FormatError("no spikes of population {} in {} (it has: {})", population, file,
                     fmt::join(present, ", "));
}

}  // namespace striate::io::rules
