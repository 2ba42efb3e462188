// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/run_kinds.hpp"
#include "cli/arguments/trial_options.hpp"
#include "core/log.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "slurm/plan/shell_text.hpp"
#include "slurm/plan/trial_configs.hpp"
#include "workflows/tables.hpp"

namespace striate::cli {
namespace {

std::vector<std::filesystem::path> write_trials(const core::Call& call, const core::Comm& world) {
  const auto base = call.base();
  const auto option = call.option();
  slurm::require_option_name(option, "OPT");
  auto paradigm = io::with_only(
      io::for_network(io::read_paradigm(call.argument("PARADIGM"), workflows::table_rules().paradigm_metrics),
                      base),
      call.values.texts("only"));
  for (const auto& change : call.values.texts("stimulus")) io::set_stimulus(paradigm, change);
  if (world.is_root()) slurm::write_trial_configs(base, paradigm, option);
  world.barrier();
  core::log::info("configurations of {} trials of {} below {}", paradigm.trials.size(), paradigm.name,
                  base / "configs");
  return {};
}

constexpr core::Option trials_options[] = {only_option, stimulus_option};
constexpr core::Kind trials_kind{
    .name = "trials",
    .arguments = "PARADIGM|FILE.yaml BASE OPT",
    .help = "configurations of a paradigm's trials, without jobs",
    .details =
        "Writes the configurations of a paradigm's trials for the network in BASE and its option OPT (plain, "
        "…),\n"
        "in the folders that the paradigm names: for 8dir_10trials\n"
        "BASE/configs/filternet_8dir_10trials/config_filternet_K.json for 'striate lgn' and\n"
        "BASE/configs/8dir_10trials_OPT/config_K.json for 'striate simulate'; both take many at once. Files "
        "that\n"
        "would not change stay untouched.",
    .options = trials_options,
    .run = write_trials};

}  // namespace

core::ExitCode run_trials(const Arguments& arguments, const core::Comm& world) {
  return run_command(trials_kind, arguments, world);
}

}  // namespace striate::cli
