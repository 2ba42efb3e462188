// SPDX-License-Identifier: BSD-3-Clause
// The cell models of V1 in a network directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "engine/machine/model/glif_parameters.hpp"

namespace striate::workflows {

struct CellModel {
  std::uint64_t id;  ///< node_type_id
  engine::GlifParameters parameters;
};

/// Those of BASE/network/v1_node_types.csv, with their parameter files from `folder`
/// (BASE/components/cell_models).
std::vector<CellModel> read_cell_models(const std::filesystem::path& base,
                                        const std::filesystem::path& folder);

}  // namespace striate::workflows
