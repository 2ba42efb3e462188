// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/actuation.hpp"

#include <catch2/catch.hpp>
#include <numbers>

#include "core/errors/error.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::interventions;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

/// Two L4_Exc cells (type 100) and one L5_ET (101) in the core, one L5_ET outside.
Cells cells_in(const std::filesystem::path& base) {
  test::write_network(base, {{"e4Rorb"}, {"e4Rorb"}, {"e5ET"}, {"e5ET", 300}});
  return read_cells(base, {});
}

const TimeConstants taus{{100, {2, 5}}, {101, {4}}};

std::vector<SynapseSource> sources_in(const std::filesystem::path& base, std::vector<SynapseType> types) {
  return {{.kind = SynapseSource::Kind::v1,
           .edge_file = base / "network/v1_v1_edges.h5",
           .types = std::move(types)}};
}

}  // namespace

TEST_CASE("charge is weight times time constant times e for each core cell of the target type") {
  const TemporaryFolder folder;
  const auto cells = cells_in(folder.path());
  // To L4_Exc: 3 pA on port 0 from L4_Exc, -8 pA on port 1 from L5_ET. To L5_ET: 10 pA to the core cell, 70
  // pA to the one outside, which does not count.
  test::write_edges(folder.path(), "", {{0, 1, 3, 7}, {3, 0, -8, 8}, {1, 2, 10, 7}, {1, 3, 70, 7}});
  for (const std::uint64_t block_rows : {1u, 100u}) {
    const auto matrix =
        charges(cells, sources_in(folder.path(), {{7, 0, {}}, {8, 1, {}}}), taus, {}, block_rows);
    CHECK(matrix.sources == std::vector<std::string>{"L4_Exc", "L5_ET"});
    CHECK(matrix.targets == std::vector<std::string>{"L4_Exc", "L5_ET"});
    CHECK(matrix.at(0, 0) == Approx(3 * 0.002 * std::numbers::e / 2));
    CHECK(matrix.at(0, 1) == Approx(10 * 0.004 * std::numbers::e));
    CHECK(matrix.at(1, 0) == Approx(-8 * 0.005 * std::numbers::e / 2));
    CHECK(matrix.at(1, 1) == 0);
  }
}

TEST_CASE("edges without type, receptor or weight have no charge") {
  const TemporaryFolder folder;
  const auto cells = cells_in(folder.path());
  test::write_edges(folder.path(), "", {{0, 2, 3, 7}});
  const auto sources = [&](std::vector<SynapseType> types) {
    return sources_in(folder.path(), std::move(types));
  };
  CHECK_THROWS_AS(charges(cells, sources({{8, 0, {}}}), taus, {}), core::FormatError);
  CHECK_THROWS_AS(charges(cells, sources({{7, 1, {}}}), taus, {}), core::FormatError);
  CHECK_THROWS_AS(charges(cells, sources({{7, 0, {}}}), {{100, {2}}}, {}), core::FormatError);
  CHECK_NOTHROW(charges(cells, sources({{7, 0, {}}}), taus, {}));
}

TEST_CASE("currents are charges times recorded rates, that of L5_Exc for each of its types") {
  const ReferenceValues reference{
      .source = "test",
      .values = {{"L4_Exc", {{"average_rate", {1, 3}}}}, {"L5_Exc", {{"average_rate", {4, 6}}}}}};
  const ActuationMatrix charge{.sources = {"bkg", "lgn", "L4_Exc", "L5_ET"},
                               .targets = {"L4_Exc", "L5_ET"},
                               .values = {0.1, 0.2, 3, 0, 1, 2, -1, 4}};
  const auto current = currents(charge, reference);
  CHECK(current.at(0, 0) == Approx(25));
  CHECK(current.at(0, 1) == Approx(50));
  CHECK(current.at(1, 0) == Approx(3.84 + 2 * 6.13));
  CHECK(current.at(2, 1) == Approx(4));
  CHECK(current.at(3, 0) == Approx(-5));
  CHECK(current.at(3, 1) == Approx(20));
  const auto table =
      to_csv(actuation_table({{"bkg", "L4_Exc"}, {"L2/3_Exc", "L2/3_PV"}, {1, 2, 3, -4}}), ' ');
  CHECK(table == "source e2 i23P\nbkg 1.0 2.0\ne4 3.0 -4.0\n");
  CHECK_THROWS_AS(currents({{"L6_Exc"}, {"L4_Exc"}, {1}}, reference), core::FormatError);
}

TEST_CASE("modfiles know cell types by parts of their populations' names") {
  CHECK(population_substring("L1_Inh") == "i1H");
  CHECK(population_substring("L2/3_Exc") == "e2");
  CHECK(population_substring("L5_NP") == "e5NP");
  CHECK(population_substring("L6_SST") == "i6S");
  CHECK(population_substring("bkg") == "bkg");
}
