// SPDX-License-Identifier: BSD-3-Clause
// The steps of a paradigm's runs with one network option: background, LGN and simulation of every trial, then
// the tables. Each step knows what it reads and writes, so that whoever runs the steps (SLURM jobs, make) and
// whoever asks which are done mean the same.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "slurm/plan/network_directory.hpp"
#include "slurm/plan/plan.hpp"

namespace striate::slurm {

/// Whose runs. Paths are as the user gave them: absolute, or relative to the working directory.
struct Runs {
  std::string paradigm;  ///< name or file, as given
  std::filesystem::path base;
  std::string option;
  std::optional<std::filesystem::path> modfile;  ///< scales the weights of the simulations
};

/// A step of one trial (`index` and `name` are the trial's) or of one table.
struct StageItem {
  std::size_t index = 0;
  std::string name;
  Step step;
};

/// All steps of a stage.
struct StageItems {
  Stage stage = Stage::background;
  std::string script;  ///< names its job: "bkg_8dir_10trials_plain", "8dir_10trials_plain"
  std::string work;  ///< names what is made, which several options may share: "bkg_8dir_10trials"
  std::vector<StageItem> items;
};

/// Throws UsageError for names that cannot name files and jobs: of OPT, the paradigm and its runs.
void require_plain_names(const io::Paradigm& paradigm, const std::string& option);

/// The name of the runs as part of a file's name: "8dir_10trials_plain".
std::string plain_runs_name(const io::Paradigm& paradigm, const std::string& option);

/// Background and LGN, where simulations read them, simulation and, where the paradigm has tables, metrics,
/// in this order; items in the paradigm's order. Of trials that share a background file the first has its
/// step. Reads BASE/configs/config_OPT.json, or what it will be in a network that is to be built.
std::vector<StageItems> paradigm_stages(const NetworkDirectory& network, const Runs& runs,
                                        const io::Paradigm& paradigm);

}  // namespace striate::slurm
