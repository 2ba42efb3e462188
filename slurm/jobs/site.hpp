// SPDX-License-Identifier: BSD-3-Clause
// What a cluster wants in its job scripts: a profile read from configs/sites/*.yaml or a user's file. Values
// end in #SBATCH lines and in shell text, so each is checked when it is read: what is here is harmless in the
// one and is quoted in the other.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace striate::slurm {

enum class Launcher { mpirun, srun };

struct Site {
  std::string name;
  Launcher launcher = Launcher::mpirun;
  std::vector<std::string> launcher_options;
  int node_cores = 1;
  double node_memory_gb = 1;  ///< decimal
  double longest_hours = 1;
  int max_array_size = 1001;  ///< ids of array elements are below it
  int throttle = 0;  ///< elements of an array running at once; 0: no limit
  std::optional<std::string> partition, account, qos, constraint;
  std::vector<std::string> sbatch;  ///< whole options: "--exclusive"
  std::vector<std::string> modules, sources;
  std::vector<std::pair<std::string, std::string>> environment;
  std::optional<std::string> program;
};

/// A shipped profile's name or a .yaml file. Throws ConfigError listing all problems with their places,
/// MissingFileError.
Site read_site(const std::string& name_or_path);

}  // namespace striate::slurm
