// SPDX-License-Identifier: BSD-3-Clause
// The program's commands: one table holds name, one-line help and function (cli/commands.cpp); `striate NAME`
// lives in cli/cmd_NAME.cpp.
#pragma once

#include <boost/program_options.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/arguments/interface.hpp"
#include "core/errors/error.hpp"
#include "core/ranks/comm.hpp"

namespace striate::cli {

using Arguments = std::vector<std::string>;

struct Command {
  const char* name;
  const char* help;
  core::ExitCode (*run)(const Arguments& arguments, const core::Comm& world);
};

std::span<const Command> commands();
/// Throws UsageError, with the nearest name.
const Command& find_command(const std::string& name);

core::ExitCode run_build(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_lgn(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_background(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_images(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_trials(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_plot(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_export(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_recordings(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_report(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_simulate(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_nodesets(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_fit(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_tune(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_train(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_adjust(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_pipeline(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_jobs(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_check(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_help(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_version(const Arguments& arguments, const core::Comm& world);

/// Parses, adding --help, --quiet and --verbose to every command and setting the log level. Returns nullopt
/// after printing help. Throws UsageError (with the nearest option name) for what cannot be understood.
std::optional<boost::program_options::variables_map> parse(const Interface& interface,
                                                           const Arguments& arguments,
                                                           const core::Comm& world);

}  // namespace striate::cli
