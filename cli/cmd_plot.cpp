// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/run_kinds.hpp"
#include "workflows/tables.hpp"

namespace striate::cli {

core::ExitCode run_plot(const Arguments& arguments, const core::Comm& world) {
  return run_kinds(
      {.command = "plot",
       .description = "Draws a picture with gnuplot; its suffix (.png, .svg, .pdf) says in which "
                      "format. 'raster', 'lgn' and\n'stimulus' show runs, the others what "
                      "'striate metrics' wrote. OPT is plain unless given.",
       .noun = "picture",
       .done = "drawn"},
      workflows::figure_kinds(), arguments, world);
}

}  // namespace striate::cli
