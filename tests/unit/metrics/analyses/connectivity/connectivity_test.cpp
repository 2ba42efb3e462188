// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/connectivity/connectivity.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "support/files.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::number;

namespace {

io::DelimitedTable table(const std::filesystem::path& file) {
  return io::read_delimited_table(file, ',', "test");
}

std::size_t row_of(const io::DelimitedTable& table, const std::string& a, const std::string& b,
                   std::size_t skip = 0) {
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    if (table.rows[row].cells[0] == a && table.rows[row].cells[1] == b && skip-- == 0) return row;
  throw std::runtime_error("no such row");
}

}  // namespace

TEST_CASE("bins, degrees and reciprocity of a small network by hand") {
  const test::TemporaryFolder folder;
  // Rows 0, 1, 2 excitatory at z 0, 10, 90; 3 inhibitory at z 40; 4 excitatory outside the core.
  test::write_network(folder.path(), {{"e4Rorb", 0, 0, 0},
                                      {"e4Rorb", 0, 10, 0},
                                      {"e4Rorb", 0, 90, 0},
                                      {"i4Sst", 0, 40, 0},
                                      {"e4Rorb", 0, 500, 0}});
  test::write_edges(
      folder.path(), "",
      {{0, 1, 1}, {1, 0, 1}, {0, 2, 1}, {3, 0, 1}, {3, 0, 1}, {0, 3, 1}, {3, 1, 1}, {4, 1, 1}, {0, 4, 1}});
  const auto files = make_connectivity({.base = folder.path(),
                                        .option = "plain",
                                        .output_directory = folder.path() / "m",
                                        .bins_um = {0, 25, 100},
                                        .core = {}},
                                       {});
  REQUIRE(files.size() == 4);
  CHECK(files[0].filename() == "connection_bins_plain.csv");
  const auto bins = table(files[0]), fits = table(files[1]), degrees = table(files[2]),
             both = table(files[3]);
  REQUIRE(bins.rows.size() == 8);
  const auto near = row_of(bins, "L4_Exc", "L4_Exc"), far = near + 1;
  CHECK(number(bins, near, "pairs") == 2);
  CHECK(number(bins, near, "connected") == 2);
  CHECK(number(bins, near, "probability") == 1);
  CHECK(number(bins, near, "low") == Approx(0.3423802));
  CHECK(number(bins, far, "pairs") == 4);
  CHECK(number(bins, far, "connected") == 1);
  const auto inhibition = row_of(bins, "L4_SST", "L4_Exc", 1);
  CHECK(number(bins, inhibition, "from_um") == 25);
  CHECK(number(bins, inhibition, "to_um") == 100);
  CHECK(number(bins, inhibition, "pairs") == 3);
  CHECK(number(bins, inhibition, "connected") == 2);
  CHECK(number(bins, inhibition, "mean_synapses") == 1.5);
  const auto none = row_of(bins, "L4_SST", "L4_SST");
  CHECK(bins.rows[none].cells[bins.column("probability")] == "NaN");

  // Partners may be anywhere: cell 1 has the sources 0 and 4, cell 0 the source 1, cell 2 the source 0.
  const auto excitation = row_of(degrees, "L4_Exc", "L4_Exc");
  CHECK(number(degrees, excitation, "core_targets") == 3);
  CHECK(number(degrees, excitation, "in_degree_mean") == Approx(4.0 / 3));
  CHECK(number(degrees, excitation, "in_degree_sd") == Approx(std::sqrt(2.0 / 9)));
  CHECK(number(degrees, excitation, "out_degree_mean") == Approx(4.0 / 3));  // 3, 1 and 0
  const auto onto = row_of(degrees, "L4_SST", "L4_Exc");
  CHECK(number(degrees, onto, "in_synapses_mean") == 1);
  CHECK(number(degrees, onto, "out_degree_mean") == 2);
  CHECK(number(degrees, onto, "out_synapses_mean") == 3);

  const auto own = row_of(both, "L4_Exc", "L4_Exc");
  CHECK(number(both, own, "pairs") == 3);
  CHECK(number(both, own, "one_way") == 1);
  CHECK(number(both, own, "both_ways") == 1);
  CHECK(number(both, own, "expected_both_ways") == Approx(1 + 2 * 0.25 * 0.25));
  const auto mixed = row_of(both, "L4_Exc", "L4_SST");
  CHECK(number(both, mixed, "pairs") == 3);
  CHECK(number(both, mixed, "one_way") == 1);
  CHECK(number(both, mixed, "both_ways") == 1);
  CHECK(number(both, mixed, "expected_both_ways") == Approx(3 * (1.0 / 3) * (2.0 / 3)));
  CHECK(number(both, mixed, "both_over_expected") == Approx(1.5));

  CHECK(fits.rows.size() == 4);
  CHECK(number(fits, row_of(fits, "L4_Exc", "L4_Exc"), "connected") == 3);
  CHECK(number(fits, row_of(fits, "L4_Exc", "L4_Exc"), "bins") == 3);  // 10, 80, 90 um
}

TEST_CASE("connections of an option are those of its edges, and the first bin may lie away from 0") {
  const test::TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb", 0, 0, 0}, {"e4Rorb", 0, 10, 0}, {"e4Rorb", 0, 60, 0}});
  test::write_edges(folder.path(), "_naive", {{0, 1, 1}, {1, 2, 1}});
  const auto files = make_connectivity({.base = folder.path(),
                                        .option = "naive",
                                        .output_directory = folder.path(),
                                        .bins_um = {50, 60},
                                        .core = {}},
                                       {});
  const auto bins = table(files[0]);
  CHECK(files[0].filename() == "connection_bins_naive.csv");
  REQUIRE(bins.rows.size() == 1);
  CHECK(number(bins, 0, "pairs") == 2);  // 50 um belongs to the bin, 60 um does not
  CHECK(number(bins, 0, "connected") == 1);
  CHECK(number(table(files[1]), 0, "pairs") == 2);
  CHECK(number(table(files[3]), 0, "pairs") == 1);
}
