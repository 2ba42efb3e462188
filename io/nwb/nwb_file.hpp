// SPDX-License-Identifier: BSD-3-Clause
// Writing files in the format Neurodata Without Borders (NWB 2, HDF5): the parts that every file has, and
// dynamic tables. Ids of objects follow from the file's identifier and their place in it, so that equal
// contents are equal bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "io/hdf5/h5.hpp"

namespace striate::io {

struct NwbColumn {
  std::string name, description;
  std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>> values;
  /// Where each row's values end, of a column with several in a row; empty: one in each.
  std::vector<std::uint64_t> ends = {};
};

enum class NwbTableType { units, intervals };

struct NwbTable {
  std::string path;  ///< "/units", "/intervals/runs"
  NwbTableType type = NwbTableType::intervals;
  std::string description;
  std::vector<std::int64_t> ids;
  std::vector<NwbColumn> columns;
};

/// A new file with its required parts. Times count from an arbitrary moment. Serial.
h5::File create_nwb(const std::filesystem::path& path, const std::string& identifier,
                    const std::string& description);
void write_nwb_table(const h5::File& file, const std::string& identifier, const NwbTable& table);

}  // namespace striate::io
