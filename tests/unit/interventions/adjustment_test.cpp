// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/adjustment.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "engine/network/edges/weight_rules.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::interventions;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

TEST_CASE("the factor balances excitation and inhibition") {
  // 2 a^2 - 3 a - 2 = 0 has the roots 2 and -1/2.
  CHECK(adjustment_factor(3, 2, -2).value() == 2);
  // The needed current is negative: 2 a^2 + 3 a - 2 = 0 has the roots 1/2 and -2.
  CHECK(adjustment_factor(-3, 2, -2).value() == 0.5);
  CHECK(adjustment_factor(6, 2, 0).value() == 3);
  CHECK(adjustment_factor(-4, 0, -2).value() == 0.5);
  CHECK_FALSE(adjustment_factor(-6, 2, 0));
  CHECK_FALSE(adjustment_factor(4, 0, -2));
  CHECK_FALSE(adjustment_factor(0, 0, 0));
  CHECK_FALSE(adjustment_factor(1, 2, 2));  // no real root
}

TEST_CASE("inhibition from layer 1 is not counted, and the LGN fires as during gratings") {
  const ActuationMatrix currents{.sources = {"bkg", "lgn", "L1_Inh", "L4_Exc", "L4_PV"},
                                 .targets = {"L4_Exc"},
                                 .values = {10, mean_lgn_rate_hz, -100, 2, -2}};
  const auto made = adjustments(currents, {{"L4_Exc", 10 + 6.13 + 3}});
  REQUIRE(made.size() == 1);
  CHECK(made[0].lgn == Approx(6.13));
  CHECK(made[0].needed == Approx(3));
  CHECK(made[0].excitation == 2);
  CHECK(made[0].inhibition == -2);
  CHECK(made[0].factor == Approx(2));
  CHECK_THROWS_AS(adjustments(currents, {{"L5_ET", 1}}), core::FormatError);
  CHECK_THROWS_AS(adjustments({{"bkg"}, {"L4_Exc"}, {1}}, {{"L4_Exc", 1}}), core::FormatError);
}

TEST_CASE("the modfile is one that simulations read") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "modulation.csv";
  std::ofstream(file) << to_csv(
      modulation_table({{.type = "L4_Exc", .factor = 1.25}, {.type = "L2/3_PV", .factor = 0.5}}), ' ');
  const auto rows = engine::read_modfile(file);
  REQUIRE(rows.size() == 4);
  CHECK(rows[1].source_property == "pop_name");
  CHECK(rows[1].source_substring == "i");
  CHECK(rows[1].target_property == "pop_name");
  CHECK(rows[1].target_substring == "e4");
  CHECK(rows[1].operation == '/');
  CHECK(rows[1].value == 1.25);
  CHECK(rows[2].source_substring == "e");
  CHECK(rows[2].target_substring == "i23P");
  CHECK(rows[2].operation == '*');
}

TEST_CASE("populations get the factor of their type") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb"}, {"e4other"}, {"i23Pvalb"}, {"e6Ntsr1"}});
  const auto cells = read_cells(folder.path(), {});
  CHECK(population_factors(cells, {{.type = "L2/3_PV", .factor = 2}, {.type = "L4_Exc", .factor = 3}}) ==
        std::vector<double>{3, 3, 2, 1});
  const TemporaryFolder other;
  test::write_network(other.path(), {{"pv"}});  // a modfile's "e" and "i" find neither
  CHECK_THROWS_AS(population_factors(read_cells(other.path(), {}), {}), core::FormatError);
  const TemporaryFolder ambiguous;
  test::write_network(ambiguous.path(), {{"e4Rorb"}, {"e4Rorb_e2"}});
  CHECK_THROWS_AS(population_factors(read_cells(ambiguous.path(), {}),
                                     {{.type = "L2/3_Exc", .factor = 2}, {.type = "L4_Exc", .factor = 3}}),
                  core::FormatError);
}

TEST_CASE("adjusted edges are scaled by the sign of their weight") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb"}, {"i4Pvalb"}});
  const auto cells = read_cells(folder.path(), {});
  test::write_edges(folder.path(), "", {{0, 0, 3}, {1, 0, -3}, {0, 1, 0}, {1, 1, -4}, {0, 1, 6}});
  const auto source = folder.path() / "network/v1_v1_edges.h5",
             made = folder.path() / "network/v1_v1_edges_adjusted.h5";
  for (const std::uint64_t block_rows : {2u, 100u}) {
    write_adjusted_edges(source, made, cells, {2, 0.5}, block_rows);
    CHECK(io::EdgePopulation(made, "v1_to_v1").read(0, 5).syn_weight->values ==
          std::vector<double>{6, -1.5, 0, -8, 3});
  }
  CHECK(io::EdgePopulation(source, "v1_to_v1").read(0, 5).syn_weight->values ==
        std::vector<double>{3, -3, 0, -4, 6});
  CHECK_FALSE(std::filesystem::exists(made.string() + ".incomplete"));
}
