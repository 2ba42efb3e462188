// SPDX-License-Identifier: BSD-3-Clause
// What the analyses write: tables as CSV with a sidecar "<file>.provenance.json", arrays as HDF5 with the
// same facts in attributes of "/". Files carry nothing that differs between two equal runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/json.hpp"

namespace striate::metrics {

/// How a result came about.
struct Provenance {
  std::string kind;  ///< "odsi"
  std::vector<std::string> inputs;
  std::vector<std::pair<std::string, std::string>> options;
  std::string command = "metrics";  ///< `striate COMMAND KIND`
};

struct TableColumn {
  std::string name;
  std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>> values;
};

/// Columns of equal length.
struct Table {
  std::vector<TableColumn> columns;
  std::size_t rows() const;
};

/// Numbers in their shortest exact form ("2.0", "0.05", "NaN"); texts with the separator in them are quoted.
std::string to_csv(const Table& table, char separator);

/// Writes the table and its sidecar, making folders as needed. One rank calls this.
void write_csv(const std::filesystem::path& file, const Table& table, char separator,
               const Provenance& provenance);

/// The same for a document. One rank calls this.
void write_json(const std::filesystem::path& file, const io::Json& document, const Provenance& provenance);

/// The sidecar alone, of a file that has no place for such facts. One rank calls this.
void write_provenance(const std::filesystem::path& file, const Provenance& provenance);

/// Opens `file` under its temporary name with provenance in it. Serial for a null Comm.
io::h5::File create_array_file(const std::filesystem::path& file, const Provenance& provenance,
                               const core::Comm& comm = {});
/// Closes and publishes it. Collective.
void finish_array_file(io::h5::File& array_file, const std::filesystem::path& file,
                       const core::Comm& comm = {});

}  // namespace striate::metrics
