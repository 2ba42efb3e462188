// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/run_kinds.hpp"
#include "workflows/fit_connectivity.hpp"

namespace striate::cli {

core::ExitCode run_fit(const Arguments& arguments, const core::Comm& world) {
  return run_kinds(
      {.command = "fit", .description = "Parameters of a network from measurements.", .noun = "thing to fit"},
      workflows::fit_kinds(), arguments, world);
}

}  // namespace striate::cli
