// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/run_kinds.hpp"
#include "metrics/analyses/recorded/recordings.hpp"

namespace striate::cli {

core::ExitCode run_recordings(const Arguments& arguments, const core::Comm& world) {
  return run_command(metrics::recordings_kind(), arguments, world);
}

}  // namespace striate::cli
