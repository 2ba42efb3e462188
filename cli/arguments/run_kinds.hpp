// SPDX-License-Identifier: BSD-3-Clause
// From a row of data (core/kinds.hpp) to a command line: --help, parsing and the call.
#pragma once

#include "cli/arguments/command.hpp"
#include "core/kinds.hpp"

namespace striate::cli {

/// What a command with kinds ("striate metrics KIND") says of itself.
struct Overview {
  const char* command;  ///< "metrics"
  const char* description;  ///< before the list of kinds
  const char* noun;  ///< of a kind, for messages
  const char* done = "written";  ///< before the name of each file that there is now
};

/// Runs the kind that the first argument names, with the others; lists the kinds when it names none.
core::ExitCode run_kinds(const Overview& overview, std::span<const core::Kind> kinds,
                         const Arguments& arguments, const core::Comm& world);

/// For commands that are not rows of a table yet.
void add_option(const core::Option& option, boost::program_options::options_description& options);
/// What was given of `options`.
core::OptionValues::Given given_options(std::span<const core::Option> options,
                                        const boost::program_options::variables_map& values);

/// A command that has no kinds: its name is the kind's.
core::ExitCode run_command(const core::Kind& kind, const Arguments& arguments, const core::Comm& world);

}  // namespace striate::cli
