// SPDX-License-Identifier: BSD-3-Clause
// `striate simulate`: from a SONATA config to spikes and reports on disk.
#pragma once

#include <filesystem>
#include <optional>

#include "core/comm.hpp"
#include "engine/propagators.hpp"

namespace striate::engine {

struct SimulateOptions {
  std::filesystem::path config;
  std::optional<std::filesystem::path> output_dir;  ///< -o
  std::optional<std::filesystem::path> modfile;  ///< -m
  std::optional<std::filesystem::path> timings_file;  ///< machine-readable times
  Ports ports = Ports::merged;  ///< --ports
  bool dry_run = false;  ///< check and estimate only
};

/// Collective. Throws core::Error; the caller ends all ranks then.
void simulate(const SimulateOptions& options, const core::Comm& comm);

}  // namespace striate::engine
