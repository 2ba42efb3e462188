// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>

#include "cli/arguments/command.hpp"
#include "cli/pipeline_progress.hpp"
#include "core/log.hpp"
#include "core/mpi_family.hpp"
#include "core/network_paths.hpp"
#include "io/generation/generation.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/shipped_configs.hpp"
#include "slurm/make/make_rules.hpp"
#include "slurm/make/run_make.hpp"
#include "slurm/plan/freshness.hpp"
#include "slurm/plan/shell_text.hpp"
#include "slurm/plan/trial_configs.hpp"
#include "slurm/targets/target_patterns.hpp"
#include "slurm/targets/targets.hpp"
#include "workflows/shipped_networks.hpp"
#include "workflows/tables.hpp"
#include "workflows/training/training_plan.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

struct Settings {
  std::vector<fs::path> targets = {};
  std::vector<io::Paradigm> paradigms = {};
  std::optional<fs::path> plan_file = {};
  std::size_t jobs = 1, ranks = 1, trials_per_step = 10;
  std::optional<std::string> launch = {};  ///< words that start ranks, instead of mpirun
  bool dry_run = false, keep_going = false, train = false;
};

Interface pipeline_interface() {
  Interface interface {
    .usage = "striate pipeline TARGET… [options]",
    .description =
        "Makes files by running whatever they need and is missing or older than its inputs, here on this "
        "machine.\n"
        "Targets are files below a network directory, such as tiny/output_plain/spikes.h5,\n"
        "tiny/metrics/OSI_DSI_DF_plain.csv or tiny/figures/report_plain.html (see docs/pipeline.md).\n"
        "{0..9} and {a,b} are expanded, % stands for any text within a name, and groups such as all_cores\n"
        "(configs/targets.yaml) for their targets.\n"
        "GNU make runs the steps from a plan that can be kept, read and edited. What was interrupted or "
        "failed goes on\n"
        "with the same command; nothing finished is done again.",
    .options = {}, .positional = {
      "target*"
    }
  };
  interface.options.add_options()  //
      ("dry-run", "say what would run and why, write nothing")  //
      ("jobs,j", po::value<int>()->default_value(1)->value_name("N"), "steps at a time")  //
      ("ranks", po::value<int>()->default_value(1)->value_name("N"),
       "ranks of each step, by mpirun (all but pictures and reports)")  //
      ("launch", po::value<std::string>()->value_name("WORDS"),
       "what starts the ranks of each step instead, such as 'srun -N 1 -n 4' inside a job")  //
      ("trials-per-step", po::value<int>()->default_value(10)->value_name("N"),
       "trials that share a call of background, LGN or simulation")  //
      ("keep-going,k", "after a failure go on with steps that do not depend on it")  //
      ("paradigm,p", po::value<Names>()->composing()->value_name("FILE.yaml"),
       "a paradigm besides those of BASE/configs/paradigms and the shipped ones; comes before them")  //
      ("train",
       "train options whose weights are missing (hours to days of computing); else the plan ends with what "
       "it "
       "takes")  //
      ("keep-plan", po::value<std::string>()->value_name("FILE"),
       "write the rules there instead of BASE/jobs/pipeline.mk");
  return interface;
}

