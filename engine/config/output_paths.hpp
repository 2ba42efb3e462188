// SPDX-License-Identifier: BSD-3-Clause
// Where a simulation may write: each file once, never over what it reads. Unlike BMTK, which empties the
// output directory first, only files that are written are ever replaced, so a directory may hold inputs and
// outputs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace striate::engine {

struct NamedPath {
  std::filesystem::path path;
  std::string where;  ///< what asked for it, for messages
};

/// `file` below `directory` unless it is absolute or begins with the directory already (BMTK's rule).
std::filesystem::path below(const std::filesystem::path& directory, const std::filesystem::path& file);

/// Throws ConfigError for an output that is a directory, is written twice or would replace an input.
void check_output_paths(const std::vector<NamedPath>& outputs, const std::vector<NamedPath>& inputs);

}  // namespace striate::engine
