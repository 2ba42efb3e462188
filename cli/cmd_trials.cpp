// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/command.hpp"
#include "core/log.hpp"
#include "slurm/plan/shell_text.hpp"
#include "slurm/plan/trial_configs.hpp"

namespace striate::cli {
namespace po = boost::program_options;

core::ExitCode run_trials(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate trials PARADIGM|FILE.yaml BASE OPT [options]",
    .description =
        "Writes the configurations of a paradigm's trials for the network in BASE and its option OPT (plain, "
        "…),\nin the folders that the paradigm names: for 8dir_10trials\n"
        "BASE/configs/filternet_8dir_10trials/config_filternet_K.json for 'striate lgn' and\n"
        "BASE/configs/8dir_10trials_OPT/config_K.json for 'striate simulate'; both take many at once. Files\n"
        "that would not change stay untouched.",
    .options = {}, .positional = {
      "paradigm",
      "base",
      "option"
    }
  };
  interface.options.add_options()  //
      ("only", po::value<std::vector<std::string>>()->value_name("VAR=V,…"),
       "only trials with these values, such as angle=0,90; may be repeated")  //
      ("stimulus", po::value<std::vector<std::string>>()->value_name("KEY=VALUE"),
       "a key of the stimulus for all trials, such as temporal_f=1.0 or data_file=FILE.npy; may be repeated");
  const auto parsed = parse(interface, arguments, world);
  if (!parsed) return core::ExitCode::done;
  const auto& values = *parsed;
  const auto argument = [&](const char* name) { return values[name].as<std::vector<std::string>>().front(); };
  const auto list = [&](const char* name) {
    return values.count(name) != 0 ? values[name].as<std::vector<std::string>>() : std::vector<std::string>{};
  };
  const std::filesystem::path base = argument("base");
  const auto option = argument("option");
  slurm::require_option_name(option, "OPT");
  auto paradigm = io::with_only(io::for_network(io::read_paradigm(argument("paradigm")), base), list("only"));
  for (const auto& change : list("stimulus")) io::set_stimulus(paradigm, change);
  if (world.is_root()) slurm::write_trial_configs(base, paradigm, option);
  world.barrier();
  core::log::info("configurations of {} trials of {} below {}", paradigm.trials.size(), paradigm.name,
                  base / "configs");
  return core::ExitCode::done;
}

}  // namespace striate::cli
