// SPDX-License-Identifier: BSD-3-Clause
// What values in SONATA files must keep to, and how a breach is told: once, for the readers, which throw the
// first error they meet, and for `check`, which collects all. `place` names file, dataset and row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"

namespace striate::io::rules {

using core::FormatError;

/// "FILE:/edges/a_to_b/source_node_id"
std::string name_of(const h5::File& file, const std::string& dataset);
/// "row 3 of FILE:/edges/a_to_b/source_node_id"
std::string row_of(std::uint64_t row, const std::string& column);

/// --- ids that point to something ------------------------------------------------------------------------
FormatError negative_id(std::int64_t id, const std::string& place);
/// `population` and `nodes`: whose id it should be, and how many there are.
FormatError unknown_node(std::uint64_t id, const std::string& place, const std::string& population,
                         std::size_t nodes);
FormatError unknown_edge_type(std::uint64_t type, const std::string& place,
                              const std::filesystem::path& types);
FormatError unknown_group(std::int64_t group, const std::string& place);
FormatError outside_group(std::int64_t index, const std::string& place, std::uint64_t group,
                          std::uint64_t rows);

/// --- nodes ----------------------------------------------------------------------------------------------
/// Ids of nodes; the largest 64-bit number is what HDF5 makes of larger ones.
bool is_node_id(std::int64_t id);
FormatError no_node_id(std::int64_t id, std::uint64_t row, const std::string& column);
FormatError repeated_node_id(std::int64_t id, const std::string& column, std::uint64_t first,
                             std::uint64_t second);

FormatError unknown_node_type(std::int64_t type, std::uint64_t row, const std::string& column,
                              const std::filesystem::path& types);

/// --- lengths --------------------------------------------------------------------------------------------
FormatError unequal_lengths(const std::string& column, std::uint64_t rows, const std::string& other,
                            std::uint64_t other_rows);

/// --- attributes of edges --------------------------------------------------------------------------------
struct ValueRule {
  double least;
  const char* text;
  bool allows(double value) const;
};
ValueRule rule_of(const std::string& attribute);
FormatError impossible_value(double value, const std::string& place, const ValueRule& rule);

/// --- spikes ---------------------------------------------------------------------------------------------
enum class TimeZero { allowed, refused };
bool is_spike_time(double time_ms, TimeZero zero = TimeZero::allowed);
FormatError impossible_time(double time, const std::string& place, TimeZero zero = TimeZero::allowed);
/// What one unit of a dataset of times is in ms; nullopt for other words. Absent: ms, as every reader
/// assumes.
std::optional<double> unit_in_ms(const std::optional<std::string>& units);
FormatError unknown_units(const std::optional<std::string>& units, const std::string& place);
FormatError no_spikes_of(const std::string& population, const std::filesystem::path& file,
                         std::span<const std::string> present);

}  // namespace striate::io::rules
