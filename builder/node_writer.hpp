// SPDX-License-Identifier: BSD-3-Clause
// Writes SONATA node files collectively: every rank its contiguous share. Names and types are BMTK's.
#pragma once

#include <filesystem>

#include "builder/lgn_nodes.hpp"
#include "builder/spec.hpp"
#include "builder/v1_nodes.hpp"
#include "core/comm.hpp"

namespace striate::builder {

// Each writes under io::incomplete_name(path).
void write_v1_nodes(const std::filesystem::path& path, const NetworkSpec& spec, const V1Nodes& nodes,
                    const core::Comm& comm);
void write_lgn_nodes(const std::filesystem::path& path, const LgnNodes& nodes, const core::Comm& comm);
void write_background_nodes(const std::filesystem::path& path, std::uint64_t count, const core::Comm& comm);

}  // namespace striate::builder
