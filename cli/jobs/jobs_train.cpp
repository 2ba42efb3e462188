// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <iostream>

#include "cli/arguments/train_options.hpp"
#include "cli/jobs/jobs_kinds.hpp"
#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "io/text/atomic_file.hpp"
#include "slurm/jobs/queue.hpp"
#include "slurm/jobs/status.hpp"
#include "slurm/jobs/training_job.hpp"
#include "slurm/plan/shell_text.hpp"
#include "workflows/training/training_plan.hpp"
#include "workflows/training/training_results.hpp"

namespace striate::cli {
namespace fs = std::filesystem;
namespace {

constexpr double synapses_per_rank = 400'000;
constexpr int most_ranks = 256;
constexpr double load_ns_per_edge = 500;  // of one rank, from a slow shared file system
constexpr double checkpoint_bytes_per_second = 1e8;
constexpr double checkpoint_bytes_per_synapse = 16;

/// The training of one option. `options.arguments` are the options of training, beginning with the suffix.
struct Training {
  slurm::Runs runs;
  slurm::TrainedFiles files;
  slurm::StageItems stage;
};

std::string jobs_name(const std::string& suffix) {
  return "train_" + suffix;
}

/// `--epochs=20` and so on as they were given to `jobs train`.
core::OptionValues values_of(const std::vector<std::string>& arguments) {
  core::OptionValues::Given given;
  for (const auto& word : arguments) {
    const auto equals = word.find('=');
    if (word.starts_with("--") && equals != std::string::npos)
      given[word.substr(2, equals - 2)] = {word.substr(equals + 1)};
  }
  return {train_options, std::move(given)};
}

workflows::TrainingPreset preset_of(const fs::path& base, const std::vector<std::string>& arguments) {
  const auto wanted = read_train_options(base, values_of(arguments));
  return workflows::read_training_preset(wanted.preset, wanted.overrides);
}

/// For the names of files. Where a preset has been broken since, its jobs say so, and what looks at them goes
/// on.
workflows::TrainingPreset preset_if_readable(const fs::path& base,
                                             const std::vector<std::string>& arguments) {
  try {
    return preset_of(base, arguments);
  } catch (const core::Error&) {
    return {};
  }
}

/// Arguments of `train`, also where none were noted.
std::vector<std::string> train_arguments(const std::string& suffix, const std::vector<std::string>& noted) {
  return noted.empty() ? std::vector{"--suffix=" + suffix} : noted;
}

Training training_of(const fs::path& base, const std::string& suffix, const std::vector<std::string>& noted) {
  slurm::shell_word(base.string());
  workflows::require_training_name(suffix);
  auto arguments = train_arguments(suffix, noted);
  Training training{
      .runs = {.paradigm = training_word, .base = base, .option = suffix, .modfile = {}},
      .files = workflows::trained_files(base, suffix, preset_if_readable(base, arguments)),
      .stage = {
          .stage = slurm::Stage::train, .script = jobs_name(suffix), .work = jobs_name(suffix), .items = {}}};
  arguments.insert(arguments.begin(), {"train", base.string()});
  const auto network = slurm::existing_network(base);
  training.stage.items.push_back(
      {.index = 0,
       .name = suffix,
       .step = slurm::training_run(network, training.files, std::move(arguments))});
  return training;
}

/// The options of the last `jobs train`, or none.
slurm::JobOptions kept_training(const core::Call& call) {
  workflows::require_training_name(call.argument("OPT"));
  return slurm::read_job_options(call.argument("BASE"), jobs_name(call.argument("OPT")))
      .value_or(slurm::JobOptions{});
}

Training training_of(const core::Call& call, const slurm::JobOptions& options) {
  return training_of(call.base(), call.argument("OPT"), options.arguments);
}

int usual_ranks(double synapses, const slurm::Wishes& wishes, const slurm::Site& site) {
  if (wishes.ranks) return *wishes.ranks;
  const int wanted = std::clamp(static_cast<int>(std::min(1e6, synapses / synapses_per_rank)), 1, most_ranks);
  return wishes.nodes ? std::clamp(wanted, *wishes.nodes, *wishes.nodes * site.node_cores) : wanted;
}

/// Writes and submits, or prints, as asked.
void carry_out(const core::Call& call, const Training& training, const slurm::JobOptions& options) {
  const auto& base = training.runs.base;
  const auto setting = job_setting(base, options.site, options.site_changes);
  const auto preset = preset_of(base, train_arguments(training.runs.option, options.arguments));
  const auto sizes = workflows::training_sizes(training.files.config);
  const auto estimate = workflows::estimate_training(sizes, preset);
  const int ranks = usual_ranks(sizes.recurrent, options.wishes, setting.site);
  const double edges = sizes.recurrent + sizes.lgn + sizes.background;
  const slurm::Cost cost{
      .start_s = 5 + edges * load_ns_per_edge * 1e-9 / ranks,
      .item_s = static_cast<double>(estimate.steps) * estimate.step_s / ranks,
      .bytes_per_rank = estimate.bytes_per_rank + estimate.shared_bytes / static_cast<std::uint64_t>(ranks),
      .disk_bytes_per_item = 0};
  const double held_out =
      static_cast<double>(preset.session.held_out_directions + 1) / 4;  // steps that a judgement takes
  const double unit_s = estimate.step_s / ranks * (1 + held_out) +
                        (sizes.recurrent + (preset.train_lgn ? sizes.lgn : 0)) *
                            checkpoint_bytes_per_synapse / checkpoint_bytes_per_second;
  const auto chain = slurm::training_job(training.stage, training.files.checkpoint, cost, ranks, unit_s,
                                         options.wishes, options.jobs, setting.site);
  const auto& request = chain.job.request;
  if (core::log::level() != core::log::Level::quiet)
    std::cout
        << fmt::format(
               "training of {} {}: {}\n{} job(s) one after the other, each {} rank(s) on {} node(s), {} of "
               "memory per node, time limit {}, USR1 {} s before it\n",
               base.string(), training.runs.option, describe(estimate), chain.count, request.ranks,
               request.nodes, core::human_bytes(request.memory_mb * 1'000'000),
               slurm::job_time(request.minutes), request.warning_s)
        << std::flush;
  if (const auto text = slurm::short_chain_text(chain); !text.empty())
    core::log::warning("the chain is too short: {} give more --time or --jobs", text);
  if (call.values.given("dry-run")) return;
  const auto script = slurm::write_training(chain, training.runs, setting);
  slurm::write_job_options(base, jobs_name(training.runs.option), options);
  core::log::info("scripts are in {}; {}", base / "jobs",
                  call.values.given("submit") ? "submitting" : fmt::format("'bash {}' submits them", script));
  if (call.values.given("submit")) submit(script);
}

}  // namespace

Files run_jobs_train(const core::Call& call, const core::Comm& world) {
  if (!world.is_root()) return {};
  const core::OptionValues values(train_options, call.values.only(train_options));
  slurm::JobOptions options{.only = {},
                            .stimulus = {},
                            .site = call.values.text("site"),
                            .modfile = {},
                            .wishes = given_wishes(call),
                            .site_changes = given_site_changes(call),
                            .arguments = train_option_words(values),
                            .jobs = given_jobs(call)};
  const auto suffix = values.text("suffix");
  if (!values.given("suffix")) options.arguments.insert(options.arguments.begin(), "--suffix=" + suffix);
  const auto training = training_of(call.base(), suffix, options.arguments);
  auto made = training.files.edges;
  made.push_back(training.files.checkpoint);
  for (const auto& file : made)
    if (io::is_there(file))
      throw core::ConfigError(
          "{} exists already (jobs never train anew) '{}' goes on from a checkpoint; delete it, or give "
          "another "
          "--suffix",
          file, continue_command(training.runs));
  carry_out(call, training, options);
  return {};
}

namespace {

/// Its jobs that are known by their numbers.
std::set<std::string> ids_of(const Training& training) {
  const auto& script = training.stage.script;
  return slurm::job_ids(training.runs.base, {script, "collect_" + script}, std::span(&training.stage, 1));
}

}  // namespace

void training_status(const core::Call& call) {
  const auto training = training_of(call, kept_training(call));
  const std::span stages(&training.stage, 1);
  const auto status = slurm::status_of(training.runs.base, stages, slurm::ask_queue(ids_of(training)));
  std::cout << slurm::stage_table(status);
  if (core::log::level() == core::log::Level::quiet) return;
  std::cout << slurm::unfinished_list(status, 1)
            << fmt::format("{:.2f} core-hours used\n", slurm::used_core_hours(training.runs.base, stages))
            << (status.front().count(slurm::ItemState::done) == 1
                    ? "all is done\n"
                    : fmt::format("when no job of it is left, continue with: {}\n",
                                  continue_command(training.runs)));
}

void cancel_training(const core::Call& call) {
  const auto training = training_of(call, kept_training(call));
  const auto& base = training.runs.base;
  const auto& script = training.stage.script;
  cancel_queued(ids_of(training), {slurm::job_name(base, script), slurm::job_name(base, "collect_" + script)},
                fmt::format("training {} {}", base.string(), training.runs.option));
}

void continue_training(const core::Call& call) {
  auto options = kept_training(call);
  replace_given(call, options);
  if (const auto jobs = given_jobs(call)) options.jobs = jobs;
  const auto training = training_of(call, options);
  if (slurm::problem_with_outputs(training.stage.items.front().step).empty())
    core::log::info("all is done: nothing to continue");
  else
    carry_out(call, training, options);
}

void missing_training(const core::Call& call) {
  const auto training = training_of(call, kept_training(call));
  if (call.argument("STAGE") != slurm::name_of(slurm::Stage::train))
    throw core::UsageError("unknown stage '{}' of training (train)", call.argument("STAGE"));
  for (const auto& text : call.arguments.at("INDEX")) {
    if (text != "0") throw core::UsageError("no item {} in stage train", text);
    if (!slurm::problem_with_outputs(training.stage.items.front().step).empty()) std::cout << "0\n";
  }
}

}  // namespace striate::cli
