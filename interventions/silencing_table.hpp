// SPDX-License-Identifier: BSD-3-Clause
// The table of silencing experiments, configs/silencing.yaml or a user's own.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "interventions/silencing.hpp"

namespace striate::interventions {

/// Without a file the shipped table. Throws ConfigError with all that is wrong, MissingFileError.
std::vector<Silencing> read_silencing_table(const std::optional<std::filesystem::path>& file);

}  // namespace striate::interventions
