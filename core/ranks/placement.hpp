// SPDX-License-Identifier: BSD-3-Clause
// Where ranks run: how many on which nodes, and which processors the system lets them use.
#pragma once

#include <string>
#include <vector>

#include "core/ranks/comm.hpp"

namespace striate::core {

/// Of all ranks; processors are those that the system schedules on, so that a core with two threads counts
/// twice. 0 where they cannot be told.
struct Placement {
  int ranks = 1, nodes = 1;
  int least_on_node = 1, most_on_node = 1;  ///< ranks
  int node_processors = 0;  ///< that a node's ranks may use together, on the node that has fewest for each
  int ranks_there = 1;  ///< on that node
  int least_processors = 0, most_processors = 0;  ///< of one rank
  bool free_to_move = false;  ///< some rank may use all that its node's ranks use together

  bool oversubscribed() const { return node_processors != 0 && ranks_there > node_processors; }
  bool unbound() const { return most_on_node > 1 && free_to_move && !oversubscribed(); }
};

/// Collective.
Placement placement_of(const Comm& comm);

/// "2 nodes x 8 ranks, each bound to 1 of 8 processors of its node".
std::string describe(const Placement& placement);

/// What slows all ranks down, with what to do about it.
std::vector<std::string> placement_warnings(const Placement& placement);

}  // namespace striate::core
