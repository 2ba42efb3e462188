// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <iostream>

#include "cli/jobs/jobs_kinds.hpp"
#include "core/log.hpp"
#include "core/network_paths.hpp"
#include "core/text.hpp"
#include "engine/network/memory_estimate.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "slurm/jobs/status.hpp"
#include "slurm/plan/shell_text.hpp"
#include "slurm/plan/trial_configs.hpp"
#include "workflows/tables.hpp"

namespace striate::cli {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t most_listed = 20;

/// Everything that a call is about.
struct ParadigmJobs {
  io::Paradigm paradigm;
  slurm::Runs runs;
  slurm::JobOptions options;
};

bool is_training(const core::Call& call) {
  return call.argument("PARADIGM") == training_word;
}

ParadigmJobs make_jobs(const core::Call& call, const slurm::JobOptions& options) {
  const fs::path base = call.argument("BASE");
  // What cannot stand in a script is refused before anything is read.
  for (const auto& name : {base.string(), call.argument("PARADIGM"), options.modfile.value_or("")})
    slurm::shell_word(name);
  slurm::require_option_name(call.argument("OPT"), "OPT");
  auto paradigm = io::for_background_units(
      io::read_paradigm(call.argument("PARADIGM"), workflows::table_rules().paradigm_metrics),
      io::background_units(base));
  ParadigmJobs jobs{.paradigm = io::with_only(std::move(paradigm), options.only),
                    .runs = {.paradigm = call.argument("PARADIGM"),
                             .base = base,
                             .option = call.argument("OPT"),
                             .modfile = options.modfile},
                    .options = options};
  for (const auto& change : options.stimulus) io::set_stimulus(jobs.paradigm, change);
  return jobs;
}

/// The options of the last `make`, or none.
slurm::JobOptions kept_options(const core::Call& call) {
  const auto paradigm =
      io::read_paradigm(call.argument("PARADIGM"), workflows::table_rules().paradigm_metrics);
  const auto option = call.argument("OPT");
  slurm::require_plain_names(paradigm, option);
  auto options = slurm::read_job_options(call.argument("BASE"), slurm::plain_runs_name(paradigm, option));
  return options.value_or(slurm::JobOptions{});
}

slurm::Workload workload(const ParadigmJobs& jobs) {
  slurm::option_config(jobs.runs.base, jobs.runs.option);  // says what is missing
  const auto config =
      io::load_sonata_config(jobs.runs.base / "configs" / ("config_" + jobs.runs.option + ".json"));
  const auto network = engine::read_network(config);
  const auto alone = engine::estimate_memory(config, network, {.total = 1}),
             halved = engine::estimate_memory(config, network, {.total = 2});
  slurm::Workload work{.neurons = network.neuron_count(),
                       .synapses = alone.synapses,
                       .shared_bytes = 2 * (alone.bytes_per_rank - halved.bytes_per_rank),
                       .duration_ms = jobs.paradigm.duration_ms,
                       .dt_ms = config.section("run").require_number("dt"),
                       .background_hz = jobs.paradigm.background_rate_hz,
                       .trials = jobs.paradigm.trials.size()};
  work.bytes_per_rank = alone.bytes_per_rank - work.shared_bytes;
  for (const auto& population : network.populations) {
    if (population.name == core::lgn_population) work.lgn_cells = population.size();
    if (population.name == core::background_population) work.background_units = population.size();
  }
  return work;
}

/// Writes and submits, or prints, as asked.
void carry_out(const core::Call& call, const ParadigmJobs& jobs, std::vector<slurm::StageItems> stages) {
  const auto setting = job_setting(jobs.runs.base, jobs.options.site);
  const auto name = slurm::plain_runs_name(jobs.paradigm, jobs.runs.option);
  const auto chain =
      slurm::make_chain(name, std::move(stages), workload(jobs), jobs.options.wishes, setting.site);
  std::cout << slurm::chain_table(chain) << std::flush;
  for (const auto& text : slurm::short_times(chain))
    core::log::warning("{} give more --time or fewer --trials-per-job", text);
  if (call.values.given("dry-run")) return;
  slurm::write_trial_configs(jobs.runs.base, jobs.paradigm, jobs.runs.option);
  const auto script = slurm::write_chain(chain, jobs.runs, setting);
  slurm::write_job_options(jobs.runs.base, name, jobs.options);
  core::log::info("scripts are in {}; {}", jobs.runs.base / "jobs",
                  call.values.given("submit") ? "submitting" : fmt::format("'bash {}' submits them", script));
  if (call.values.given("submit")) submit(script);
}

}  // namespace

