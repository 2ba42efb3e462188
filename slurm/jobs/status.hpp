// SPDX-License-Identifier: BSD-3-Clause
// Which steps are done, known from files alone: results under their final names, and the notes that job
// scripts leave about trials (BASE/jobs/state/WORK/INDEX.failed and .started), the logs of jobs that could
// leave none, and checkpoints of simulations. What the scheduler says, where it was asked, tells those at
// work from those that were killed without a word.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "slurm/jobs/job_places.hpp"
#include "slurm/jobs/queue.hpp"
#include "slurm/plan/freshness.hpp"
#include "slurm/plan/paradigm_plan.hpp"

namespace striate::slurm {

/// What is wrong with a step's outputs, or "": absent, empty, no HDF5, spikes without the stage's population,
/// or older than an input.
std::string problem_with_outputs(const Step& step, FileTimes* known = nullptr);

enum class ItemState { done, running, failed, missing };

struct ItemStatus {
  std::size_t index = 0;
  std::string name;
  ItemState state = ItemState::missing;
  std::string reason;  ///< of all but `done`
};

struct StageStatus {
  Stage stage = Stage::background;
  std::vector<ItemStatus> items;
  std::size_t count(ItemState state) const;
};

/// Of the jobs of these stages that ended by themselves or by a signal.
double used_core_hours(const std::filesystem::path& base, std::span<const StageItems> stages);

std::vector<StageStatus> status_of(const std::filesystem::path& base, std::span<const StageItems> stages,
                                   const Queue& queue = {});

/// Counts per stage.
std::string stage_table(std::span<const StageStatus> stages);
/// What failed, runs and is missing, at most `most` of each by name.
std::string unfinished_list(std::span<const StageStatus> stages, std::size_t most);

/// The items that must run so that all simulations and tables are there: inputs of finished simulations are
/// not made again. Stages without work are left out; LGN has the trials of the simulations if any of them
/// needs it, so that elements of both arrays correspond.
std::vector<StageItems> unfinished(std::span<const StageItems> stages, std::span<const StageStatus> status);

}  // namespace striate::slurm
