// SPDX-License-Identifier: BSD-3-Clause
// Which jobs were submitted and what SLURM's queue says
// of them. The queue only adds to what files tell: where it cannot be asked, nothing is known of it.
#pragma once

#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "slurm/plan/paradigm_plan.hpp"

namespace striate::slurm {

struct QueuedJob {
  std::string id;  ///< "7", or "7_3" of an array's element
  std::string state;  ///< "RUNNING", "PENDING", …
  std::string name;
};

struct Queue {
  bool known = false;
  std::vector<QueuedJob> jobs;
  /// nullptr where it is not in the queue.
  const QueuedJob* find(const std::string& id) const;
};

/// Ids of the jobs that were submitted of these scripts, and of those that noted their beginning in these
/// works; the last ones, if many.
std::set<std::string> job_ids(const std::filesystem::path& base, const std::set<std::string>& scripts,
                              std::span<const StageItems> stages);

/// Asks for jobs of these ids ("7"), not at all if there are none.
Queue ask_queue(const std::set<std::string>& ids);

/// What squeue printed of the format "%i|%T|%j", and whether it succeeded.
Queue parse_queue(const std::string& text, bool succeeded);

/// Throws Error where SLURM refuses.
void cancel_jobs(const std::set<std::string>& ids);

}  // namespace striate::slurm
