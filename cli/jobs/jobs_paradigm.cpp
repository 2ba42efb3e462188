// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <iostream>

#include "cli/jobs/jobs_kinds.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "engine/network/memory_estimate.hpp"
#include "io/paradigm/paradigm.hpp"
#include "slurm/jobs/status.hpp"
#include "slurm/plan/shell_text.hpp"
#include "slurm/plan/trial_configs.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

constexpr std::size_t most_listed = 20;

Interface paradigm_interface(const std::string& kind, const std::string& description) {
  return {.usage = fmt::format("striate jobs {} PARADIGM|FILE.yaml BASE OPT [options]", kind),
          .description = description,
          .options = {},
          .positional = {"paradigm", "base", "option"}};
}

void add_modfile_option(Interface& interface) {
  interface.options.add_options()("modfile,m", po::value<std::string>()->value_name("FILE"),
                                  "scale weights of the simulations by a modulation file");
}

/// Everything that a call is about.
struct ParadigmJobs {
  io::Paradigm paradigm;
  slurm::Runs runs;
  slurm::JobOptions options;
};

ParadigmJobs make_jobs(const po::variables_map& values, const slurm::JobOptions& options) {
  const fs::path base = positional(values, "base");
  // What cannot stand in a script is refused before anything is read.
  for (const auto& name : {base.string(), positional(values, "paradigm"), options.modfile.value_or("")})
    slurm::shell_word(name);
  slurm::require_option_name(positional(values, "option"), "OPT");
  auto paradigm =
      io::for_background_units(io::read_paradigm(positional(values, "paradigm")), io::background_units(base));
  ParadigmJobs jobs{.paradigm = io::with_only(std::move(paradigm), options.only),
                    .runs = {.paradigm = positional(values, "paradigm"),
                             .base = base,
                             .option = positional(values, "option"),
                             .modfile = options.modfile},
                    .options = options};
  for (const auto& change : options.stimulus) io::set_stimulus(jobs.paradigm, change);
  return jobs;
}

/// The options of the last `make`, or none.
slurm::JobOptions kept_options(const po::variables_map& values) {
  const auto paradigm = io::read_paradigm(positional(values, "paradigm"));
  const auto option = positional(values, "option");
  slurm::require_plain_names(paradigm, option);
  auto options =
      slurm::read_job_options(positional(values, "base"), slurm::plain_runs_name(paradigm, option));
  return options.value_or(slurm::JobOptions{});
}

slurm::Workload workload(const ParadigmJobs& jobs) {
  slurm::option_config(jobs.runs.base, jobs.runs.option);  // says what is missing
  const auto config =
      io::load_sonata_config(jobs.runs.base / "configs" / ("config_" + jobs.runs.option + ".json"));
  const auto network = engine::read_network(config);
  const auto alone = engine::estimate_memory(config, network, 1),
             halved = engine::estimate_memory(config, network, 2);
  slurm::Workload work{.neurons = network.neuron_count(),
                       .synapses = alone.synapses,
                       .shared_bytes = 2 * (alone.bytes_per_rank - halved.bytes_per_rank),
                       .duration_ms = jobs.paradigm.duration_ms,
                       .dt_ms = config.section("run").require_number("dt"),
                       .trials = jobs.paradigm.trials.size()};
  work.bytes_per_rank = alone.bytes_per_rank - work.shared_bytes;
  for (const auto& population : network.populations)
    if (population.name == "lgn") work.lgn_cells = population.size();
  return work;
}

/// Writes and submits, or prints, as asked.
void carry_out(const po::variables_map& values, const ParadigmJobs& jobs,
               std::vector<slurm::StageItems> stages) {
  const auto setting = job_setting(jobs.runs.base, jobs.options.site);
  const auto name = slurm::plain_runs_name(jobs.paradigm, jobs.runs.option);
  const auto chain =
      slurm::make_chain(name, std::move(stages), workload(jobs), jobs.options.wishes, setting.site);
  std::cout << slurm::chain_table(chain) << std::flush;
  if (values.count("dry-run") != 0) return;
  slurm::write_trial_configs(jobs.runs.base, jobs.paradigm, jobs.runs.option);
  const auto script = slurm::write_chain(chain, jobs.runs, setting);
  slurm::write_job_options(jobs.runs.base, name, jobs.options);
  core::log::info("scripts are in {}; {}", jobs.runs.base / "jobs",
                  values.count("submit") != 0 ? "submitting" : fmt::format("'bash {}' submits them", script));
  if (values.count("submit") != 0) submit(script);
}

/// For a shell.
std::string continue_command(const slurm::Runs& runs) {
  const std::vector<std::string> words{"striate",          "jobs",      "continue", runs.paradigm,
                                       runs.base.string(), runs.option, "--submit"};
  return slurm::shell_words(words);
}

}  // namespace

