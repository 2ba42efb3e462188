// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/direction_resampling.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <numbers>
#include <set>

#include "core/errors/error.hpp"
#include "io/text/delimited_table.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

std::filesystem::path write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
  return file;
}

/// 40 L4_Exc cells, directions 9 degrees apart, each connected to an L5_ET and an L5_IT cell at 0 degrees
/// with 3 + 2 cos d - cos 2d and a little noise; and 12 connections to an SST cell.
void write_directed(const std::filesystem::path& base) {
  std::vector<test::TestCell> cells{{"e5ET", 0, 0, 0}, {"e5IT", 0, 0, 0}, {"i5Sst", 0, 0, 0}};
  std::vector<test::TestEdge> edges;
  for (std::uint64_t i = 3; i < 43; ++i) {
    const double degrees = 9 * static_cast<double>(i), d = degrees * std::numbers::pi / 180;
    cells.push_back({"e4Rorb", 0, 0, degrees});
    for (const std::uint64_t target : {0u, 1u})
      edges.push_back(
          {i, target, 3 + 2 * std::cos(d) - std::cos(2 * d) + 0.01 * static_cast<double>(i * i % 7)});
    if (i < 15) edges.push_back({i, 2, 1});
  }
  test::write_network(base, cells);
  test::write_edges(base, "", edges);
}

ResamplingRequest request_in(const std::filesystem::path& base) {
  return {.edges = {.networks = {base},
                    .option = "plain",
                    .output_directory = base / "metrics",
                    .source = DirectionSource::structure,
                    .core = {},
                    .block_rows = 7},
          .resamples = 20,
          .limit = {},
          .limits = {},
          .measured = {},
          .seed = 0};
}

}  // namespace

TEST_CASE("drawn numbers are different, below the total, and each as likely") {
  std::vector<int> times(20, 0);
  for (std::uint64_t stream = 0; stream < 2000; ++stream) {
    const auto drawn = draw_without_repetition(20, 5, 1, stream);
    CHECK(std::set<std::uint64_t>(drawn.begin(), drawn.end()).size() == 5);
    CHECK(std::ranges::is_sorted(drawn));
    for (const auto place : drawn) ++times.at(place);
  }
  for (const int count : times) CHECK(count == Approx(500).margin(100));  // five standard deviations
  CHECK(draw_without_repetition(3, 3, 1, 0) == std::vector<std::uint64_t>{0, 1, 2});
  CHECK(draw_without_repetition(3, 0, 1, 0).empty());
  CHECK(draw_without_repetition(1000, 5, 1, 0) != draw_without_repetition(1000, 5, 2, 0));
}

TEST_CASE("labels of layers are excitatory types") {
  CHECK(excitatory_label("L2/3") == "L2/3_Exc");
  CHECK(excitatory_label("L2/3 Exc") == "L2/3_Exc");
  CHECK(excitatory_label("L4_Exc") == "L4_Exc");
  CHECK(excitatory_label("E") == "E");
}

TEST_CASE("limits of pairs are read, an empty one is none") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "limits.csv";
  const auto limits =
      read_excitatory_limits(write(file, "source,target,connections\nL2/3,L5 Exc,12\nL4,L4,\nL4,L5,0\n"));
  CHECK(limits.size() == 2);
  CHECK(limits.at({"L2/3_Exc", "L5_Exc"}) == 12);
  CHECK(limits.at({"L4_Exc", "L5_Exc"}) == 0);
  for (const char* rows : {"L4,L4,-1\n", "L4,L4,1.5\n", "L4,L4,x\n", "L4,L4,1\nL4_Exc,L4,1\n"})
    CHECK_THROWS_AS(read_excitatory_limits(write(file, std::string("source,target,connections\n") + rows)),
                    core::FormatError);
  CHECK_THROWS_AS(read_excitatory_limits(write(file, "source,target\n")), core::FormatError);
}

