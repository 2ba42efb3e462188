// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/time/fano.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/values/random.hpp"
#include "io/text/delimited_table.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

TEST_CASE("the Fano factor of counts 3, 1, 0, 0 is 1.5") {
  const Window window{100, 140};
  // mean 1, variance ((2)^2 + 0 + 1 + 1) / 4
  const double times[] = {100, 105, 109.9, 110, 99, 140};
  CHECK(fano_factor(times, window, 10) == Approx(1.5));
  CHECK(fano_factor(times, window, 20) == Approx(2));  // counts 4, 0
}

TEST_CASE("only whole bins count, one bin or none and silence have no Fano factor") {
  CHECK(whole_bins(fano_window, 1) == 400);
  CHECK(whole_bins(fano_window, 200) == 2);
  CHECK(whole_bins(fano_window, 201) == 1);
  CHECK(whole_bins(fano_window, 401) == 0);
  CHECK(whole_bins({0, 0.3}, 0.1) == 3);
  const double times[] = {150, 250};
  CHECK(std::isnan(fano_factor(times, fano_window, 201)));
  CHECK(std::isnan(fano_factor({}, fano_window, 1)));
  CHECK(fano_factor(times, fano_window, 100) == Approx(0.5));  // 1, 1, 0, 0
  const auto widths = fano_bin_widths();
  CHECK(widths.front() == 1);
  CHECK(widths.back() == Approx(1000));
  CHECK(widths[1] == Approx(1.43844988828766));
}

TEST_CASE("independent Poisson spikes have the Fano factor 1, repeated ones more") {
  core::RandomStream random(3, core::Purpose::test, 0);
  std::vector<double> single, doubled;
  for (int i = 0; i < 20000; ++i) {
    single.push_back(random.uniform() * 20000);
    doubled.insert(doubled.end(), 2, single.back());
  }
  CHECK(fano_factor(single, {0, 20000}, 5) == Approx(1).margin(0.1));
  CHECK(fano_factor(doubled, {0, 20000}, 5) == Approx(2 * fano_factor(single, {0, 20000}, 5)));
}

TEST_CASE("Fano factors are drawn from excitatory core cells and depend on the seed alone") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb", 0, 0}, {"i4Sst", 0, 0}, {"e4Rorb", 300, 0}});
  test::write_spikes(folder.path() / "run", {150, 160, 170, 350, 360, 370}, {0, 1, 2, 1, 1, 2});
  FanoRequest request{.base = folder.path(),
                      .option = "plain",
                      .output_directory = folder.path(),
                      .run = folder.path() / "run",
                      .core = {}};
  const auto table = io::read_delimited_table(make_fano(request, {})[0], ',', "test");
  REQUIRE(table.rows.size() == 20);
  // One spike in 400 bins: variance 1/400 - 1/400^2, mean 1/400.
  CHECK(std::stod(table.rows[0].cells[table.column("fano")]) == Approx(1 - 1.0 / 400));
  CHECK(std::stod(table.rows[0].cells[table.column("sem")]) == Approx(0).margin(1e-12));
  CHECK(table.rows[0].cells[table.column("draws")] == "100");
  CHECK(table.rows[19].cells[table.column("fano")] == "NaN");
  CHECK(table.rows[19].cells[table.column("draws")] == "0");
  request.core.radius_um = 0;
  CHECK_THROWS_AS(make_fano(request, {}), core::FormatError);
  request.run = folder.path() / "absent";
  CHECK_THROWS_AS(make_fano(request, {}), core::MissingFileError);
}
