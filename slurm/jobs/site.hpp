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

struct Mail {
  std::string to;
  std::vector<std::string> when;  ///< of sbatch: END, FAIL, …
};

struct Site {
  std::string name;
  Launcher launcher = Launcher::mpirun;
  std::string mpi;  ///< of srun: "pmix", "pmi2", "cray_shasta", "none"
  std::optional<std::string> cpu_bind;  ///< of srun: "cores"
  std::vector<std::string> launcher_options;
  int node_cores = 1;
  double node_memory_gb = 1;  ///< decimal
  double longest_hours = 1;
  int max_array_size = 1001;  ///< ids of array elements are below it
  int throttle = 0;  ///< elements of an array running at once; 0: no limit
  std::optional<std::string> partition, account, qos, constraint;
  std::optional<Mail> mail;
  bool requeue = true;  ///< jobs that were stopped with a checkpoint, or lost with their node, begin again
  bool clean_environment = false;  ///< sbatch --export=NONE: nothing of the shell that submits
  std::vector<std::string> sbatch;  ///< whole options: "--exclusive"
  std::vector<std::vector<std::string>> modules;  ///< in order: {"purge"}, {"use", "/opt/m"}, {"load", "gcc"}
  std::vector<std::string> sources_before, sources;  ///< files read before the modules, and after them
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> program;  ///< words; empty: the program that makes the jobs
  std::optional<std::string> scratch;  ///< folder on each node, for a shell in quotes: "$TMPDIR/striate"
};

/// What a user says instead of the profile.
struct SiteChanges {
  std::optional<std::string> partition, account, mail;
  std::optional<bool> requeue;
};

/// A shipped profile's name or a .yaml file. Throws ConfigError listing all problems with their places,
/// MissingFileError.
Site read_site(const std::string& name_or_path);

/// Throws UsageError for what cannot stand in a #SBATCH line.
void change_site(Site& site, const SiteChanges& changes);

}  // namespace striate::slurm
