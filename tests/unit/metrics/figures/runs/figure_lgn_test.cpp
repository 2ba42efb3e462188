// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/runs/figure_lgn.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;

namespace {

std::vector<metrics::RasterGroup> classes() {
  return {{.label = "sON_TF1", .colour = "", .node_ids = {0, 2}},
          {.label = "sON_TF4", .colour = "", .node_ids = {1}},
          {.label = "tOFF_TF8", .colour = "", .node_ids = {3}}};
}

/// Rates of nodes 3, 2, 1, 0 (in this order) at 0, 10, 20, 30 ms: node + time in s * 1000.
std::filesystem::path rates_file(const std::filesystem::path& folder,
                                 std::vector<std::uint64_t> ids = {3, 2, 1, 0}) {
  const auto path = folder / "rates.h5";
  auto file = io::h5::File::create(path);
  const std::vector<double> times{0, 0.01, 0.02, 0.03};
  io::h5::write<std::uint64_t>(file, "/firing_rates/lgn/node_id", ids);
  io::h5::write<double>(file, "/firing_rates/lgn/times", times);
  std::vector<double> rates;
  for (const double time : times)
    for (const auto id : ids) rates.push_back(static_cast<double>(id) + 1000 * time);
  const std::uint64_t shape[] = {times.size(), ids.size()};
  io::h5::create_dataset<double>(file, "/firing_rates/lgn/firing_rates_Hz", shape);
  io::h5::write_rows<double>(file, "/firing_rates/lgn/firing_rates_Hz", 0, rates);
  file.close();
  return path;
}

}  // namespace

TEST_CASE("classes of a family share a hue, and no two a colour") {
  auto groups = classes();
  metrics::colour_by_family(groups);
  CHECK(metrics::lgn_family("sONtOFF_001") == "sONtOFF");
  CHECK(metrics::lgn_family("other") == "other");
  std::set<std::string> colours;
  for (const auto& group : groups) {
    CHECK(group.colour.size() == 7);
    colours.insert(group.colour);
  }
  CHECK(colours.size() == 3);
  CHECK(groups[0].colour == "#753300");  // 0.55 of (213, 94, 0)
  CHECK(groups[2].colour == "#0072B2");
}

TEST_CASE("expected rates are means over a class and the samples of a bin") {
  const test::TemporaryFolder folder;
  const auto file = rates_file(folder.path());
  const auto rates = metrics::expected_rates(file, "lgn", classes(), {.begin_ms = 0, .end_ms = 60}, 20);
  REQUIRE(rates.size() == 3);
  CHECK(rates[0][0] == Approx(1 + 5));  // nodes 0 and 2; 0 and 10 ms
  CHECK(rates[0][1] == Approx(1 + 25));
  CHECK(std::isnan(rates[0][2]));
  CHECK(rates[2][1] == Approx(3 + 25));
  CHECK(metrics::expected_rates(file, "lgn", classes(), {.begin_ms = 10, .end_ms = 20}, 10)[1] ==
        std::vector<double>{11});
  for (const auto& others : {std::vector<std::uint64_t>{3, 2, 1}, std::vector<std::uint64_t>{3, 2, 1, 9}})
    CHECK_THROWS_AS(metrics::expected_rates(rates_file(folder.path(), others), "lgn", classes(),
                                            {.begin_ms = 0, .end_ms = 60}, 20),
                    core::FormatError);
}

TEST_CASE("each family has a panel, with expected rates as lines and spikes as dots") {
  metrics::LgnRequest request{
      .title = "net", .classes = classes(), .spikes = {}, .window = {.begin_ms = 0, .end_ms = 100}};
  auto script = metrics::lgn_figure(request).script;
  CHECK_THAT(script, Contains("set title \"sON\"") && Contains("set title \"tOFF\"") &&
                         Contains("\"spikes in bins of 50 ms\"") && !Contains("expected"));
  request.expected = {{1, 2}, {3, 4}, {5, 6}};
  script = metrics::lgn_figure(request).script;
  CHECK_THAT(script, Contains("lines: expected, dots: spikes") && Contains("with points pt 7"));
}
