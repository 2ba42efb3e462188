// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/run_kinds.hpp"
#include "workflows/report_kind.hpp"

namespace striate::cli {

core::ExitCode run_report(const Arguments& arguments, const core::Comm& world) {
  return run_command(workflows::report_kind(), arguments, world);
}

}  // namespace striate::cli
