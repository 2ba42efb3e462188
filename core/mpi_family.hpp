// SPDX-License-Identifier: BSD-3-Clause
// What differs between implementations of MPI: what they are called, how ranks are started, what the
// environment of a rank tells, what must be set before they start. Nothing else in the program asks which it
// is built with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace striate::core {

/// What the program is built with: "OpenMPI", "MPICH", "Intel MPI" …
std::string_view mpi_family();

/// The library's own words for itself, on one line: "Open MPI v4.1.4", "MPICH 4.0.2".
std::string mpi_library();

/// A launcher leaves its marks in the environment of each rank.
bool launched_under_mpi();

/// How many ranks whatever started this process speaks of; 1 where it speaks of none. MPI may see fewer: a
/// launcher of another MPI starts processes that do not know each other.
int ranks_by_launcher();

/// Does a variable of this name tell a process that it is a rank, or of which job?
bool is_of_launcher(std::string_view variable);

/// Before MPI_Init; what is set already stays.
void prepare_library();

/// Before launcher_words() on a workstation: as root, in containers, where ranks share cores.
enum class Cores { own, shared };
void prepare_launcher(Cores cores);

/// Starts that many ranks of what stands behind: {"mpirun", "-n", "4"}. STRIATE_MPIEXEC names another one.
std::vector<std::string> launcher_words(int ranks);

}  // namespace striate::core
