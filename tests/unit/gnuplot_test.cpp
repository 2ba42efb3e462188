// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/gnuplot.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "core/error.hpp"
#include "metrics/raster.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;

TEST_CASE("text for gnuplot cannot leave its quotes") {
  CHECK(metrics::gnuplot_text("a\"b\\c`d`\n") == "\"a\\\"b\\\\c\\`d\\` \"");
}

TEST_CASE("pictures of unknown kinds and a missing gnuplot are told apart") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(metrics::draw(folder.path() / "p.gif", {}, "plot 1\n"), core::UsageError);
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", folder.path().c_str(), 1);
  CHECK_THROWS_WITH(metrics::draw(folder.path() / "p.png", {}, "plot 1\n"),
                    Catch::Contains("gnuplot is not installed"));
  ::setenv("PATH", path.c_str(), 1);
}

TEST_CASE("group rates count spikes per cell and second") {
  const std::vector<metrics::CellGroup> groups{{.label = "a", .colour = "", .node_ids = {0, 1}},
                                               {.label = "b", .colour = "", .node_ids = {7}}};
  const io::SpikeTrains spikes{.time_ms = {0, 99.9, 100, 150, 200, 250}, .node_id = {0, 1, 7, 7, 0, 3}};
  const auto rates = metrics::group_rates(groups, spikes, {.begin_ms = 0, .end_ms = 250}, 100);
  REQUIRE(rates[0].size() == 2);  // the half bin at the end is left out
  CHECK(rates[0] == std::vector<double>{10, 0});
  CHECK(rates[1] == std::vector<double>{0, 20});
}
