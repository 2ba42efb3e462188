// SPDX-License-Identifier: BSD-3-Clause
#include <iostream>

#include "cli/arguments/command.hpp"
#include "core/mpi_family.hpp"
#include "core/processor/instruction_sets.hpp"
#include "core/run/version.hpp"
#include "io/hdf5/h5.hpp"

namespace striate::cli {

core::ExitCode run_version(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate version", .description = "Prints what this program was made of.", .options = {},
    .positional = {}
  };
  if (!parse(interface, arguments, world)) return core::ExitCode::done;
  if (!world.is_root()) return core::ExitCode::done;
  std::cout << "striate     " << core::version() << " (commit " << core::commit() << ")\n"
            << "compiler    " << core::compiler() << ' ' << core::compiler_flags() << " ("
            << core::build_type() << ")\n"
            << "SIMD        " << core::name_of(core::best_isa()) << ", chosen at run time\n"
            << "MPI         " << core::mpi_library() << ", " << world.size()
            << (world.size() == 1 ? " rank\n" : " ranks\n") << "HDF5        " << io::h5::library_version()
            << '\n'
            << "random      Philox4x32-10 by (seed, purpose, id), scheme 1\n"
            << "licence     BSD 3-Clause; how to cite: CITATION.cff\n";
  return core::ExitCode::done;
}

}  // namespace striate::cli
