// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/run_kinds.hpp"
#include "workflows/node_set_kinds.hpp"

namespace striate::cli {

core::ExitCode run_nodesets(const Arguments& arguments, const core::Comm& world) {
  return run_kinds(
      {.command = "nodesets",
       .description = "Cohorts of cells as SONATA node sets (to BASE/node_sets), and experiments on "
                      "them.",
       .noun = "kind of node sets"},
      workflows::node_set_kinds(), arguments, world);
}

}  // namespace striate::cli
