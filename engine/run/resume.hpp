// SPDX-License-Identifier: BSD-3-Clause
// Where the trials of a call begin when it goes on from checkpoints: anew, in the middle, or not at all
// because they are finished. Everything that can be refused without the network is refused here.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "core/ranks/comm.hpp"
#include "engine/checkpoint/checkpoint_header.hpp"
#include "engine/checkpoint/pauses.hpp"
#include "engine/machine/model/propagators.hpp"
#include "engine/run/trials.hpp"

namespace striate::engine {

struct TrialStart {
  bool finished = false;
  std::optional<CheckpointHeader> from;
  std::filesystem::path checkpoint;  ///< that `from` was read from
};

std::string name_of(Ports ports);

/// What ${date} and ${time} of configs stand for: the present, or where --checkpoint names one to go on from,
/// when that run began. Collective.
std::int64_t clock_of_configs(const CheckpointOptions& options, const core::Comm& comm);

/// How far the file of a report has got. Throws ConfigError when the checkpoint does not know it.
io::ReportPosition position_of(const ReportSpec& report, const CheckpointHeader& header);

/// Where the checkpoints of a trial stand.
std::filesystem::path checkpoint_file(const CheckpointOptions& options, const Trial& trial);

/// All that the trials may write, none where no checkpoints are wanted.
std::vector<std::filesystem::path> checkpoint_files(const CheckpointOptions& options,
                                                    const std::vector<Trial>& trials);
/// Throws SystemError when there is no folder for --checkpoint.
void require_checkpoint_folder(const CheckpointOptions& options);

/// Tokens of the runs whose unfinished files intact checkpoints of the trials go on with. Collective.
std::vector<std::string> runs_to_keep(const CheckpointOptions& options, const std::vector<Trial>& trials,
                                      const core::Comm& comm);

/// What the intact checkpoint of that name says, if there is one. Collective.
std::optional<CheckpointHeader> paused_run(const std::filesystem::path& file, const core::Comm& comm);

/// [trial]; all anew unless options.resume. Throws MissingFileError when there is nothing to go on from,
/// ConfigError when a checkpoint belongs to another run. Collective.
std::vector<TrialStart> trial_starts(const CheckpointOptions& options, Ports ports,
                                     const std::vector<Trial>& trials, const core::Comm& comm);

}  // namespace striate::engine