TEST_CASE("measured pairs are fitted by pair and together") {
  const TemporaryFolder folder;
  auto request = request_in(folder.path());
  request.resamples = 0;
  std::string text = "source,target,delta_pref_direction,weight\n";
  for (int i = 0; i <= 12; ++i)
    text += fmt::format("L2/3,L4,{},{}\n", 15 * i, 4 + std::cos(15 * i * std::numbers::pi / 180));
  request.measured = write(folder.path() / "em.csv", text + "L4,L4,0,1\n");
  const auto files = make_direction_resampling(request, {});
  REQUIRE(files.size() == 1);
  const auto table = io::read_delimited_table(files[0], ',', "test");
  REQUIRE(table.rows.size() == 3);
  CHECK(table.rows[0].cells[0] == "E");
  CHECK(table.rows[0].cells[2] == "14");
  CHECK(table.rows[1].cells[0] == "L2/3_Exc");
  CHECK(table.number(table.rows[1], table.column("a_over_c")) == Approx(0.25));
  CHECK(table.rows[2].cells[table.column("a")] == "NaN");  // one point
  for (const char* row : {"L4,L4,-1,1\n", "L4,L4,180.5,1\n", "L4,L4,x,1\n", "L4,L4,1,NaN\n"}) {
    write(folder.path() / "em.csv", text + row);
    CHECK_THROWS_AS(make_direction_resampling(request, {}), core::FormatError);
  }
}

TEST_CASE("random connections of excitatory pairs are fitted, layer 5 pooled, in blocks alike") {
  const TemporaryFolder folder;
  write_directed(folder.path());
  auto request = request_in(folder.path());
  request.limits =
      write(folder.path() / "limits.csv", "source,target,connections\nL4,L5,25\nL5,L4,30\nL4,L4,9\n");
  const auto files = make_direction_resampling(request, {});
  REQUIRE(files.size() == 1);
  const auto table = io::read_delimited_table(files[0], ',', "test");
  REQUIRE(table.rows.size() == 40);  // L4 to L5, and all; none of the others exist
  std::set<std::string> different;
  for (std::size_t i = 0; i < 40; ++i) {
    const auto& row = table.rows[i];
    CHECK(row.cells[0] == (i < 20 ? "L4_Exc" : "E"));
    CHECK(row.cells[1] == (i < 20 ? "L5_Exc" : "E"));
    CHECK(row.cells[2] == std::to_string(i % 20));
    CHECK(row.cells[3] == (i < 20 ? "25" : "64"));
    CHECK(table.number(row, table.column("a")) == Approx(2).margin(0.03));
    CHECK(table.number(row, table.column("b_over_c")) == Approx(-1.0 / 3).margin(0.01));
    different.insert(row.cells[4]);
  }
  CHECK(different.size() > 35);
  request.edges.block_rows = edge_block_rows;
  const auto whole = io::read_delimited_table(make_direction_resampling(request, {})[0], ',', "test");
  for (std::size_t i = 0; i < 40; ++i)
    CHECK(whole.number(whole.rows[i], whole.column("a")) ==
          Approx(table.number(table.rows[i], table.column("a"))).epsilon(1e-12));
}

TEST_CASE("a limit for all pairs, at most all connections") {
  const TemporaryFolder folder;
  write_directed(folder.path());
  auto request = request_in(folder.path());
  request.limit = 1000;
  request.resamples = 2;
  const auto all = io::read_delimited_table(make_direction_resampling(request, {})[0], ',', "test");
  REQUIRE(all.rows.size() == 4);
  CHECK(all.rows[0].cells[3] == "80");
  CHECK(all.rows[1].cells[4] == all.rows[0].cells[4]);  // the same ones
  request.limit = 9;
  CHECK(io::read_delimited_table(make_direction_resampling(request, {})[0], ',', "test").rows.empty());
  request.limit = 10;
  CHECK(io::read_delimited_table(make_direction_resampling(request, {})[0], ',', "test").rows.size() == 4);
  request.resamples = 10000;
  request.limit = 10000;
  CHECK_THROWS_AS(make_direction_resampling(request, {}), core::UsageError);
}

TEST_CASE("draws are from the connections of all networks") {
  const TemporaryFolder folder;
  const auto one = folder.path() / "one", two = folder.path() / "two";
  write_directed(one);
  write_directed(two);
  auto request = request_in(one);
  request.edges.networks = {one, two};
  request.resamples = 3;
  request.limit = 1000;
  const auto file = make_direction_resampling(request, {})[0];
  CHECK(file.filename() == "preferred_direction_mc_plain_2_networks.csv");
  const auto all = io::read_delimited_table(file, ',', "test");
  REQUIRE(all.rows.size() == 6);
  CHECK(all.rows[0].cells[3] == "160");  // twice those of one
  request.limit = 100;  // more than one network has
  const auto some = io::read_delimited_table(make_direction_resampling(request, {})[0], ',', "test");
  CHECK(some.rows[0].cells[3] == "100");
  CHECK(some.number(some.rows[0], some.column("a")) == Approx(2).margin(0.03));
}
