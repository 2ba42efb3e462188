// SPDX-License-Identifier: BSD-3-Clause
// The seed workbook: a row for each population, up to the first row without pop_id, with its depths, numbers
// of cells and sizes; and the criteria by which its cell models were chosen from the Allen Cell Types
// Database.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "builder/base_props/edits.hpp"
#include "builder/spec/spec.hpp"
#include "io/text/diagnostics.hpp"

namespace striate::builder {

/// Adds what differs from the network to `edits`; reports what cannot be taken over. Returns the populations
/// that the workbook has.
std::set<std::string> read_seed_workbook(const std::filesystem::path& file, const NetworkSpec& spec,
                                         Edits& edits, io::Diagnostics& diagnostics);

}  // namespace striate::builder
