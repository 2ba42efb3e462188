// SPDX-License-Identifier: BSD-3-Clause
// striate COMMAND …: finds the command and turns exceptions into one line and an exit code for all ranks.
#include <exception>
#include <iostream>
#include <new>

#include "cli/arguments/command.hpp"
#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "core/mpi_session.hpp"
#include "core/pulse/pulse.hpp"
#include "core/run/version.hpp"
#include "core/text.hpp"
#include "io/generation/manifest.hpp"
#include "io/hdf5/probe.hpp"

namespace {

using striate::cli::Command;
using striate::core::ExitCode;

void print_overview(std::ostream& out) {
  out << "Striate: builds and simulates the biorealistic model of mouse primary visual cortex.\n\n"
         "usage: striate COMMAND [options]       (mpirun -n N striate COMMAND … for several "
         "ranks)\n\ncommands:\n";
  for (const Command& command : striate::cli::commands())
    out << fmt::format("  {:<12}{}\n", command.name, command.help);
  out << "\n'striate COMMAND --help' says more about one.\n";
}

ExitCode dispatch(const std::vector<std::string>& words, const striate::core::Comm& world) {
  if (words.empty())
    throw striate::core::UsageError("no command given (usage: striate COMMAND …) see 'striate --help'");
  const std::string& name = words.front();
  if (name == "--help" || name == "-h" || name == "help") {
    if (world.is_root()) print_overview(std::cout);
    return ExitCode::done;
  }
  const std::vector<std::string> arguments(words.begin() + 1, words.end());
  if (name == "--version" || name == "-V") return striate::cli::run_version(arguments, world);
  std::vector<std::string> names;
  for (const Command& command : striate::cli::commands()) {
    if (name == command.name) {
      striate::core::pulse::begin_phase(name);
      return command.run(arguments, world);
    }
    names.emplace_back(command.name);
  }
  const auto suggestion = striate::core::nearest(name, names);
  throw striate::core::UsageError(
      "unknown command '{}' ({}) see 'striate --help'", name,
      suggestion.empty() ? std::string("no similar one") : fmt::format("did you mean '{}'?", suggestion));
}

/// Where an error ends: one line, then every rank leaves with the same code. Never unwinds past collective
/// objects of other ranks into MPI_Finalize.
[[noreturn]] void fail(ExitCode code, const std::string& text) {
  striate::core::log::error("{}", text);
  striate::core::abort_all_ranks(code);
}

}  // namespace

int main(int argc, char** argv) {
  striate::core::log::set_up(striate::core::log::Level::normal, 0);
  try {
    const striate::core::MpiSession session(argc, argv);
    striate::core::log::set_up(striate::core::log::Level::normal, session.world().rank());
    striate::io::h5::probe_in_children(striate::io::is_as_recorded);
    try {
      const auto code = dispatch({argv + 1, argv + argc}, session.world());
      std::cout.flush();
      if (!std::cout) throw striate::core::SystemError("cannot write to standard output (is the disk full?)");
      return static_cast<int>(code);
    } catch (const striate::core::Error& error) {
      fail(error.code, error.what());
    } catch (const std::bad_alloc&) {
      fail(ExitCode::io_error, fmt::format("out of memory (this rank holds {}) use more ranks or nodes",
                                           striate::core::human_bytes(striate::core::peak_rss_bytes())));
    } catch (const std::exception& error) {
      fail(ExitCode::internal,
           fmt::format("internal error ({}) please report it with the command line", error.what()));
    }
  } catch (const striate::core::Error& error) {
    fail(error.code, error.what());
  }
}
