// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/network_options.hpp"
#include "cli/arguments/train_options.hpp"
#include "cli/arguments/trial_options.hpp"
#include "cli/jobs/jobs_kinds.hpp"

namespace striate::cli {
namespace {

constexpr core::Option network_directory{.name = "output",
                                         .value = "BASE",
                                         .help = "network directory to make (default: the network's name)",
                                         .letter = 'o'};
constexpr core::Option force{
    .name = "force", .type = core::Option::Type::flag, .help = "replace files of an earlier network"};

constexpr core::Option resources[] = {job_options::site,   job_options::partition, job_options::account,
                                      job_options::mail,   job_options::requeue,   job_options::ranks,
                                      job_options::nodes,  job_options::time,      job_options::memory,
                                      job_options::submit, job_options::dry_run};
constexpr core::Option before[] = {job_options::build};
constexpr core::Option of_training[] = {job_options::jobs};
constexpr core::Option arrays[] = {job_options::trials_per_job, job_options::throttle};
constexpr core::Option of_trials[] = {job_options::modfile, only_option, stimulus_option};
constexpr core::Option of_build[] = {network_directory, force};
constexpr core::Option modfile_alone[] = {job_options::modfile};
constexpr auto make_options = core::joined(resources, arrays, before, of_trials);
constexpr auto continue_options = core::joined(resources, arrays, of_training);
constexpr auto build_options = core::joined(of_build, resources, network_options);
constexpr auto training_options = core::joined(train_options, resources, of_training);

// clang-format off
constexpr core::Kind table[] = {
    {"make", "PARADIGM|FILE.yaml BASE… OPT", "writes the jobs of a paradigm's runs, and submits them",
     "Writes the configurations of a paradigm's trials and the jobs that run them on a cluster with SLURM:\n"
     "background, LGN, simulation, metrics, and BASE/jobs/submit_….sh, which submits them as a chain.\n"
     "Trials that are done are skipped when the jobs run.\n"
     "Several at once: PARADIGM and OPT may be lists with commas, and BASE many:\n"
     "  striate jobs make 8dir_10trials,contrasts core_nll_* plain,bio_trained --submit",
     make_options, {}, {}, run_jobs_make},
    {"status", "PARADIGM|FILE.yaml|train BASE… OPT", "says what is done, what runs, what failed and what is missing",
     "Says for each stage what is done, what runs, what failed (exit code, job, log) and what is missing, from the\n"
     "files and, where it answers, the queue. A trial is done when its output is complete and not older than what\n"
     "it was made from. Of several networks, paradigms or options (lists with commas) it prints a table with a row\n"
     "for each, and their sum; with -q nothing but the table.\n"
     "'striate jobs status train BASE NAME' is about training.",
     modfile_alone, {}, {}, run_jobs_status},
    {"continue", "PARADIGM|FILE.yaml|train BASE… OPT", "writes jobs for what is not done, and submits them",
     "Writes jobs for what is not done of what 'make' or 'train' was asked for, with its options unless others\n"
     "are given. For when no job of it is waiting or running any more. Several at once as with 'make'.",
     continue_options, {}, {}, run_jobs_continue},
    {"cancel", "PARADIGM|FILE.yaml|train BASE… OPT", "cancels the jobs of a paradigm's runs that wait or run",
     "Cancels the jobs of runs, or of training, that wait in the queue or run. Several at once as with 'make'.",
     {}, {}, {}, run_jobs_cancel},
    {"build", "NAME|FILE.yaml", "writes a job that builds a network on several nodes",
     "Writes BASE/jobs/build_NAME.sh, a SLURM job that runs 'striate build' on all its ranks.",
     build_options, {}, {}, run_jobs_build},
    {"train", "BASE", "writes a chain of jobs that trains a network, and submits it",
     "Writes BASE/jobs/train_NAME.sh, a SLURM job that runs 'striate train' on all its ranks, and\n"
     "submit_train_NAME.sh, which submits it several times, one after the other: each goes on from the checkpoint\n"
     "that the one before wrote when its time was up.",
     training_options, {}, {}, run_jobs_train},
    {"missing", "STAGE PARADIGM|FILE.yaml|train BASE OPT INDEX…",
     "for the jobs themselves: prints which of some trials are not done",
     "Prints those of some items of a stage (background, lgn, simulate, metrics) that are not done.",
     modfile_alone, {}, {}, run_jobs_missing},
};
// clang-format on

}  // namespace

std::span<const core::Kind> job_kinds() {
  return table;
}

}  // namespace striate::cli
