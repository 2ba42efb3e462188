// SPDX-License-Identifier: BSD-3-Clause
#include "core/ranks/placement.hpp"

#include <sched.h>

#include <catch2/catch.hpp>

#include "core/ranks/item_exchange.hpp"

using namespace striate;
using namespace striate::core;

namespace {

/// Ranks on nodes of 16 processors.
Placement on_nodes(int nodes, int ranks, int processors_of_rank, bool free) {
  return {.ranks = nodes * ranks,
          .nodes = nodes,
          .least_on_node = ranks,
          .most_on_node = ranks,
          .node_processors = 16,
          .ranks_there = ranks,
          .least_processors = processors_of_rank,
          .most_processors = processors_of_rank,
          .free_to_move = free};
}

}  // namespace

TEST_CASE("one rank alone has nothing to be told of, whatever it may use") {
  const auto placement = placement_of(Comm{});
  CHECK(placement.ranks == 1);
  CHECK(placement.nodes == 1);
  CHECK(placement.most_processors >= 1);
  CHECK(describe(placement) == "1 rank");
  CHECK(placement_warnings(placement).empty());
}

TEST_CASE("the processors of a rank are those that the system lets it use") {
  cpu_set_t before, one;
  REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
  CPU_ZERO(&one);
  for (std::size_t processor = 0; CPU_COUNT(&one) == 0; ++processor)
    if (CPU_ISSET(processor, &before)) CPU_SET(processor, &one);
  REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  const auto bound = placement_of(Comm{});
  REQUIRE(sched_setaffinity(0, sizeof before, &before) == 0);
  CHECK(bound.least_processors == 1);
  CHECK(bound.most_processors == 1);
  CHECK(placement_of(Comm{}).most_processors == CPU_COUNT(&before));
}

TEST_CASE("a layout in words says where ranks are and what they are bound to") {
  CHECK(describe(on_nodes(1, 16, 1, false)) == "16 ranks, each bound to 1 of 16 processors");
  CHECK(describe(on_nodes(2, 8, 2, false)) ==
        "2 nodes x 8 ranks, each bound to 2 of 16 processors of its node");
  CHECK(describe(on_nodes(1, 2, 16, true)) == "2 ranks, each free to use the 16 processors");
  auto uneven = on_nodes(3, 8, 1, false);
  uneven.ranks = 20;
  uneven.least_on_node = 4;
  uneven.most_processors = 2;
  CHECK(describe(uneven) == "3 nodes x 4 to 8 ranks, each bound to 1 to 2 of 16 processors of its node");
  uneven.node_processors = 0;
  CHECK(describe(uneven) == "3 nodes x 4 to 8 ranks, processors unknown");
}

TEST_CASE("as many ranks as processors are fine, one more is warned of, and so is freedom to move") {
  CHECK(placement_warnings(on_nodes(4, 16, 1, false)).empty());
  const auto many = placement_warnings(on_nodes(4, 17, 16, true));
  REQUIRE(many.size() == 1);
  CHECK(many[0].starts_with("17 ranks of a node share 16 processors"));
  const auto unbound = placement_warnings(on_nodes(1, 16, 16, true));
  REQUIRE(unbound.size() == 1);
  CHECK(unbound[0].starts_with("ranks are not bound to processors"));
  CHECK(placement_warnings(on_nodes(4, 1, 16, true)).empty());  // one rank on each node
}

TEST_CASE("forms of exchange have names, and another one is refused with them") {
  for (const auto& name : exchange_forms())
    CHECK(exchange_forms()[static_cast<std::size_t>(parse_exchange_form(name))] == name);
  CHECK_THROWS_WITH(parse_exchange_form("Packed"),
                    "unknown --exchange Packed (must be one of alltoallv, packed, neighbor, nodes)");
}
