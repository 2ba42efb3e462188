// SPDX-License-Identifier: BSD-3-Clause
// The kinds of `striate jobs`, a row each (cli/jobs/jobs_table.cpp), and what they share: options, each
// defined once, and the setting of all scripts.
#pragma once

#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "builder/build.hpp"
#include "core/kinds.hpp"
#include "slurm/jobs/job_chain.hpp"

namespace striate::cli {

using Files = std::vector<std::filesystem::path>;

std::span<const core::Kind> job_kinds();

Files run_jobs_make(const core::Call& call, const core::Comm& world);
Files run_jobs_cancel(const core::Call& call, const core::Comm& world);
Files run_jobs_status(const core::Call& call, const core::Comm& world);
Files run_jobs_continue(const core::Call& call, const core::Comm& world);
Files run_jobs_missing(const core::Call& call, const core::Comm& world);
Files run_jobs_build(const core::Call& call, const core::Comm& world);
Files run_jobs_train(const core::Call& call, const core::Comm& world);

/// In place of a paradigm: `jobs status train BASE NAME`.
inline constexpr const char* training_word = "train";
void training_status(const core::Call& call);
void cancel_training(const core::Call& call);
void continue_training(const core::Call& call);
void missing_training(const core::Call& call);

namespace job_options {

using core::Option;
using Type = Option::Type;

inline constexpr Option site{
    .name = "site", .value = "NAME|FILE.yaml", .help = "profile of the cluster", .fallback = "default"};
inline constexpr Option ranks{.name = "ranks",
                              .type = Type::whole,
                              .value = "N",
                              .help = "MPI ranks of a job (from the size of the network)",
                              .low = 1,
                              .high = 1e6};
inline constexpr Option nodes{.name = "nodes",
                              .type = Type::whole,
                              .value = "N",
                              .help = "nodes of a job (as many as its memory needs)",
                              .low = 1,
                              .high = 1e6};
inline constexpr Option time{.name = "time",
                             .value = "TIME",
                             .help = "limit of a job: minutes, H:MM:SS or D-HH:MM:SS (from the estimate)"};
inline constexpr Option memory{
    .name = "memory", .value = "GB", .help = "per node: 20, 20G, 500M (from the estimate)"};
inline constexpr Option account{
    .name = "account", .value = "NAME", .help = "account that the jobs are charged to (the site's)"};
inline constexpr Option partition{
    .name = "partition", .value = "NAME", .help = "partition, as sbatch --partition (the site's)"};
inline constexpr Option mail{
    .name = "mail", .value = "ADDRESS", .help = "mail about the ends of jobs (the site's)"};
inline constexpr Option requeue{
    .name = "requeue",
    .type = Type::word,
    .value = "site|yes|no",
    .help =
        "whether jobs that were stopped with a checkpoint, or lost with their node, "
        "begin again"};
inline constexpr Option build{.name = "build",
                              .type = Type::flag,
                              .help =
                                  "networks that are not there are built by a job first, the shipped ones of "
                                  "BASE's name"};
inline constexpr Option submit{.name = "submit",
                               .type = Type::flag,
                               .help = "submit what was written, by sbatch",
                               .excludes = "dry-run"};
inline constexpr Option dry_run{.name = "dry-run",
                                .type = Type::flag,
                                .help = "print what would be made and what it takes, write nothing"};
inline constexpr Option trials_per_job{
    .name = "trials-per-job",
    .type = Type::whole,
    .value = "N",
    .help = "trials of an array element, which share a loaded network (ten minutes' worth)",
    .low = 1,
    .high = 1e6};
inline constexpr Option throttle{.name = "throttle",
                                 .type = Type::whole,
                                 .value = "N",
                                 .help = "elements of an array that run at once; 0: no limit (the site's)",
                                 .high = 1e6};
inline constexpr Option jobs{.name = "jobs",
                             .type = Type::whole,
                             .value = "N",
                             .help = "of training: at most so many, one after the other (from the estimate)",
                             .low = 1,
                             .high = 1e4};
inline constexpr Option modfile{.name = "modfile",
                                .value = "FILE",
                                .help = "scale weights of the simulations by a modulation file",
                                .letter = 'm'};

}  // namespace job_options

/// A job that builds a network.
struct BuildJob {
  std::string script;
  slurm::JobRequest request;
  slurm::Cost cost;
};
BuildJob build_job(const builder::NetworkSpec& spec, const builder::Estimate& estimate,
                   const slurm::Wishes& wishes, const slurm::Site& site);
double core_hours(const BuildJob& job);
/// To standard output; warns of a limit that is too short.
void print_build_job(const BuildJob& job, const std::string& name);
/// Runs striate with `words` on all ranks, `afterwards` one after the other; returns the script that submits
/// it.
std::filesystem::path write_build_job(const BuildJob& job, const std::vector<std::string>& words,
                                      std::span<const std::vector<std::string>> afterwards,
                                      const slurm::JobSetting& setting);

/// Of which the kind takes --ranks, --nodes, --time, --memory and perhaps those of arrays.
slurm::Wishes given_wishes(const core::Call& call);

std::optional<int> given_jobs(const core::Call& call);
/// What was given of site and wishes instead of what was kept.
void replace_given(const core::Call& call, slurm::JobOptions& options);

/// Jobs start in the working directory and run this program. Throws UsageError for a directory or a BASE
/// whose name cannot stand in a script.
slurm::JobSetting job_setting(const std::filesystem::path& base, const std::string& site,
                              const slurm::SiteChanges& changes);

/// What was given instead of the site's.
slurm::SiteChanges given_site_changes(const core::Call& call);

/// What goes on with them, for a shell.
std::string continue_command(const slurm::Runs& runs);
/// The ids of those of these jobs that wait or run, cancelled; says how many there were.
void cancel_queued(const std::set<std::string>& ids, const std::set<std::string>& names,
                   const std::string& what);

/// Runs the script that submits. Throws core::Error unless it succeeds: unavailable where there is no SLURM.
void submit(const std::filesystem::path& script);

}  // namespace striate::cli
