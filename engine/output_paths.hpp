// SPDX-License-Identifier: BSD-3-Clause
// Where a simulation may write: below its output directory, each file once, never over what it reads. The
// output directory may be emptied before the run, so it must not hold inputs then.
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

struct OutputPaths {
  NamedPath directory;
  bool emptied = true;  ///< before the run
  std::vector<NamedPath> outputs;
  std::vector<NamedPath> inputs;  ///< files and folders
};

/// Throws ConfigError for what the first lines above forbid.
void check_output_paths(const OutputPaths& paths);

}  // namespace striate::engine
