// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/preferred_direction.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/errors/error.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/math/statistics.hpp"
#include "support/files.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

using striate::test::number;

double cosine(double degrees) {
  return std::cos(degrees * std::numbers::pi / 180);
}

}  // namespace

TEST_CASE("differences of directions lie between 0 and 180 degrees") {
  CHECK(direction_difference(10, 350) == Approx(20));
  CHECK(direction_difference(350, 10) == Approx(20));
  CHECK(direction_difference(0, 180) == 180);
  CHECK(direction_difference(-10, 370) == Approx(20));
}

TEST_CASE("the cosine fit finds the coefficients of exact data") {
  std::vector<double> sums(CosineSums::size, 0);
  for (int i = 0; i < 12; ++i) CosineSums::add(sums, 15 * i, 2 * cosine(15 * i) - 0.5 * cosine(30 * i) + 7);
  const auto fit = CosineSums::fit(sums);
  CHECK(fit.a == Approx(2));
  CHECK(fit.b == Approx(-0.5));
  CHECK(fit.c == Approx(7));
  CHECK(fit.p_a < 1e-20);
}

TEST_CASE("the p values of the cosine fit are those of an orthogonal design") {
  // Angles 0, 60, 120, 180 … cos and cos2 are orthogonal on the full circle: 12 steps of 30 degrees, so
  // that a = sum(u y) / 6 with the standard error sqrt(sigma^2 / 6).
  std::vector<double> sums(CosineSums::size, 0);
  double uy = 0, squares = 0, vy = 0, total = 0;
  for (int i = 0; i < 12; ++i) {
    const double y = (i * 7) % 5;
    CosineSums::add(sums, 30 * i, y);
    uy += cosine(30 * i) * y;
    vy += cosine(60 * i) * y;
    squares += y * y;
    total += y;
  }
  const auto fit = CosineSums::fit(sums);
  const double a = uy / 6, b = vy / 6, c = total / 12;
  CHECK(fit.a == Approx(a));
  CHECK(fit.c == Approx(c));
  const double variance = (squares - 6 * a * a - 6 * b * b - 12 * c * c) / 9;
  CHECK(fit.p_a == Approx(metrics::student_p(a / std::sqrt(variance / 6), 9)));
}

TEST_CASE("nine points or one angle alone give no fit but a mean") {
  std::vector<double> nine(CosineSums::size, 0), flat(CosineSums::size, 0);
  for (int i = 0; i < 9; ++i) CosineSums::add(nine, 20 * i, 3);
  for (int i = 0; i < 20; ++i) CosineSums::add(flat, 45, 3);
  CHECK(std::isnan(CosineSums::fit(nine).a));
  CHECK(CosineSums::fit(nine).c == Approx(3));
  CHECK(std::isnan(CosineSums::fit(flat).b));
  CosineSums::add(nine, 180, 3);
  CHECK(CosineSums::fit(nine).a == Approx(0).margin(1e-9));
}

TEST_CASE("connections are grouped by pair of types and binned with closed right ends, in blocks alike") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb", 0, 0, 0},
                                      {"i4Sst", 10, 0, 20},
                                      {"i4Sst", 10, 0, 21},
                                      {"i4Sst", 500, 0, 5},
                                      {"i4Sst", 0, 0, std::numeric_limits<double>::quiet_NaN()}});
  test::write_edges(folder.path(), "_naive", {{0, 1, 2}, {0, 1, 4}, {0, 2, 8}, {0, 3, 99}, {0, 4, 99}});
  PreferredDirectionRequest request{.networks = {folder.path()},
                                    .option = "naive",
                                    .output_directory = folder.path() / "metrics",
                                    .source = DirectionSource::structure,
                                    .core = {}};
  const auto files = make_preferred_direction(request, {});
  const auto table = io::read_delimited_table(files[1], ',', "test");
  REQUIRE(table.rows.size() == 18);  // the pair of types, and E to I
  CHECK(table.rows[9].cells[0] == "E");
  CHECK(table.rows[9].cells[1] == "I");
  CHECK(number(table, 10, "mean_weight(pA)") == 8);
  CHECK(table.rows[0].cells[0] == "L4_Exc");
  CHECK(table.rows[0].cells[1] == "L4_SST");
  CHECK(number(table, 0, "edges") == 2);
  CHECK(number(table, 0, "mean_weight(pA)") == 3);
  CHECK(number(table, 0, "sem(pA)") == Approx(1));
  CHECK(number(table, 1, "mean_weight(pA)") == 8);
  CHECK(table.rows[1].cells[5] == "NaN");
  request.block_rows = 2;
  request.output_directory = folder.path() / "blocks";
  const auto in_blocks = io::read_delimited_table(make_preferred_direction(request, {})[1], ',', "test");
  CHECK(number(in_blocks, 0, "mean_weight(pA)") == 3);
  request.source = DirectionSource::response;
  CHECK_THROWS_AS(make_preferred_direction(request, {}), core::MissingFileError);
}

