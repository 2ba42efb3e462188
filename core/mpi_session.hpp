// SPDX-License-Identifier: BSD-3-Clause
// Owns MPI for the life of the process. Started without mpirun or srun, MPI is not initialised at all and the
// world is the null Comm. If an exception is unwinding, MPI_Finalize is skipped: the other ranks may still be
// in a collective call, and finalising would wait for them for ever; main() aborts instead.
#pragma once

#include "core/errors/error.hpp"
#include "core/ranks/comm.hpp"

namespace striate::core {

class MpiSession {
 public:
  /// Throws MpiError when a launcher started several tasks but MPI sees only one: each would run the whole
  /// job.
  MpiSession(int& argc, char**& argv);
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;

  const Comm& world() const { return world_; }

 private:
  Comm world_;
};

/// Returns at once on rank 0, and after 0.3 to 2.3 s on others, later the higher the rank. What strikes all
/// ranks alike is so told by one of them, whose abort_all_ranks() ends the others while they wait.
void wait_for_lower_ranks();

/// Ends all ranks at once with `code`; never returns. Safe to call when MPI is not running.
[[noreturn]] void abort_all_ranks(ExitCode code);

}  // namespace striate::core
