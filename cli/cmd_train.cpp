// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include "cli/arguments/command.hpp"
#include "cli/arguments/run_kinds.hpp"
#include "cli/arguments/train_options.hpp"
#include "cli/arguments/watchdog_options.hpp"
#include "core/durations.hpp"
#include "core/text.hpp"

namespace striate::cli {
namespace po = boost::program_options;

namespace {

double parse_stop_after(const std::string& text) {
  const auto number = core::parse_number<double>(text);
  const auto seconds =
      number && *number > 0 && std::isfinite(*number) ? number : core::parse_wall_seconds(text);
  if (!seconds)
    throw core::UsageError("invalid --stop-after {} (must be positive: 2h50m, 600s or a number of seconds)",
                           text);
  return *seconds;
}

}  // namespace

core::ExitCode run_train(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate train BASE [--suffix NAME] [options]",
    .description =
        "Trains the weights of a network towards recorded rates, selectivity and synchrony (replaces the\n"
        "TensorFlow program of the model; needs no GPU). Writes BASE/network/v1_v1_edges_NAME.h5 and\n"
        "bkg_v1_edges_NAME.h5 (lgn_v1_edges_NAME.h5 too, where the preset says train_lgn), which the run\n"
        "option NAME uses, and the course to BASE/training/NAME.\n"
        "USR1 writes a checkpoint; TERM, INT and --stop-after write one and end. On a cluster see 'striate "
        "jobs train'.",
    .options = {}, .positional = {
      "BASE"
    }
  };
  for (const auto& option : train_options) add_option(option, interface.options);
  interface.options.add_options()  //
      ("resume", "go on from the checkpoint, on any number of ranks, with the same settings")  //
      ("force", "replace trained weights and checkpoint of this name")  //
      ("stop-after", po::value<std::string>()->value_name("TIME"),
       "write a checkpoint after so long (2h50m, 600s; a number alone: seconds), end with code 75")  //
      ("stop-on-usr1", "end with code 75 after the checkpoint that USR1 asks for")  //
      ("dry-run", "measure two steps, tell time and memory, write nothing");
  add_watchdog_options(interface.options);
  const auto parsed = parse(interface, arguments, world);
  if (!parsed) return core::ExitCode::done;
  const auto& values = *parsed;
  auto options = read_train_options(values["BASE"].as<std::vector<std::string>>().front(),
                                    {train_options, given_options(train_options, values)});
  options.resume = values.count("resume") != 0;
  options.force = values.count("force") != 0;
  options.dry_run = values.count("dry-run") != 0;
  options.stop_on_usr1 = values.count("stop-on-usr1") != 0;
  if (options.resume && options.force)
    throw core::UsageError("--resume and --force together (one goes on, the other begins anew)");
  if (values.count("stop-after") != 0)
    options.stop_after_s = parse_stop_after(values["stop-after"].as<std::string>());
  const core::Watchdog watchdog(watchdog_options(values, {options.base}), world);
  return workflows::train(options, world);
}

}  // namespace striate::cli
