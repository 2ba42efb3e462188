// SPDX-License-Identifier: BSD-3-Clause
// Which files a run configuration reads and writes, told from its text alone: the configuration itself need
// not be on disk yet. Engine and LGN check the contents; here only names count.
#pragma once

#include <filesystem>
#include <vector>

#include "io/text/json.hpp"

namespace striate::slurm {

struct ConfigFiles {
  bool for_lgn = false;  ///< a FilterNet configuration, else a simulation
  std::vector<std::filesystem::path> inputs, outputs;  ///< absolute; inputs without the configuration
};

/// `file` is where the document lies or will lie. Throws ConfigError for unknown variables.
ConfigFiles files_of_config(const io::Json& document, const std::filesystem::path& file);

}  // namespace striate::slurm
