// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/paradigm_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "slurm/plan/config_step.hpp"
#include "slurm/plan/target_names.hpp"
#include "slurm/plan/trial_configs.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

/// A step that reads one configuration, which is generated.
MadeStep step_of_config(const NetworkDirectory& network, io::RunKind kind, const fs::path& config,
                        const io::Json& document) {
  const auto file = network.base() / config;
  auto made = config_step(network, file, kind, network.files_of(document, file, kind));
  made.configs = {{file, config_text(document)}};
  if (made.step.outputs.empty())
    throw core::ConfigError("no file that {} would write (its output names none) add \"{}\": \"spikes.h5\"",
                            file, kind == io::RunKind::lgn ? "spikes_h5" : "spikes_file");
  return made;
}

/// One call makes all that the kind can.
io::ParadigmMetric with_more_files(io::ParadigmMetric metric) {
  metric.files.insert(metric.files.end(), metric.more_files.begin(), metric.more_files.end());
  metric.arguments.insert(metric.arguments.end(), metric.more_arguments.begin(), metric.more_arguments.end());
  return metric;
}

}  // namespace

MadeStep background_step(const NetworkDirectory& network, const io::Paradigm& paradigm,
                         const io::ParadigmTrial& trial) {
  const auto& base = network.base();
  const auto argument = io::paradigm_argument(paradigm);
  return {.step = {.stage = Stage::background,
                   .label = fmt::format("background of {}", base / paradigm.background_folder / trial.name),
                   .inputs = {core::NetworkPaths{base}.nodes(core::background_population)},
                   .outputs = {base / trial.background_file},
                   .arguments = {"background", base, "--paradigm", argument, "--trial=" + trial.name},
                   .parallel = true},
          // Paradigms may share a folder, but a call is of one.
          .family = fmt::format("background of {} for {}", base, argument)};
}

MadeStep lgn_step(const NetworkDirectory& network, const io::Paradigm& paradigm,
                  const io::ParadigmTrial& trial) {
  const auto document =
      lgn_trial_config(network.base(), paradigm, trial, network.config(paradigm.lgn_template));
  auto made = step_of_config(network, io::RunKind::lgn, trial.lgn_config, document);
  made.step.label = fmt::format("LGN of {}", network.base() / trial.lgn_directory);
  made.family = fmt::format("LGN of {}", network.base() / paradigm.lgn_folder);
  return made;
}

MadeStep simulation_step(const NetworkDirectory& network, const io::Paradigm& paradigm,
                         const io::ParadigmTrial& trial, const std::string& option) {
  const auto config = "config_" + option + ".json";
  const auto document = run_trial_config(network.base(), paradigm, trial, network.config(config), option);
  auto made = step_of_config(network, io::RunKind::simulation, paradigm.run_config(trial, option), document);
  made.step.label = fmt::format("simulation of {}", network.base() / paradigm.run_directory(trial, option));
  made.family = fmt::format("simulation of {}", network.base() / paradigm.runs_name(option));
  if (network.made_condition(option) != nullptr)
    made.origin = core::NetworkPaths{network.base()}.configs() / config;
  return made;
}

MadeStep metric_step(const NetworkDirectory& network, const io::Paradigm& paradigm,
                     const io::ParadigmMetric& metric, const std::string& option) {
  const auto& base = network.base();
  MadeStep made{.step = {.stage = Stage::metrics,
                         .label = fmt::format("{} of {}", metric.kind, base / paradigm.runs_name(option)),
                         .inputs = {},
                         .outputs = {},
                         .arguments = {"metrics", metric.kind, base, option},
                         .parallel = true}};
  for (const auto& need : metric.needs) made.step.inputs.push_back(base / filled_in_option(need, option));
  for (const auto& trial : paradigm.trials)
    made.step.inputs.push_back(base / paradigm.run_directory(trial, option) / "spikes.h5");
  for (const auto& file : metric.files) made.step.outputs.push_back(base / filled_in_option(file, option));
  for (const auto& file : paradigm.shown_files()) made.step.inputs.push_back(base / file);
  const auto argument = io::paradigm_argument(paradigm);
  if (argument != metric.usual_paradigm) made.step.inputs.push_back(paradigm.file);
  if (metric.takes_paradigm)
    made.step.arguments.insert(made.step.arguments.begin() + 2, argument);
  else if (argument != metric.usual_paradigm)
    made.step.arguments.insert(made.step.arguments.end(), {"--paradigm", argument});
  for (auto& word : io::metric_arguments(metric, base, option))
    made.step.arguments.push_back(std::move(word));
  return made;
}

bool makes_more(const io::Paradigm& paradigm, const fs::path& rest, const std::vector<std::string>& options) {
  return std::ranges::any_of(paradigm.metrics, [&](const auto& metric) {
    return std::ranges::any_of(metric.more_files,
                               [&](const auto& file) { return option_in(file, rest, options).has_value(); });
  });
}

std::optional<MadeStep> paradigm_step(const NetworkDirectory& network, const io::Paradigm& paradigm,
                                      const fs::path& rest) {
  for (const auto& metric : paradigm.metrics) {
    for (const auto& file : metric.files)
      if (const auto option = option_in(file, rest, network.options()))
        return metric_step(network, paradigm, metric, *option);
    for (const auto& file : metric.more_files)
      if (const auto option = option_in(file, rest, network.options()))
        return metric_step(network, paradigm, with_more_files(metric), *option);
  }
  for (const auto& metric : paradigm.more_metrics)
    for (const auto& file : metric.files)
      if (const auto option = option_in(file, rest, network.options()))
        return metric_step(network, paradigm, metric, *option);
  const auto trial_where = [&](auto path_of) {
    return std::ranges::find_if(paradigm.trials, [&](const auto& trial) { return path_of(trial) == rest; });
  };
  const auto end = paradigm.trials.end();
  if (rest.native().starts_with(paradigm.background_folder + "/"))
    if (const auto trial = trial_where([](const auto& each) { return each.background_file; }); trial != end)
      return background_step(network, paradigm, *trial);
  // Runs write more files than one, but not whatever is asked for in their folder.
  const auto if_made = [&](MadeStep made) {
    return std::ranges::find(made.step.outputs, network.base() / rest) == made.step.outputs.end()
               ? std::nullopt
               : std::optional(std::move(made));
  };
  const auto folder = rest.parent_path();
  if (folder.native().starts_with(paradigm.lgn_folder + "/"))
    for (const auto& trial : paradigm.trials)
      if (trial.lgn_directory == folder) return if_made(lgn_step(network, paradigm, trial));
  for (const auto& option : network.options())
    if (folder.native().starts_with(paradigm.runs_name(option) + "/"))
      for (const auto& trial : paradigm.trials)
        if (paradigm.run_directory(trial, option) == folder)
          return if_made(simulation_step(network, paradigm, trial, option));
  return std::nullopt;
}

std::vector<std::string> paradigm_targets(const io::Paradigm& paradigm, const std::string& option) {
  std::vector<std::string> names;
  for (const auto& metric : paradigm.metrics)
    for (const auto* files : {&metric.files, &metric.more_files})
      for (const auto& file : *files) names.push_back(filled_in_option(file, option));
  for (const auto& trial : paradigm.trials) {
    names.push_back(trial.lgn_spikes());
    names.push_back(trial.background_file);
    names.push_back(paradigm.run_directory(trial, option) / "spikes.h5");
  }
  return names;
}

}  // namespace striate::slurm
