// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/connectivity/connection_fits.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using Catch::Contains;

namespace {

std::vector<PairDistances> read(const std::string& text) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "t.csv";
  std::ofstream(file) << text;
  return read_connections(file);
}

const std::string bins_header = "source,target,from_um,to_um,pairs,connected\n",
                  singles_header = "source,target,distance_um,synapses\n";

}  // namespace

TEST_CASE("bins by pair of types, in any order, with further columns") {
  const auto pairs = read(
      "target,source,note,from_um,to_um,pairs,connected\nL4_PV,L4_Exc,x,50,100,7,0\n"
      "L4 Exc,L4_Exc,x,0,50,5,1\nL4_PV,L4_Exc,y,0,50,9,2\n");
  REQUIRE(pairs.size() == 2);
  CHECK(pairs[0].source == "L4_Exc");
  CHECK(pairs[0].target == "L4_PV");
  REQUIRE(pairs[0].classes.size() == 2);
  CHECK(pairs[0].classes[1].to_um == 50);
  CHECK(pairs[0].classes[1].connected == 2);
  CHECK(pairs[1].target == "L4_Exc");
}

TEST_CASE("single pairs are classes of one distance, several synapses are one connection") {
  const auto pairs = read(singles_header + "L4_Exc,L4_Exc,30.5,0\nL4_Exc,L4_Exc,30.5,3\n");
  REQUIRE(pairs.size() == 1);
  REQUIRE(pairs[0].classes.size() == 2);
  CHECK(pairs[0].classes[0].from_um == 30.5);
  CHECK(pairs[0].classes[0].to_um == 30.5);
  CHECK(pairs[0].classes[0].connected == 0);
  CHECK(pairs[0].classes[1].connected == 1);
  CHECK(pairs[0].classes[1].pairs == 1);
}

TEST_CASE("single pairs and bins of them give the same peak") {
  PairDistances singles{"a", "b", {}}, binned{"a", "b", {}};
  for (int i = 0; i < 400; ++i) {
    const double r = 0.5 + i / 2;
    const bool connected = i % 7 == 0;
    singles.classes.push_back({r, r, 1, connected ? 1 : 0});
    if (i % 2 == 0) binned.classes.push_back({r - 0.5, r + 0.5, 0, 0});
    ++binned.classes.back().pairs;
    if (connected) ++binned.classes.back().connected;
  }
  const auto single = fit_pair(singles, 120), bin = fit_pair(binned, 120);
  CHECK(single.fit.p0 == Approx(bin.fit.p0).epsilon(1e-3));
  CHECK(single.fit.p0_high == Approx(bin.fit.p0_high).epsilon(1e-3));
  CHECK(single.classes == 400);
  CHECK(bin.classes == 200);
  const auto table = fit_table({single, bin});
  CHECK(table.rows() == 2);
  CHECK(table.columns.size() == 12);
}

TEST_CASE("tables that cannot be meant are refused with file and line") {
  const std::pair<std::string, const char*> cases[] = {
      {bins_header + "a,b,0,50,NaN,1\n", "t.csv:2"},
      {bins_header + "a,b,0,50,-1,0\n", "invalid pairs=-1"},
      {bins_header + "a,b,0,50,10,-2\n", "invalid connected=-2"},
      {bins_header + "a,b,0,50,10,2.5\n", "whole number"},
      {bins_header + "a,b,0,50,10,11\n", "there are 10 pairs"},
      {bins_header + "a,b,50,50,10,1\n", "must end behind"},
      {bins_header + "a,b,-1,50,10,1\n", "invalid from_um=-1"},
      {bins_header + "a,b,0,50,10,1\na,b,40,60,10,1\n", "overlap"},
      {bins_header + "a,b,50,100,10,1\na,b,0,60,10,1\n", "overlap"},
      {bins_header + "a,b,0,50,10,1\na,b,0,50,10,1\n", "overlap"},
      {"source,target,from_um,to_um,pairs,connected,relative_size\na,b,0,50,10,1,-1\n",
       "invalid relative_size=-1"},
      {bins_header, "no rows"},
      {singles_header + "a,b,nan,1\n", "t.csv:2"},
      {singles_header + "a,b,-3,1\n", "invalid distance_um=-3"},
      {singles_header + "a,b,3,1.5\n", "invalid synapses=1.5"},
      {singles_header + "a,b,3,x\n", "t.csv:2"},
      {"source,target,from_um,to_um,pairs\na,b,0,50,1\n", "neither bins nor single pairs"},
      {"source,target,from_um,to_um,pairs,connected,distance_um,synapses\na,b,0,50,1,0,3,0\n",
       "columns of bins and of single pairs"},
      {"target,from_um,to_um,pairs,connected\nb,0,50,1,0\n", "source"}};
  for (const auto& [text, message] : cases) {
    INFO(text);
    CHECK_THROWS_WITH(read(text), Contains(message));
    CHECK_THROWS_AS(read(text), core::FormatError);
  }
  CHECK(read(bins_header + "a,b,0,50,10,1\nb,a,40,60,10,1\n").size() == 2);  // another pair's bins
}
