// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/run_kinds.hpp"
#include "cli/jobs/jobs_kinds.hpp"

namespace striate::cli {

core::ExitCode run_jobs(const Arguments& arguments, const core::Comm& world) {
  return run_kinds({.command = "jobs", .description = "Jobs for a cluster with SLURM.", .noun = "kind"},
                   job_kinds(), arguments, world);
}

}  // namespace striate::cli
