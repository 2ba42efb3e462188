// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/run_kinds.hpp"
#include "workflows/adjust.hpp"

namespace striate::cli {

core::ExitCode run_adjust(const Arguments& arguments, const core::Comm& world) {
  return run_command(workflows::adjust_kind(), arguments, world);
}

}  // namespace striate::cli
