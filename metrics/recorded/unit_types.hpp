// SPDX-License-Identifier: BSD-3-Clause
// Cell types of recorded units, which need histology, waveforms and opto-tagging: a table beside recordings.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace striate::metrics {

/// Columns ecephys_unit_id and cell_type, comma or blank separated; units without a type are left out. Throws
/// FormatError.
std::map<std::uint64_t, std::string> read_unit_types(const std::filesystem::path& file);

}  // namespace striate::metrics
