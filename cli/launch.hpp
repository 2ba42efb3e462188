// SPDX-License-Identifier: BSD-3-Clause
// `striate --ranks N COMMAND …`: the same call under mpirun, with what this machine needs. A convenience for
// workstations; clusters have launchers of their own.
#pragma once

#include <string>
#include <vector>

namespace striate::cli {

/// Becomes mpirun where `words` begin with --ranks N; returns where they do not. Throws UsageError for a
/// number that is none, and inside a job of MPI; SystemError where mpirun is not found.
void launch_if_asked(const std::vector<std::string>& words);

}  // namespace striate::cli
