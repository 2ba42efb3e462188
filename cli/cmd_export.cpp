// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/run_kinds.hpp"
#include "metrics/analyses/recorded/nwb_export.hpp"

namespace striate::cli {

core::ExitCode run_export(const Arguments& arguments, const core::Comm& world) {
  return run_kinds(
      {.command = "export", .description = "Results in other programs' formats.", .noun = "format"},
      metrics::export_kinds(), arguments, world);
}

}  // namespace striate::cli
