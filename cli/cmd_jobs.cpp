// SPDX-License-Identifier: BSD-3-Clause
#include "cli/jobs/jobs_kinds.hpp"

namespace striate::cli {
namespace {

constexpr Command kinds[] = {
    {"make", "writes the jobs of a paradigm's runs, and submits them", run_jobs_make},
    {"status", "says what is done, what failed and what is missing", run_jobs_status},
    {"continue", "writes jobs for what is not done, and submits them", run_jobs_continue},
    {"build", "writes a job that builds a network on several nodes", run_jobs_build},
    {"missing", "for the jobs themselves: prints which of some trials are not done", run_jobs_missing},
};

}  // namespace

core::ExitCode run_jobs(const Arguments& arguments, const core::Comm& world) {
  return run_kind(
      {.command = "jobs",
       .usage = "striate jobs KIND …",
       .description =
           "Jobs for a cluster with SLURM. 'striate jobs KIND --help' shows the options of each kind:",
       .noun = "kind"},
      kinds, arguments, world);
}

}  // namespace striate::cli