core::ExitCode run_jobs_make(const Arguments& arguments, const core::Comm& world) {
  auto interface = paradigm_interface(
      "make",
      "Writes the configurations of a paradigm's trials and the jobs that run them on a cluster with SLURM:\n"
      "background, LGN, simulation, metrics, and BASE/jobs/submit_….sh, which submits them as a chain.\n"
      "Trials that are done are skipped when the jobs run.");
  add_job_options(interface);
  add_array_options(interface);
  add_modfile_option(interface);
  interface.options.add_options()  //
      ("only", po::value<std::vector<std::string>>()->value_name("VAR=V,…"),
       "only trials with these values, such as angle=0,90; may be repeated")  //
      ("stimulus", po::value<std::vector<std::string>>()->value_name("KEY=VALUE"),
       "a key of the stimulus for all trials, such as temporal_f=1.0; may be repeated");
  const auto values = parse(interface, arguments, world);
  if (!values || !world.is_root()) return core::ExitCode::done;
  slurm::JobOptions options{
      .only = given_list(*values, "only"),
      .stimulus = given_list(*values, "stimulus"),
      .site = values->count("site") != 0 ? (*values)["site"].as<std::string>() : "default",
      .modfile = {},
      .wishes = given_wishes(*values)};
  if (values->count("modfile") != 0) {
    options.modfile = (*values)["modfile"].as<std::string>();
    core::require_readable(*options.modfile, "--modfile names it");
  }
  const auto jobs = make_jobs(*values, options);
  carry_out(*values, jobs, slurm::paradigm_stages(jobs.runs, jobs.paradigm));
  return core::ExitCode::done;
}

core::ExitCode run_jobs_status(const Arguments& arguments, const core::Comm& world) {
  auto interface = paradigm_interface(
      "status",
      "Says for each stage what is done, what failed (exit code, job, log) and what is missing, from the "
      "files\n"
      "alone. A trial is done when its output is complete and not older than what it was made from.");
  add_modfile_option(interface);
  const auto values = parse(interface, arguments, world);
  if (!values || !world.is_root()) return core::ExitCode::done;
  auto options = kept_options(*values);
  if (values->count("modfile") != 0) options.modfile = (*values)["modfile"].as<std::string>();
  const auto jobs = make_jobs(*values, options);
  const auto stages = slurm::paradigm_stages(jobs.runs, jobs.paradigm);
  const auto status = slurm::status_of(jobs.runs.base, stages);
  std::cout << slurm::status_text(status, most_listed);
  std::cout << (slurm::unfinished(stages, status).empty()
                    ? "all is done\n"
                    : fmt::format("when no job of it is left, continue with: {}\n",
                                  continue_command(jobs.runs)));
  return core::ExitCode::done;
}

core::ExitCode run_jobs_continue(const Arguments& arguments, const core::Comm& world) {
  auto interface = paradigm_interface(
      "continue",
      "Writes jobs for what is not done of what 'make' was asked for, with its options unless others are\n"
      "given. For when no job of it is waiting or running any more.");
  add_job_options(interface);
  add_array_options(interface);
  const auto values = parse(interface, arguments, world);
  if (!values || !world.is_root()) return core::ExitCode::done;
  auto options = kept_options(*values);
  if (values->count("site") != 0) options.site = (*values)["site"].as<std::string>();
  const auto given = given_wishes(*values);
  const auto replace = [](auto& kept, const auto& now) {
    if (now) kept = now;
  };
  replace(options.wishes.ranks, given.ranks);
  replace(options.wishes.nodes, given.nodes);
  replace(options.wishes.minutes, given.minutes);
  replace(options.wishes.memory_mb, given.memory_mb);
  replace(options.wishes.trials_per_job, given.trials_per_job);
  replace(options.wishes.throttle, given.throttle);
  const auto jobs = make_jobs(*values, options);
  const auto stages = slurm::paradigm_stages(jobs.runs, jobs.paradigm);
  auto work = slurm::unfinished(stages, slurm::status_of(jobs.runs.base, stages));
  if (work.empty())
    core::log::info("all is done: nothing to continue");
  else
    carry_out(*values, jobs, std::move(work));
  return core::ExitCode::done;
}

core::ExitCode run_jobs_missing(const Arguments& arguments, const core::Comm& world) {
  auto interface = paradigm_interface("missing", "");
  interface.usage = "striate jobs missing STAGE PARADIGM|FILE.yaml BASE OPT INDEX…";
  interface.description =
      "Prints those of some items of a stage (background, lgn, simulate, metrics) that are not done.";
  interface.positional = {"stage", "paradigm", "base", "option", "index*"};
  add_modfile_option(interface);
  const auto values = parse(interface, arguments, world);
  if (!values || !world.is_root()) return core::ExitCode::done;
  slurm::JobOptions options;
  if (values->count("modfile") != 0) options.modfile = (*values)["modfile"].as<std::string>();
  const auto jobs = make_jobs(*values, options);
  const auto name = positional(*values, "stage");
  for (const auto& stage : slurm::paradigm_stages(jobs.runs, jobs.paradigm)) {
    if (slurm::name_of(stage.stage) != name) continue;
    for (const auto& text : given_list(*values, "index")) {
      const auto index = core::parse_number<std::size_t>(text);
      const auto item =
          std::ranges::find(stage.items, index.value_or(~std::size_t{0}), &slurm::StageItem::index);
      if (item == stage.items.end())
        throw core::UsageError("no item {} in stage {} of {}", text, name, jobs.paradigm.name);
      if (!slurm::problem_with_outputs(item->step).empty()) std::cout << item->index << '\n';
    }
    return core::ExitCode::done;
  }
  throw core::UsageError("unknown stage '{}' of {} (background, lgn, simulate or metrics)", name,
                         jobs.paradigm.name);
}

}  // namespace striate::cli
