// SPDX-License-Identifier: BSD-3-Clause
#include "core/ranks/comm.hpp"

#include <catch2/catch.hpp>

#include "core/machine_resources.hpp"

using striate::core::Comm;

TEST_CASE("all_to_all_v brings each rank what others addressed to it, in rank order") {
  const Comm world(MPI_COMM_WORLD);
  const auto size = static_cast<std::size_t>(world.size());
  // Rank r sends r + 1 copies of 100 r + destination to each destination.
  std::vector<int> items;
  for (int destination = 0; destination < world.size(); ++destination)
    items.insert(items.end(), static_cast<std::size_t>(world.rank()) + 1, 100 * world.rank() + destination);
  const std::vector<std::size_t> counts(size, static_cast<std::size_t>(world.rank()) + 1);
  const auto received = world.all_to_all_v<int>(items, counts);
  std::vector<int> expected;
  for (int source = 0; source < world.size(); ++source)
    expected.insert(expected.end(), static_cast<std::size_t>(source) + 1, 100 * source + world.rank());
  CHECK(received.items == expected);
  CHECK(received.counts.size() == size);
}

TEST_CASE("ranks of one machine are counted by MPI, whoever launched them") {
  const auto ranks = striate::core::ranks_of(Comm(MPI_COMM_WORLD));
  CHECK(ranks.total == Comm(MPI_COMM_WORLD).size());
  CHECK(ranks.on_node == ranks.total);  // tests run on one machine
  // Half of them are half as many, which no launcher's variable says.
  MPI_Comm half = MPI_COMM_NULL;
  const Comm world(MPI_COMM_WORLD);
  MPI_Comm_split(MPI_COMM_WORLD, world.rank() % 2, 0, &half);
  CHECK(striate::core::ranks_of(Comm(half)).on_node == Comm(half).size());
  MPI_Comm_free(&half);
}

TEST_CASE("reductions, prefix sums and gathers agree with their definition") {
  const Comm world(MPI_COMM_WORLD);
  const std::int64_t n = world.size();
  const std::int64_t r = world.rank();
  CHECK(world.sum(r + 1) == n * (n + 1) / 2);
  CHECK(world.min(r) == 0);
  CHECK(world.max(r) == n - 1);
  CHECK(world.sum_before(r + 1) == r * (r + 1) / 2);
  const std::vector<std::int64_t> mine(static_cast<std::size_t>(r), r);  // rank 0 gives nothing
  const auto all = world.all_gather_v<std::int64_t>(mine);
  CHECK(static_cast<std::int64_t>(all.size()) == n * (n - 1) / 2);
  CHECK(world.broadcast(r == n - 1 ? "last" : "", world.size() - 1) == "last");
}
