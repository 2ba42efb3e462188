// SPDX-License-Identifier: BSD-3-Clause
#include "core/mpi_family.hpp"

#include <mpi.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>

#include "core/find_program.hpp"
#include "core/text.hpp"

namespace striate::core {
namespace {

constexpr std::string_view open_mpi = "OpenMPI", mpich = "MPICH";

/// Found beside the MPI of a rank: OpenMPI's mpirun; srun --mpi=pmix; Hydra, srun --mpi=pmi2; Cray's.
constexpr std::array rank_marks{"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE", "PALS_RANKID"};

int count_in(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? 0 : parse_number<int>(text).value_or(0);
}

/// Under mpirun inside an allocation this is of mpirun's own daemons.
int tasks_of_slurm_step() {
  return count_in("SLURM_STEP_NUM_TASKS");
}

}  // namespace

std::string_view mpi_family() {
#if defined(OPEN_MPI)
  return open_mpi;
#elif defined(I_MPI_VERSION)
  return "Intel MPI";
#elif defined(CRAY_MPICH_VERSION)
  return "Cray MPICH";
#elif defined(MVAPICH2_VERSION)
  return "MVAPICH2";
#elif defined(MPICH_VERSION)
  return mpich;
#else
  return "unknown";
#endif
}

std::string mpi_library() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  MPI_Get_library_version(text, &length);
  std::string line(text, static_cast<std::size_t>(length));
  line = line.substr(0, line.find_first_of(",\n"));
  std::ranges::replace(line, '\t', ' ');
  std::istringstream words(line);
  std::string name;
  for (std::string word; words >> word;)  // "MPICH Version:      4.0.2"
    if (word != "Version:") name += (name.empty() ? "" : " ") + word;
  return name;
}

bool launched_under_mpi() {
  if (std::ranges::any_of(rank_marks, [](const char* name) { return std::getenv(name) != nullptr; }))
    return true;
  // Others than OpenMPI may have been built with SLURM's own interface, which leaves no marks.
  return mpi_family() != open_mpi && tasks_of_slurm_step() > 1;
}

int ranks_by_launcher() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"})
    if (const int ranks = count_in(name); ranks > 0) return ranks;
  return std::max(1, tasks_of_slurm_step());
}

bool is_of_launcher(std::string_view variable) {
  constexpr std::array<std::string_view, 9> starts{"OMPI_", "PMIX_", "PMI_",      "PMI2_", "SLURM_",
                                                   "PALS_", "HYDI_", "MPI_LOCAL", "I_MPI_"};
  return std::ranges::any_of(starts, [&](auto start) { return variable.starts_with(start); });
}

void prepare_library() {
  // OpenMPI's other ways of collective writing (its default from 3 ranks on) lose the error of a full disk:
  // every call succeeds and the file holds zeros. Our slabs are contiguous, so nothing is lost in speed.
  ::setenv("OMPI_MCA_fcoll", "individual", 0);
  // Nobody uses shared file pointers, but every open file has one, by default by a semaphore in /dev/shm:
  // where that is missing or read-only no file could be written.
  if (::access("/dev/shm", W_OK) != 0) ::setenv("OMPI_MCA_sharedfp", "individual", 0);
}

void prepare_launcher(Cores cores) {
  const auto set = [](const char* name, const char* value) { ::setenv(name, value, 0); };
  // What is one MPI's others pass over.
  if (::geteuid() == 0) {
    set("OMPI_ALLOW_RUN_AS_ROOT", "1");
    set("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
  }
  // Containers forbid the system call behind the single copy between processes.
  set("OMPI_MCA_btl_vader_single_copy_mechanism", "none");
  if (cores == Cores::shared) {
    set("OMPI_MCA_rmaps_base_oversubscribe", "1");
    set("OMPI_MCA_hwloc_base_binding_policy", "none");
    set("OMPI_MCA_mpi_yield_when_idle", "1");
    set("MPIR_CVAR_POLLS_BEFORE_YIELD", "1");  // of MPICH
  }
}

std::vector<std::string> launcher_words(int ranks) {
  constexpr const char* debians = "mpiexec.mpich";  // beside OpenMPI's, which has the name mpirun there
  const char* given = std::getenv("STRIATE_MPIEXEC");
  std::string launcher = "mpirun";
  if (given != nullptr && *given != 0)
    launcher = given;
  else if (mpi_family() == mpich && !find_program(debians).empty())
    launcher = debians;
  return {launcher, "-n", std::to_string(ranks)};
}

}  // namespace striate::core
