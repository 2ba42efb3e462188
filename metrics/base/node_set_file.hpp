// SPDX-License-Identifier: BSD-3-Clause
// A node set in a file of its own, as experiments that silence a cohort name it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace striate::metrics {

/// Node ids of a node set in a file: {"population": "v1", "node_id": [...]}. Throws FormatError.
std::vector<std::uint64_t> read_targets(const std::filesystem::path& file);

/// Such a file's text.
std::string node_set_text(std::span<const std::uint64_t> ids);

}  // namespace striate::metrics
