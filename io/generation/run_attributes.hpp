// SPDX-License-Identifier: BSD-3-Clause
// What determined the contents of a file, as attributes of its "/". Nothing else stands there (no date, host,
// number of ranks or folder), so that equal networks and equal runs have equal files, attributes included.
// Names: striate_version, striate_scheme, striate_seed, striate_config, striate_run_id.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "io/hdf5/h5.hpp"

namespace striate::io {

/// Texts that are empty and a seed that is not there give no attribute.
struct RunAttributes {
  std::string scheme;  ///< by which random numbers and contents are made
  std::optional<std::uint64_t> seed;
  std::string config_hash;  ///< of the configuration that was run
  std::string run_id;  ///< of the network that the file is a part of, or was made with
};

/// With the program's version. Collective on parallel files.
void write_run_attributes(const h5::File& file, const RunAttributes& attributes);

/// The run id in a file; "" where it has none or is no HDF5 file.
std::string run_id_of(const std::filesystem::path& file);

/// 32 hexadecimal digits for "the same text": the first half of its SHA-256.
std::string short_hash(const std::string& text);

}  // namespace striate::io
