// SPDX-License-Identifier: BSD-3-Clause
#include "core/mpi_session.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <thread>

#include "core/mpi_family.hpp"
#include "core/run/run_token.hpp"

namespace striate::core {
namespace {

bool mpi_running() {
  int initialized = 0;
  int finalized = 0;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  return initialized != 0 && finalized == 0;
}

}  // namespace

MpiSession::MpiSession(int& argc, char**& argv) {
  if (launched_under_mpi()) {
    prepare_library();
    MPI_Init(&argc, &argv);
    world_ = Comm(MPI_COMM_WORLD);
    adopt_run_token(world_.broadcast(run_token()));
  }
  if (const int started = ranks_by_launcher(); world_.size() == 1 && started > 1)
    throw MpiError(
        "{} tasks were started but MPI sees one (each would run the whole job: what started them does not "
        "belong "
        "to this program's MPI, {}) use its own mpirun, or srun with its --mpi: pmix for OpenMPI, pmi2 for "
        "MPICH",
        started, mpi_library());
}

MpiSession::~MpiSession() {
  if (mpi_running() && std::uncaught_exceptions() == 0) MPI_Finalize();
}

void wait_for_lower_ranks() {
  if (!mpi_running()) return;
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank > 0) std::this_thread::sleep_for(std::chrono::milliseconds(300 + 20 * std::min(rank, 100)));
}

void abort_all_ranks(ExitCode code) {
  std::fflush(nullptr);
  if (mpi_running()) MPI_Abort(MPI_COMM_WORLD, static_cast<int>(code));
  ::_exit(static_cast<int>(code));
}

}  // namespace striate::core
