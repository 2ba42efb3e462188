// SPDX-License-Identifier: BSD-3-Clause
// striate COMMAND …: finds the command and turns exceptions into one line and an exit code for all ranks.
#include <exception>
#include <iostream>
#include <new>

#include "cli/arguments/command.hpp"
#include "cli/launch.hpp"
#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "core/mpi_session.hpp"
#include "core/pulse/pulse.hpp"
#include "core/run/version.hpp"
#include "io/generation/manifest.hpp"
#include "io/hdf5/probe.hpp"

namespace {

using striate::core::ExitCode;

ExitCode dispatch(const std::vector<std::string>& words, const striate::core::Comm& world) {
  if (words.empty())
    throw striate::core::UsageError("no command given (usage: striate COMMAND …) see 'striate --help'");
  const std::string& name = words.front();
  const std::vector<std::string> arguments(words.begin() + 1, words.end());
  if (name == "--help" || name == "-h") return striate::cli::run_help(arguments, world);
  if (name == "--version" || name == "-V") return striate::cli::run_version(arguments, world);
  const auto& command = striate::cli::find_command(name);
  striate::core::pulse::begin_phase(name);
  return command.run(arguments, world);
}

/// Where an error ends: one line, then every rank leaves with the same code. Never unwinds past collective
/// objects of other ranks into MPI_Finalize.
[[noreturn]] void fail(ExitCode code, const std::string& text) {
  striate::core::wait_for_lower_ranks();
  striate::core::log::error("{}", text);
  striate::core::abort_all_ranks(code);
}

}  // namespace

int main(int argc, char** argv) {
  striate::core::log::set_up(striate::core::log::Level::normal, 0);
  try {
    striate::cli::launch_if_asked({argv + 1, argv + argc});
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
