// SPDX-License-Identifier: BSD-3-Clause
#include "core/mpi_session.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "core/run/run_token.hpp"

namespace striate::core {
namespace {

int slurm_step_tasks() {
  const char* tasks = std::getenv("SLURM_STEP_NUM_TASKS");
  return tasks == nullptr ? 1 : std::atoi(tasks);
}

bool mpi_running() {
  int initialized = 0;
  int finalized = 0;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  return initialized != 0 && finalized == 0;
}

}  // namespace

bool launched_under_mpi() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"})
    if (std::getenv(name) != nullptr) return true;
  return false;
}

MpiSession::MpiSession(int& argc, char**& argv) {
  if (launched_under_mpi()) {
    // OpenMPI's other ways of collective writing (its default from 3 ranks on) lose the error of a full disk:
    // every call succeeds and the file holds zeros. Our slabs are contiguous, so nothing is lost in speed.
    ::setenv("OMPI_MCA_fcoll", "individual", 0);
    // Nobody uses shared file pointers, but every open file has one, by default by a semaphore in /dev/shm:
    // where that is missing or read-only no file could be written.
    if (::access("/dev/shm", W_OK) != 0) ::setenv("OMPI_MCA_sharedfp", "individual", 0);
    MPI_Init(&argc, &argv);
    world_ = Comm(MPI_COMM_WORLD);
    adopt_run_token(world_.broadcast(run_token()));
  }
  // Under mpirun inside an allocation the step is mpirun's own daemons; OMPI_COMM_WORLD_SIZE tells it apart.
  if (world_.size() == 1 && slurm_step_tasks() > 1 && std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr)
    throw MpiError(
        "SLURM started {} tasks but MPI sees one (srun without PMIx: each task would run the whole job) "
        "use 'srun --mpi=pmix' or 'mpirun'",
        slurm_step_tasks());
}

MpiSession::~MpiSession() {
  if (mpi_running() && std::uncaught_exceptions() == 0) MPI_Finalize();
}

void abort_all_ranks(ExitCode code) {
  std::fflush(nullptr);
  if (mpi_running()) MPI_Abort(MPI_COMM_WORLD, static_cast<int>(code));
  ::_exit(static_cast<int>(code));
}

}  // namespace striate::core
