// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/paradigm_plan.hpp"

#include <algorithm>
#include <set>

#include "slurm/plan/paradigm_steps.hpp"
#include "slurm/plan/shell_text.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

Step simulation_of(const NetworkDirectory& network, const Runs& runs, const io::Paradigm& paradigm,
                   const io::ParadigmTrial& trial) {
  auto step = simulation_step(network, paradigm, trial, runs.option).step;
  if (runs.modfile) {
    step.inputs.push_back(*runs.modfile);
    step.arguments.insert(step.arguments.end(), {"-m", runs.modfile->string()});
  }
  return step;
}

/// "folder/sub" as part of a file's name.
std::string flat(std::string name) {
  std::ranges::replace(name, '/', '_');
  return name;
}

/// Options without LGN or background do not.
bool is_read(const StageItems& made, const StageItems& simulation) {
  const auto& files = made.items.front().step.outputs;
  const auto reads = [&](const StageItem& run) {
    return std::ranges::find_first_of(run.step.inputs, files) != run.step.inputs.end();
  };
  return std::ranges::any_of(simulation.items, reads);
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

std::vector<StageItems> paradigm_stages(const NetworkDirectory& network, const Runs& runs,
                                        const io::Paradigm& paradigm) {
  require_plain_names(paradigm, runs.option);
  const auto runs_name = plain_runs_name(paradigm, runs.option);
  const auto shared = [&](Stage stage, const std::string& work) {
    return StageItems{.stage = stage, .script = work + "_" + runs.option, .work = work, .items = {}};
  };
  const auto own = [](Stage stage, const std::string& work) {
    return StageItems{.stage = stage, .script = work, .work = work, .items = {}};
  };
  auto background = shared(Stage::background, "bkg_" + paradigm.name);
  auto lgn = shared(Stage::lgn, flat(paradigm.lgn_folder));
  auto simulation = own(Stage::simulate, runs_name);
  auto metrics = own(Stage::metrics, "metrics_" + runs_name);
  std::set<fs::path> backgrounds;
  for (const auto& trial : paradigm.trials) {
    if (backgrounds.insert(trial.background_file).second)
      background.items.push_back({trial.index, trial.name, background_step(network, paradigm, trial).step});
    lgn.items.push_back({trial.index, trial.name, lgn_step(network, paradigm, trial).step});
    simulation.items.push_back({trial.index, trial.name, simulation_of(network, runs, paradigm, trial)});
  }
  for (std::size_t i = 0; i < paradigm.metrics.size(); ++i)
    metrics.items.push_back(
        {i, paradigm.metrics[i].kind, metric_step(network, paradigm, paradigm.metrics[i], runs.option).step});
  std::vector<StageItems> stages;
  for (auto* made : {&background, &lgn})
    if (is_read(*made, simulation)) stages.push_back(std::move(*made));
  stages.push_back(std::move(simulation));
  if (!metrics.items.empty()) stages.push_back(std::move(metrics));
  return stages;
}

}  // namespace striate::slurm
