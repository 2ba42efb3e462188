// SPDX-License-Identifier: BSD-3-Clause
#include "core/ranks/placement.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>

namespace striate::core {
namespace {

constexpr std::size_t words = CPU_SETSIZE / 64;

struct ProcessorSet {
  std::uint64_t bits[words] = {};
  int count() const {
    int sum = 0;
    for (const auto word : bits) sum += std::popcount(word);
    return sum;
  }
};

/// Empty where the system has more processors than fit or does not tell.
ProcessorSet own_processors() {
  ProcessorSet set;
  cpu_set_t system;
  CPU_ZERO(&system);
  static_assert(sizeof system == sizeof set.bits);
  if (::sched_getaffinity(0, sizeof system, &system) == 0) std::memcpy(set.bits, &system, sizeof system);
  return set;
}

/// Whole processors' worth of time that a container's limit leaves; 0: no limit.
int processors_of_quota() {
  std::ifstream in("/sys/fs/cgroup/cpu.max");
  double quota = 0, period = 0;
  return in >> quota >> period && period > 0 ? std::max(1, static_cast<int>(quota / period)) : 0;
}

Comm ranks_of_node(const Comm& comm, MPI_Comm& handle) {
  if (comm.is_null()) return {};
  MPI_Comm_split_type(comm.handle(), MPI_COMM_TYPE_SHARED, comm.rank(), MPI_INFO_NULL, &handle);
  return Comm(handle);
}

std::string range(int least, int most) {
  return least == most ? std::to_string(least) : fmt::format("{} to {}", least, most);
}

const char* plural(int count) {
  return count == 1 ? "" : "s";
}

}  // namespace

Placement placement_of(const Comm& comm) {
  MPI_Comm handle = MPI_COMM_NULL;
  const Comm node = ranks_of_node(comm, handle);
  ProcessorSet of_node;
  const auto own = own_processors();
  for (const auto& set : node.all_gather(own))
    for (std::size_t i = 0; i < words; ++i) of_node.bits[i] |= set.bits[i];
  const int all_of_node = of_node.count();
  int together = all_of_node;
  if (const int quota = processors_of_quota(); quota != 0) together = std::min(together, quota);
  struct OfRank {
    int on_node, first_on_node, together, own, free;
  };
  const auto all = comm.all_gather(
      OfRank{node.size(), node.is_root() ? 1 : 0, together, own.count(), own.count() == all_of_node ? 1 : 0});
  if (handle != MPI_COMM_NULL) MPI_Comm_free(&handle);

  Placement placement{.ranks = comm.size(), .nodes = 0, .least_on_node = comm.size(), .most_on_node = 1};
  placement.least_processors = all.front().own;
  placement.node_processors = all.front().together;
  placement.ranks_there = all.front().on_node;
  for (const auto& rank : all) {
    placement.nodes += rank.first_on_node;
    placement.least_on_node = std::min(placement.least_on_node, rank.on_node);
    placement.most_on_node = std::max(placement.most_on_node, rank.on_node);
    placement.least_processors = std::min(placement.least_processors, rank.own);
    placement.most_processors = std::max(placement.most_processors, rank.own);
    placement.free_to_move = placement.free_to_move || rank.free != 0;
    if (rank.together * placement.ranks_there < placement.node_processors * rank.on_node) {
      placement.node_processors = rank.together;
      placement.ranks_there = rank.on_node;
    }
  }
  return placement;
}

std::string describe(const Placement& p) {
  if (p.ranks == 1) return "1 rank";
  const auto text = p.nodes == 1
                        ? fmt::format("{} ranks", p.ranks)
                        : fmt::format("{} nodes x {} ranks", p.nodes, range(p.least_on_node, p.most_on_node));
  if (p.node_processors == 0) return text + ", processors unknown";
  const auto of = fmt::format("{} processor{}{}", p.node_processors, plural(p.node_processors),
                              p.nodes == 1 ? "" : " of its node");
  if (p.free_to_move) return text + ", each free to use the " + of;
  return text + fmt::format(", each bound to {} of {}", range(p.least_processors, p.most_processors), of);
}

std::vector<std::string> placement_warnings(const Placement& p) {
  std::vector<std::string> warnings;
  if (p.oversubscribed())
    warnings.push_back(
        fmt::format("{} ranks of a node share {} processor{} (all wait for the one that is not running) "
                    "start no more ranks "
                    "than processors, or see whether the launcher binds all to the same one",
                    p.ranks_there, p.node_processors, plural(p.node_processors)));
  if (p.unbound())
    warnings.push_back(
        "ranks are not bound to processors (the system may move them away from their memory) start them with "
        "'mpirun --bind-to core' or 'srun --cpu-bind=cores'");
  return warnings;
}

}  // namespace striate::core
