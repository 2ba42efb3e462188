// SPDX-License-Identifier: BSD-3-Clause
// What jobs ask a cluster for: ranks, nodes, memory and time, from the sizes of the network and measured
// times (named beside the constants in the .cpp), with a margin.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "slurm/jobs/site.hpp"
#include "slurm/plan/plan.hpp"

namespace striate::slurm {

/// Sizes of a paradigm's runs.
struct Workload {
  std::uint64_t neurons = 0, synapses = 0, lgn_cells = 0, background_units = 0;
  /// Of a simulation: what each rank needs besides its share, and what all share.
  std::uint64_t bytes_per_rank = 0, shared_bytes = 0;
  double duration_ms = 0, dt_ms = 0.25, background_hz = 0;
  std::size_t trials = 0;
};

/// Expected, without margin.
struct Cost {
  double start_s = 0;  ///< once per job: loading the network
  double item_s = 0;  ///< each trial or table
  std::uint64_t bytes_per_rank = 0;
  std::uint64_t disk_bytes_per_item = 0;
};

Cost cost_of(Stage stage, const Workload& work, int ranks);

/// One rank per ten million synapses, at most a node's cores.
int usual_ranks(const Workload& work, const Site& site);
/// Trials that make an element last ten minutes, but no fewer than eight elements.
std::size_t usual_trials_per_element(const Cost& cost, std::size_t trials);

/// What a user said instead of the estimate.
struct Wishes {
  std::optional<int> ranks, nodes, trials_per_job, throttle, minutes;
  std::optional<std::uint64_t> memory_mb;  ///< per node
};

struct JobRequest {
  int nodes = 1, ranks = 1;
  std::uint64_t memory_mb = 0;  ///< per node, decimal
  int minutes = 0;
  int warning_s = 60;  ///< USR1 comes so long before the time is up
};

/// For a job of `items` trials or tables. Memory decides how many nodes it takes. Throws UsageError when the
/// site's nodes are too small, naming the option that helps.
JobRequest request_for(const Cost& cost, std::size_t items, int ranks, const Wishes& wishes,
                       const Site& site);

/// Of a job whose limit is below what it is expected to take: "1:00:00 (about 2:10:00 are expected)";
/// empty for others.
std::string short_time_text(const JobRequest& request, const Cost& cost, std::size_t items);

/// "90", "1:30:00" or "1-12:00:00" (days) as minutes, rounded up. Throws UsageError.
int parse_job_time(const std::string& text);
/// "20", "20G" or "500M" as megabytes. Throws UsageError.
std::uint64_t parse_job_memory(const std::string& text);
/// Minutes as SLURM writes them: "1:30:00".
std::string job_time(int minutes);

}  // namespace striate::slurm