TEST_CASE("excitatory and inhibitory cells are also fitted together, over all types") {
  const TemporaryFolder folder;
  std::vector<test::TestCell> cells;
  std::vector<test::TestEdge> edges;
  std::vector<double> sums(CosineSums::size, 0);
  for (std::uint64_t i = 0; i < 12; ++i) {  // twelve sources of two types, too few of each for a fit
    cells.push_back({i % 2 == 0 ? "e4Rorb" : "e6Ntsr1", 0, 0, 15.0 * static_cast<double>(i)});
    edges.push_back({i, 12, static_cast<double>(i * i % 7)});
    CosineSums::add(sums, 15.0 * static_cast<double>(i), edges.back().weight);
  }
  cells.push_back({"e23Cux2", 0, 0, 0});
  test::write_network(folder.path(), cells);
  test::write_edges(folder.path(), "", edges);
  const auto files = make_preferred_direction({.networks = {folder.path()},
                                               .option = "plain",
                                               .output_directory = folder.path(),
                                               .source = DirectionSource::structure,
                                               .core = {}},
                                              {});
  const auto table = io::read_delimited_table(files[0], ',', "test");
  REQUIRE(table.rows.size() == 3);
  CHECK(table.rows[0].cells[table.column("a(pA)")] == "NaN");
  CHECK(table.rows[2].cells[0] == "E");
  CHECK(number(table, 2, "edges") == 12);
  CHECK(number(table, 2, "a(pA)") == Approx(CosineSums::fit(sums).a));
  CHECK(number(table, 2, "p_b") == Approx(CosineSums::fit(sums).p_b));
}

TEST_CASE("weights that are no numbers are refused with their row") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb", 0, 0, 0}});
  test::write_edges(folder.path(), "", {{0, 0, 1}, {0, 0, std::numeric_limits<double>::infinity()}});
  CHECK_THROWS_WITH(make_preferred_direction({.networks = {folder.path()},
                                              .option = "plain",
                                              .output_directory = folder.path(),
                                              .source = DirectionSource::structure,
                                              .core = {}},
                                             {}),
                    Catch::Contains("row 1"));
}

TEST_CASE("two networks together are one with both networks' connections") {
  const TemporaryFolder folder;
  const auto one = folder.path() / "one", two = folder.path() / "two", both = folder.path() / "both";
  std::vector<test::TestCell> cells, all_cells;
  std::vector<test::TestEdge> edges[2], all_edges;
  for (std::uint64_t i = 0; i < 24; ++i) {
    const std::uint64_t side = i % 2;
    if (side == 0) cells.push_back({"e4Rorb", 0, 0, 7.5 * static_cast<double>(i)});
    all_cells.push_back(
        {"e4Rorb", 0, 0, side == 0 ? 7.5 * static_cast<double>(i) : 7.5 * static_cast<double>(i - 1)});
  }
  for (std::uint64_t i = 0; i < 12; ++i)
    for (std::uint64_t side = 0; side < 2; ++side) {
      const auto target = (5 * i + 3 * side) % 12;
      const auto weight = static_cast<double>(1 + (i * i + 7 * side) % 11);
      edges[side].push_back({i, target, weight});
      all_edges.push_back({2 * i + side, 2 * target + side, weight});
    }
  test::write_network(one, cells);
  test::write_edges(one, "", edges[0]);
  cells.push_back({"i4Sst", 0, 0, 0});  // a type that the other network lacks
  test::write_network(two, cells);
  test::write_edges(two, "", edges[1]);
  test::write_network(both, all_cells);
  test::write_edges(both, "", all_edges);
  const auto fits = [&](const NetworkPaths& networks) {
    return io::read_delimited_table(make_preferred_direction({.networks = networks,
                                                              .option = "plain",
                                                              .output_directory = folder.path() / "out",
                                                              .source = DirectionSource::structure,
                                                              .core = {}},
                                                             {})[0],
                                    ',', "test");
  };
  const auto pooled = fits({one, two}), single = fits({both});
  CHECK(pooled.path.filename() == "preferred_direction_fits_plain_2_networks.csv");
  REQUIRE(pooled.rows.size() == single.rows.size());
  CHECK(number(pooled, 0, "edges") == 24);
  for (const char* column : {"a(pA)", "b(pA)", "c(pA)", "p_a", "p_b"})
    CHECK(number(pooled, 0, column) == Approx(number(single, 0, column)).epsilon(1e-12));
}