Files run_jobs_make(const core::Call& call, const core::Comm& world) {
  if (!world.is_root()) return {};
  const auto& values = call.values;
  slurm::JobOptions options{.only = values.texts("only"),
                            .stimulus = values.texts("stimulus"),
                            .site = values.text("site"),
                            .modfile = values.text_if("modfile"),
                            .wishes = given_wishes(call)};
  if (options.modfile) core::require_readable(*options.modfile, "--modfile names it");
  const auto jobs = make_jobs(call, options);
  carry_out(call, jobs, slurm::paradigm_stages(jobs.runs, jobs.paradigm));
  return {};
}

Files run_jobs_status(const core::Call& call, const core::Comm& world) {
  if (!world.is_root()) return {};
  if (is_training(call)) return training_status(call), Files{};
  auto options = kept_options(call);
  if (const auto modfile = call.values.text_if("modfile")) options.modfile = *modfile;
  const auto jobs = make_jobs(call, options);
  const auto stages = slurm::paradigm_stages(jobs.runs, jobs.paradigm);
  const auto status = slurm::status_of(jobs.runs.base, stages);
  std::cout << slurm::status_text(status, most_listed);
  std::cout << (slurm::unfinished(stages, status).empty()
                    ? "all is done\n"
                    : fmt::format("when no job of it is left, continue with: {}\n",
                                  continue_command(jobs.runs)));
  return {};
}

Files run_jobs_continue(const core::Call& call, const core::Comm& world) {
  if (!world.is_root()) return {};
  if (is_training(call)) return continue_training(call), Files{};
  auto options = kept_options(call);
  if (given_jobs(call))
    throw core::UsageError("--jobs is of training (a paradigm has the jobs of its stages)");
  replace_given(call, options);
  const auto jobs = make_jobs(call, options);
  const auto stages = slurm::paradigm_stages(jobs.runs, jobs.paradigm);
  auto work = slurm::unfinished(stages, slurm::status_of(jobs.runs.base, stages));
  if (work.empty())
    core::log::info("all is done: nothing to continue");
  else
    carry_out(call, jobs, std::move(work));
  return {};
}

Files run_jobs_missing(const core::Call& call, const core::Comm& world) {
  if (!world.is_root()) return {};
  if (is_training(call)) return missing_training(call), Files{};
  slurm::JobOptions options;
  options.modfile = call.values.text_if("modfile");
  const auto jobs = make_jobs(call, options);
  const auto name = call.argument("STAGE");
  for (const auto& stage : slurm::paradigm_stages(jobs.runs, jobs.paradigm)) {
    if (slurm::name_of(stage.stage) != name) continue;
    slurm::FileTimes times;
    for (const auto& text : call.arguments.at("INDEX")) {
      const auto index = core::parse_number<std::size_t>(text);
      const auto item =
          std::ranges::find(stage.items, index.value_or(~std::size_t{0}), &slurm::StageItem::index);
      if (item == stage.items.end())
        throw core::UsageError("no item {} in stage {} of {}", text, name, jobs.paradigm.name);
      if (!slurm::problem_with_outputs(item->step, &times).empty()) std::cout << item->index << '\n';
    }
    return {};
  }
  throw core::UsageError("unknown stage '{}' of {} (background, lgn, simulate or metrics)", name,
                         jobs.paradigm.name);
}

}  // namespace striate::cli
