// SPDX-License-Identifier: BSD-3-Clause
// Man pages, from the commands' own descriptions of themselves.
#pragma once

#include <filesystem>
#include <vector>

namespace striate::cli {

/// Writes striate.1 and striate-COMMAND.1 of every command to an existing folder.
std::vector<std::filesystem::path> write_man_pages(const std::filesystem::path& folder);

}  // namespace striate::cli
