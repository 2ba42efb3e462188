// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/paradigm_plan.hpp"

#include <algorithm>
#include <set>

#include "io/sonata_config.hpp"
#include "slurm/shell_text.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

/// Files of the network that a simulation with the option reads.
std::vector<fs::path> network_files(const Runs& runs) {
  const auto config = io::load_sonata_config(runs.base / "configs" / ("config_" + runs.option + ".json"));
  std::vector<fs::path> files;
  const auto add = [&](const fs::path& file, const std::optional<fs::path>& types) {
    // The config's paths are absolute; the plan's are the user's.
    for (const auto& path : {file, types.value_or("")})
      if (!path.empty()) files.push_back(fs::proximate(path, fs::absolute(runs.base)));
  };
  for (const auto& nodes : config.nodes) add(nodes.nodes_file, nodes.node_types_file);
  for (const auto& edges : config.edges) add(edges.edges_file, edges.edge_types_file);
  for (auto& file : files) file = runs.base / file;
  return files;
}

Step background_step(const Runs& runs, const io::ParadigmTrial& trial) {
  Step step{.stage = Stage::background,
            .label = "background " + trial.background_file.string(),
            .inputs = {runs.base / "network/bkg_nodes.h5"},
            .outputs = {runs.base / trial.background_file},
            .arguments = {"background", runs.base.string(), "--paradigm", runs.paradigm}};
  for (const auto& [variable, value] : trial.variables) {
    step.arguments.emplace_back("--only");
    step.arguments.push_back(variable + "=" + value);
  }
  return step;
}

Step lgn_step(const Runs& runs, const io::ParadigmTrial& trial) {
  const auto config = runs.base / trial.lgn_config;
  return {.stage = Stage::lgn,
          .label = "lgn " + trial.lgn_directory.string(),
          .inputs = {config, runs.base / "network/lgn_nodes.h5"},
          .outputs = {runs.base / trial.lgn_spikes()},
          .arguments = {"lgn", config.string()},
          .parallel = true};
}

Step simulation_step(const Runs& runs, const io::Paradigm& paradigm, const io::ParadigmTrial& trial,
                     const std::vector<fs::path>& network) {
  const auto config = runs.base / paradigm.run_config(trial, runs.option);
  const auto directory = paradigm.run_directory(trial, runs.option);
  Step step{.stage = Stage::simulate,
            .label = "simulate " + directory.string(),
            .inputs = {config, runs.base / trial.lgn_spikes(), runs.base / trial.background_file},
            .outputs = {runs.base / directory / "spikes.h5"},
            .arguments = {"simulate", config.string()},
            .parallel = true};
  step.inputs.insert(step.inputs.end(), network.begin(), network.end());
  if (runs.modfile) {
    step.inputs.push_back(*runs.modfile);
    step.arguments.insert(step.arguments.end(), {"-m", runs.modfile->string()});
  }
  return step;
}

Step metric_step(const Runs& runs, const io::Paradigm& paradigm, const io::ParadigmMetric& metric) {
  Step step{.stage = Stage::metrics,
            .label = "metrics " + metric.kind,
            .inputs = {},
            .outputs = {},
            .arguments = {"metrics", metric.kind, runs.base.string(), runs.option}};
  const auto below_base = [&](const std::string& file) {
    return runs.base / io::with_option(file, runs.option);
  };
  for (const auto& file : metric.needs) step.inputs.push_back(below_base(file));
  for (const auto& trial : paradigm.trials)
    step.inputs.push_back(runs.base / paradigm.run_directory(trial, runs.option) / "spikes.h5");
  for (const auto& file : metric.files) step.outputs.push_back(below_base(file));
  for (auto& argument : io::metric_arguments(metric, runs.base, runs.option))
    step.arguments.push_back(std::move(argument));
  return step;
}

/// "folder/sub" as part of a file's name.
std::string flat(std::string name) {
  std::ranges::replace(name, '/', '_');
  return name;
}

}  // namespace

void require_plain_names(const io::Paradigm& paradigm, const std::string& option) {
  require_option_name(option, "OPT");
  require_option_name(paradigm.name, "name of the paradigm");
  require_option_name(plain_runs_name(paradigm, option), "name of the paradigm's runs");
  require_option_name(flat(paradigm.lgn_folder), "name of the paradigm's lgn.folder");
}

std::string plain_runs_name(const io::Paradigm& paradigm, const std::string& option) {
  return flat(paradigm.runs_name(option));
}

std::vector<StageItems> paradigm_stages(const Runs& runs, const io::Paradigm& paradigm) {
  require_plain_names(paradigm, runs.option);
  const auto network = network_files(runs);
  const auto runs_name = plain_runs_name(paradigm, runs.option);
  StageItems background{.stage = Stage::background, .script = "bkg_" + paradigm.name, .items = {}};
  StageItems lgn{.stage = Stage::lgn, .script = flat(paradigm.lgn_folder), .items = {}};
  StageItems simulation{.stage = Stage::simulate, .script = runs_name, .items = {}};
  StageItems metrics{.stage = Stage::metrics, .script = "metrics_" + runs_name, .items = {}};
  std::set<fs::path> backgrounds;
  for (const auto& trial : paradigm.trials) {
    if (backgrounds.insert(trial.background_file).second)
      background.items.push_back({trial.index, trial.name, background_step(runs, trial)});
    lgn.items.push_back({trial.index, trial.name, lgn_step(runs, trial)});
    simulation.items.push_back({trial.index, trial.name, simulation_step(runs, paradigm, trial, network)});
  }
  for (std::size_t i = 0; i < paradigm.metrics.size(); ++i)
    metrics.items.push_back({i, paradigm.metrics[i].kind, metric_step(runs, paradigm, paradigm.metrics[i])});
  std::vector<StageItems> stages{std::move(background), std::move(lgn), std::move(simulation)};
  if (!metrics.items.empty()) stages.push_back(std::move(metrics));
  return stages;
}

Plan paradigm_plan(const Runs& runs, const io::Paradigm& paradigm) {
  Plan plan;
  for (auto& stage : paradigm_stages(runs, paradigm))
    for (auto& item : stage.items) plan.steps.push_back(std::move(item.step));
  return plan;
}

}  // namespace striate::slurm
