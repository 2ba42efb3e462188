// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/run_kinds.hpp"
#include "workflows/tables.hpp"

namespace striate::cli {

core::ExitCode run_metrics(const Arguments& arguments, const core::Comm& world) {
  return run_kinds({.command = "metrics",
                    .description = "Tables from the spikes of a network in BASE that was run with option OPT "
                                   "(plain, bio_trained, …).",
                    .noun = "analysis"},
                   workflows::metric_kinds(), arguments, world);
}

}  // namespace striate::cli
