// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/node_ids.hpp"

#include <catch2/catch.hpp>

using striate::io::NodeIds;
using Ids = std::vector<std::uint64_t>;

namespace {

Ids listed(const NodeIds& ids) {
  const auto all = ids.all();
  return {all.begin(), all.end()};
}

}  // namespace

TEST_CASE("Ids of nodes are what was given, counted or not") {
  for (const Ids& given : {Ids{}, Ids{0}, Ids{0, 1, 2}, Ids{1, 2, 3}, Ids{0, 2, 1}, Ids{0, 1, 5}, Ids{7}}) {
    const NodeIds ids = given;
    CHECK(ids.size() == given.size());
    CHECK(listed(ids) == given);
    for (std::size_t i = 0; i < given.size(); ++i) CHECK(ids[i] == given[i]);
    CHECK(ids.are_counted() == (listed(NodeIds::counted(given.size())) == given));
    const NodeIds copy = ids;
    CHECK(copy == ids);
  }
  CHECK(NodeIds().size() == 0);
  CHECK(NodeIds::counted(3) == NodeIds(Ids{0, 1, 2}));
  CHECK_FALSE(NodeIds::counted(3) == NodeIds(Ids{0, 2, 1}));
  CHECK_FALSE(NodeIds::counted(3) == NodeIds::counted(4));
}
