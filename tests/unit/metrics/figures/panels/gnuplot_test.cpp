// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/gnuplot.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "core/errors/error.hpp"
#include "metrics/figures/runs/raster.hpp"
#include "support/files.hpp"
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

TEST_CASE("a picture that was cut off does not appear, though gnuplot says nothing") {
  const test::TemporaryFolder folder;
  const auto program = folder.path() / "gnuplot";
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", (folder.path().string() + ":" + path).c_str(), 1);
  const auto draw = [&](const char* name, const std::string& bytes) {
    std::ofstream(folder.path() / "bytes", std::ios::binary) << bytes;
    std::ofstream(program) << "#!/bin/sh\ncp '" << (folder.path() / "bytes").string()
                           << "' \"$(sed -n 's/^set output \"\\(.*\\)\"$/\\1/p')\"\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    metrics::draw(folder.path() / name, {}, "plot 1\n");
  };
  struct Kind {
    const char* name;
    std::string whole;
  };
  using namespace std::string_literals;
  for (const auto& [name, whole] :
       {Kind{"p.png", "\x89PNG data\0\0\0\0IEND\xae\x42\x60\x82"s}, Kind{"p.svg", "<svg>long enough</svg>\n"},
        Kind{"p.pdf", "%PDF-1.5 and objects\n%%EOF\n"}}) {
    for (const std::size_t missing : {whole.size(), whole.size() / 2, std::size_t{3}}) {
      CHECK_THROWS_WITH(draw(name, whole.substr(0, whole.size() - missing)), Catch::Contains("is cut off"));
      CHECK_FALSE(std::filesystem::exists(folder.path() / name));
    }
    draw(name, whole);
    CHECK(test::text_of(folder.path() / name) == whole);
  }
  ::setenv("PATH", path.c_str(), 1);
}

TEST_CASE("labels of small groups move apart, and no farther than needed") {
  using Places = std::vector<double>;
  const auto spread = [](Places wanted) { return metrics::spread_places(std::move(wanted), 10, 0, 100); };
  CHECK(spread({}).empty());
  CHECK(spread({0}) == Places{0});
  CHECK(spread({20, 30, 60}) == Places{20, 30, 60});
  CHECK(spread({20, 50, 52, 80}) == Places{20, 46, 56, 80});
  CHECK(spread({1, 2, 3}) == Places{0, 10, 20});  // not above the edge
  CHECK(spread({96, 98, 99}) == Places{80, 90, 100});  // nor below
  CHECK(spread({39, 50, 51, 52}) == Places{33, 43, 53, 63});  // pushes what it reaches
  CHECK(metrics::spread_places({5, 5, 5}, 10, 0, 10) == Places{0, 5, 10});
}

TEST_CASE("a raster draws the spikes of its window, each in its group's block and row") {
  const std::vector<metrics::RasterGroup> groups{{.label = "a", .colour = "#111111", .node_ids = {5, 1}},
                                                 {.label = "b", .colour = "#222222", .node_ids = {7}},
                                                 {.label = "silent", .colour = "#333333", .node_ids = {8}}};
  const io::SpikeTrains spikes{.time_ms = {1, 20, 30, 40, 50}, .node_id = {5, 1, 7, 99, 7}};
  const auto script = metrics::raster_script(groups, spikes, {.begin_ms = 10, .end_ms = 45}, "title");
  CHECK_THAT(script, Catch::Contains("$raster0 << END_OF_DATA\n20 1 \nEND_OF_DATA"));
  CHECK_THAT(script, Catch::Contains("$raster1 << END_OF_DATA\n30 2 \nEND_OF_DATA"));
  CHECK_THAT(script, !Catch::Contains("$raster2"));
  CHECK_THAT(script, Catch::Contains("\"a (2)\"") && Catch::Contains("\"silent (1)\""));
  CHECK_THAT(script, Catch::Contains("set yrange [4:0]"));
}

TEST_CASE("group rates count spikes per cell and second") {
  const std::vector<metrics::RasterGroup> groups{{.label = "a", .colour = "", .node_ids = {0, 1}},
                                                 {.label = "b", .colour = "", .node_ids = {7}}};
  const io::SpikeTrains spikes{.time_ms = {0, 99.9, 100, 150, 200, 250}, .node_id = {0, 1, 7, 7, 0, 3}};
  const auto rates = metrics::group_rates(groups, spikes, {.begin_ms = 0, .end_ms = 250}, 100);
  REQUIRE(rates[0].size() == 2);  // the half bin at the end is left out
  CHECK(rates[0] == std::vector<double>{10, 0});
  CHECK(rates[1] == std::vector<double>{0, 20});
}
