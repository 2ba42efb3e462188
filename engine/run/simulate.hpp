// SPDX-License-Identifier: BSD-3-Clause
// `striate simulate`: from SONATA configs to spikes and reports on disk.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "core/errors/error.hpp"
#include "core/ranks/comm.hpp"
#include "core/ranks/item_exchange.hpp"
#include "core/timers.hpp"
#include "engine/checkpoint/pauses.hpp"
#include "engine/machine/model/propagators.hpp"
#include "engine/network/made_network.hpp"
#include "io/files/output_place.hpp"

namespace striate::engine {

struct SimulateOptions {
  /// At least one. Several share their network, which is loaded once, and run one after the other; each gives
  /// what it would give alone.
  std::vector<std::filesystem::path> configs;
  std::optional<std::filesystem::path> output_dir;  ///< -o, for one config only
  std::optional<std::filesystem::path> modfile;  ///< -m
  std::optional<std::filesystem::path> timings_file;  ///< machine-readable times
  std::vector<io::NamedPath> other_inputs = {};  ///< that were read already and may not be written over
  Ports ports = Ports::merged;  ///< --ports
  core::ExchangeForm exchange = core::ExchangeForm::alltoallv;  ///< --exchange
  CheckpointOptions checkpoints;
  bool dry_run = false;  ///< check and estimate only
  /// Folder on this node with copies of the network's files, which are read instead.
  std::optional<std::filesystem::path> network_copies = {};
  const MadeNetwork* network = nullptr;  ///< instead of the files that the configs name
  core::Clock::time_point start = core::Clock::now();  ///< from when loading is timed
};

/// Returns `done`, `checkpointed` when it stopped to be continued, or 128 + n when signal n ended the run
/// (with a checkpoint, too, if any were wanted). Collective. Throws core::Error; the caller ends all ranks
/// then. What configs before the failing one wrote is complete.
core::ExitCode simulate(const SimulateOptions& options, const core::Comm& comm);

}  // namespace striate::engine
