// SPDX-License-Identifier: BSD-3-Clause
#include "cli/command.hpp"

namespace striate::cli {

std::span<const Command> commands() {
  static constexpr Command table[] = {
      {"simulate", "run a SONATA network of point neurons (replaces run_pointnet.py)", run_simulate},
      {"version", "version, commit, compiler and libraries", run_version},
  };
  return table;
}

}  // namespace striate::cli
