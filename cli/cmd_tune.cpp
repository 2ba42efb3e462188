// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/run_kinds.hpp"
#include "workflows/tune_background.hpp"

namespace striate::cli {

core::ExitCode run_tune(const Arguments& arguments, const core::Comm& world) {
  return run_kinds(
      {.command = "tune",
       .description = "Finds parameters of a network by simulating it until it does as recorded.",
       .noun = "thing to tune"},
      workflows::tune_kinds(), arguments, world);
}

}  // namespace striate::cli
