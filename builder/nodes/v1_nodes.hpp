// SPDX-License-Identifier: BSD-3-Clause
// The cells of V1: node ids run over populations (by layer), their models (ascending id) and cells.
// Everything random about a cell depends on (seed, purpose, node id) alone. Lateral coordinates x and z in um
// around the axis; y is minus the depth below the pia; tuning angles in degrees.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "builder/spec/spec.hpp"

namespace striate::builder {

struct V1Nodes {
  std::vector<double> x, y, z, tuning_angle, target_size;
  std::vector<std::uint32_t> model;  ///< index into NetworkSpec::models
  std::size_t size() const { return x.size(); }
};

/// Number of cells of each model.
std::vector<std::int64_t> cells_per_model(const NetworkSpec& spec);

V1Nodes make_v1_nodes(const NetworkSpec& spec);

/// Reads the cells of an earlier build. Throws MissingFileError or FormatError, also when a node type is not
/// one of the spec's models.
V1Nodes read_v1_nodes(const std::filesystem::path& file, const NetworkSpec& spec);

}  // namespace striate::builder
