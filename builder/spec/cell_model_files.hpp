// SPDX-License-Identifier: BSD-3-Clause
// Users' own cell models: files of the Allen Cell Types Database ("neuron_config.json", SI units) or of NEST
// (components' form, "<id>_glif_lif_asc_config.json"). Which of the two a file is, its contents tell.
#pragma once

#include <filesystem>
#include <vector>

#include "builder/spec/spec.hpp"

namespace striate::builder {

struct CellModelFile {
  std::uint64_t model_id;
  std::filesystem::path path;
};

/// <id>_glif_lif_asc_config.json, <id>_neuron_config.json and <id>/neuron_config.json in a folder, by id;
/// none for
/// "". Throws MissingFileError when there is no such folder, ConfigError when it holds none or two of one id.
std::vector<CellModelFile> find_cell_model_files(const std::filesystem::path& folder);

/// Throws FormatError naming the file and the JSON pointer.
GlifModel read_cell_model_file(const std::filesystem::path& path);

}  // namespace striate::builder