std::size_t count_of(const po::variables_map& values, const char* name) {
  const int count = values[name].as<int>();
  if (count < 1 || count > 100'000) throw core::UsageError("invalid --{} {} (1 to 100000)", name, count);
  return static_cast<std::size_t>(count);
}

/// Braces and groups expanded; a network of a group's name is meant itself.
std::vector<fs::path> targets_of(const Names& given) {
  std::vector<fs::path> targets;
  std::optional<slurm::TargetGroups> groups;
  for (const auto& word : given)
    for (const auto& name : slurm::expanded_braces(word)) {
      std::error_code ignored;
      if (name.find_first_of("/%") == std::string::npos && !fs::exists(fs::path(name) / "network", ignored)) {
        if (!groups) groups = slurm::read_target_groups();
        if (const auto group = groups->find(name); group != groups->end()) {
          targets.insert(targets.end(), group->second.begin(), group->second.end());
          continue;
        }
      }
      targets.emplace_back(name);
    }
  return targets;
}

Settings settings_of(const po::variables_map& values) {
  Settings settings{.jobs = count_of(values, "jobs"),
                    .ranks = count_of(values, "ranks"),
                    .trials_per_step = count_of(values, "trials-per-step"),
                    .dry_run = values.count("dry-run") != 0,
                    .keep_going = values.count("keep-going") != 0,
                    .train = values.count("train") != 0};
  settings.targets = targets_of(values["target"].as<Names>());
  if (values.count("paradigm") != 0)
    for (const auto& paradigm : values["paradigm"].as<Names>())
      settings.paradigms.push_back(io::read_paradigm(paradigm, workflows::table_rules().paradigm_metrics));
  if (values.count("launch") != 0) {
    settings.launch = values["launch"].as<std::string>();
    if (settings.ranks != 1)
      throw core::UsageError("--ranks {} with --launch (which says itself how many) leave one out",
                             settings.ranks);
  }
  if (values.count("keep-plan") != 0) settings.plan_file = values["keep-plan"].as<std::string>();
  return settings;
}

/// As shell text. Steps beside each other share cores, too.
std::string launcher(const Settings& settings) {
  if (settings.launch) {
    std::istringstream text(*settings.launch);
    const Names words{std::istream_iterator<std::string>(text), {}};
    return slurm::shell_words(words);
  }
  if (settings.ranks == 1) return "";
  core::prepare_launcher(core::Cores::shared);
  return slurm::shell_words(core::launcher_words(static_cast<int>(settings.ranks)));
}

/// What the steps read and make.
std::vector<io::NamedPath> files_of(const std::vector<slurm::MadeStep>& steps) {
  std::vector<io::NamedPath> files;
  for (const auto& made : steps)
    for (const auto* list : {&made.step.inputs, &made.step.outputs})
      for (const auto& path : *list) files.push_back({path, fmt::format("'{}'", made.step.label)});
  return files;
}

core::ExitCode run_plan(const Settings& settings, const slurm::TargetPlan& plan,
                        const std::vector<slurm::MadeStep>& steps) {
  const auto make = slurm::find_make();
  const auto jobs = plan.base / "jobs";
  const slurm::MakeFile file{.file = settings.plan_file.value_or(jobs / "pipeline.mk"),
                             .logs = jobs / "logs",
                             .program = fs::read_symlink("/proc/self/exe"),
                             .launch = launcher(settings)};
  const auto text = slurm::make_text(steps, file);
  io::check_outputs({{file.file, "the plan"}}, files_of(steps));
  if (io::output_place(file.file).is_stream)
    throw core::ConfigError("{} is no file (GNU make reads the plan from it) choose another name", file.file);
  std::vector<std::unique_ptr<slurm::PipelineLock>> locks;
  for (const auto& base : plan.bases) {
    io::make_folder(base / "jobs");
    locks.push_back(std::make_unique<slurm::PipelineLock>(base / "jobs/pipeline.lock"));
  }
  std::vector<io::TextFile> configs;
  for (const auto& made : steps)
    for (const auto& config : made.configs) configs.push_back({config.file, config.text});
  slurm::write_changed(std::move(configs));
  for (const auto& labels : plan.labels) slurm::write_shown(labels.base, labels.paradigm);
  io::make_folder(file.file.parent_path());
  io::write_text_file(file.file, text);
  core::log::info("plan: {}", file.file);

  PipelineProgress progress(steps, slurm::log_files(steps, file.logs));
  const auto outcome = slurm::run_make(
      {.make = make, .file = file.file, .jobs = settings.jobs, .keep_going = settings.keep_going},
      [&](const std::string& line) { progress.take(line); });
  return progress.finish(outcome);
}

}  // namespace

core::ExitCode run_pipeline(const Arguments& arguments, const core::Comm& world) {
  const auto values = parse(pipeline_interface(), arguments, world);
  if (!values) return core::ExitCode::done;
  if (!world.is_null())
    throw core::UsageError(
        "pipeline under mpirun (it starts mpirun itself) use 'striate pipeline --ranks {} …'", world.size());
  const auto settings = settings_of(*values);
  auto training = workflows::training_rule();
  training.wanted = settings.train;
  const auto conditions = workflows::condition_rules();
  auto rules = workflows::table_rules();
  rules.training = &training;
  rules.conditions = &conditions;
  rules.network_names = io::shipped_names(io::network_configs);
  const auto plan_for = [&](const std::vector<fs::path>& targets) {
    auto plan = slurm::plan_of(targets, workflows::shipped_network, settings.paradigms, rules);
    slurm::find_reasons(plan.steps);
    for (const auto& base : plan.bases)
      if (!io::is_unfinished(core::NetworkPaths{base}.network())) io::require_one_generation(base, {});
    return plan;
  };
  const auto packed = [&](const slurm::TargetPlan& plan) {
    return slurm::packed(plan.steps, {.most = settings.trials_per_step, .jobs = settings.jobs});
  };
  auto plan = plan_for(settings.targets);
  if (settings.dry_run) {
    std::cout << describe_plan(plan.steps, packed(plan));
    return core::ExitCode::done;
  }
  // Cells of a cohort stand in the configuration of each trial.
  if (const auto cohorts = slurm::unknown_origins(plan); !cohorts.empty()) {
    core::log::info("first the cohorts, then what is run with them");
    const auto first = plan_for(cohorts);
    run_plan(settings, first, packed(first));
    plan = plan_for(settings.targets);
  }
  const auto steps = packed(plan);
  if (std::ranges::all_of(steps, [](const auto& made) { return made.reason.empty(); })) {
    core::log::info("nothing to do: {} is up to date", fmt::join(settings.targets, ", "));
    return core::ExitCode::done;
  }
  return run_plan(settings, plan, steps);
}

}  // namespace striate::cli
