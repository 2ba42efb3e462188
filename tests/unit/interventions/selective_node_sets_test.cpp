// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/selective_node_sets.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "metrics/base/node_set_file.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::interventions;

TEST_CASE("drawn ids are some of the given, and an id's chance is its own") {
  std::vector<std::uint64_t> ids;
  for (std::uint64_t id = 5; id < 105; id += 2) ids.push_back(id);
  const auto some = draw_ids(ids, 10, 0);
  CHECK(some.size() == 10);
  CHECK(std::ranges::is_sorted(some));
  CHECK(std::ranges::includes(ids, some));
  CHECK(draw_ids(ids, 10, 1) != some);
  CHECK(draw_ids(ids, 100, 0) == ids);
  // Without an id that was not drawn the choice is the same.
  auto fewer = ids;
  std::erase_if(fewer, [&, gone = false](std::uint64_t id) mutable {
    return !gone && (gone = !std::ranges::binary_search(some, id));
  });
  CHECK(fewer.size() == ids.size() - 1);
  CHECK(draw_ids(fewer, 10, 0) == some);
}

TEST_CASE("labels make sets, other labels are refused") {
  const test::TemporaryFolder folder;
  const auto table = folder.path() / "neuron_features_plain.csv";
  const auto make = [&](const std::string& rows) {
    std::ofstream(table) << "node_id,is_inhibitory,activity_label\n" << rows;
    return make_selective_sets(
        {.base = folder.path(), .features = table, .output_directory = folder.path() / "sets"}, {});
  };
  REQUIRE(make("7,0,selective\n3,0,selective\n4,1,non_selective\n5,0,Unknown\n6,0,non_selective\n").size() ==
          8);
  const auto ids = [&](const char* name) {
    return metrics::read_targets(folder.path() / "sets" / (std::string(name) + "_nodes.json"));
  };
  CHECK(ids("exc_selective") == std::vector<std::uint64_t>{3, 7});
  CHECK(ids("exc_selective_matched").size() == 1);
  CHECK(ids("exc_nonselective_matched") == std::vector<std::uint64_t>{6});
  CHECK(ids("inh_nonselective") == std::vector<std::uint64_t>{4});
  CHECK(ids("inh_nonselective_matched").empty());
  for (const char* row : {"7,0,chosen\n", "7,2,selective\n", "-1,0,selective\n", "0.5,0,selective\n"})
    CHECK_THROWS_AS(make(row), core::FormatError);
}
