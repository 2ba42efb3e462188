// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/weights/outgoing_weights.hpp"

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"
#include "io/text/delimited_table.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

/// Cells: three L4_Exc (0, 1, 2), L4_PV, L4_SST, and a L4_PV outside of the core.
void write_sources(const std::filesystem::path& base) {
  test::write_network(base, {{"e4Rorb", 0, 0},
                             {"e4Rorb", 0, 0},
                             {"e4other", 0, 0},
                             {"i4Pvalb", 0, 0},
                             {"i4Sst", 0, 0},
                             {"i4Pvalb", 300, 0}});
}

const std::vector<test::TestEdge> edges{{0, 1, 3}, {0, 3, 1},  {0, 5, 50}, {1, 3, 2},  {1, 4, 5},
                                        {2, 2, 4}, {3, 0, -6}, {3, 4, -2}, {5, 0, -90}};

struct Row {
  std::string connections, weight, fraction;
};

Row row_of(const io::DelimitedTable& table, const std::string& cohort, const std::string& level,
           const std::string& target) {
  for (const auto& row : table.rows)
    if (row.cells[1] == cohort && row.cells[2] == level && row.cells[4] == target)
      return {row.cells[5], row.cells[6], row.cells[7]};
  return {};
}

}  // namespace

TEST_CASE("fractions of a cohort's weight are those of its connections to core cells") {
  const TemporaryFolder folder;
  write_sources(folder.path());
  test::write_edges(folder.path(), "_naive", edges);
  OutgoingRequest request{.networks = {folder.path()},
                          .option = "naive",
                          .cohort_option = "naive",
                          .output_directory = folder.path() / "metrics",
                          .core = {},
                          .block_rows = 3};
  const auto files = make_outgoing_weights(request, {});
  const auto cells = io::read_delimited_table(files[0], ',', "test"),
             full = io::read_delimited_table(files[1], ',', "test"),
             summary = io::read_delimited_table(files[2], ',', "test");
  REQUIRE(cells.rows.size() == 6);
  CHECK(cells.rows[0].cells == std::vector<std::string>{"0", "L4_Exc", "1", "54.0", "high", "none"});
  CHECK(cells.rows[3].cells == std::vector<std::string>{"3", "L4_PV", "1", "8.0", "mid", "mid"});
  CHECK(cells.rows[5].cells == std::vector<std::string>{"5", "L4_PV", "0", "90.0", "none", "none"});

  // Cell 0 alone is high: 3 pA to L4_Exc, 1 pA to L4_PV; the 50 pA leave the core.
  const auto high = row_of(full, "exc", "high", "L4_Exc");
  CHECK(high.connections == "1");
  CHECK(high.weight == "3.0");
  CHECK(high.fraction == "0.75");
  CHECK(row_of(full, "exc", "high", "L4_SST").fraction == "0.0");
  CHECK(row_of(full, "exc", "low", "L4_Exc").weight == "4.0");
  // PV and SST share the layer: two inhibitory cells, both mid, only the first with connections.
  CHECK(row_of(full, "inh", "mid", "L4_Exc").weight == "6.0");
  CHECK(row_of(full, "pv", "mid", "L4_SST").fraction == "0.25");
  CHECK(row_of(full, "sst", "mid", "L4_SST").fraction == "NaN");
  CHECK(row_of(full, "vip", "mid", "L4_SST").connections.empty());
  CHECK(row_of(summary, "exc", "mid", "PV").weight == "2.0");
  CHECK(row_of(summary, "pv", "mid", "Exc").fraction == "0.75");

  // The reference's layout: a row per cohort, columns per group of targets.
  const auto wide = io::read_delimited_table(files[3], ',', "test"),
             fractions = io::read_delimited_table(files[4], ',', "test");
  const auto cell = [](const io::DelimitedTable& table, const std::string& group, const std::string& column) {
    for (const auto& row : table.rows)
      for (std::size_t k = 0; k < table.columns.size(); ++k)
        if (row.cells[0] == group && table.columns[k] == column) return row.cells[k];
    return std::string("absent");
  };
  CHECK(wide.columns.size() == 6 + 2 * 16);
  CHECK(fractions.columns.size() == 2 + 16 + 2);
  CHECK(cell(wide, "exc_high_core", "total_weight") == "4.0");
  CHECK(cell(wide, "exc_high_core", "n_connections") == "2");
  CHECK(cell(wide, "exc_high_core", "inh_pv_weight") == "1.0");
  CHECK(cell(wide, "exc_high_core", "exc_low_weight") == "0.0");
  CHECK(cell(wide, "exc_low_core", "exc_low_weight") == "4.0");  // cell 2 onto itself
  CHECK(cell(wide, "inh_mid_core", "exc_high_fraction") == "0.75");
  CHECK(cell(wide, "sst_mid_core", "total_weight") == "absent");  // no connections, no row
  CHECK(cell(fractions, "exc_mid_core", "inh_total") == "1.0");
  CHECK(cell(fractions, "exc_high_core", "exc_total") == "0.75");
  CHECK(cell(fractions, "exc_high_core", "inh_htr3a") == "0.0");

  // Ranked by other weights, cell 1 is high.
  test::write_edges(folder.path(), "", {{1, 0, 9}, {2, 0, 8}});
  request.cohort_option = "plain";
  const auto other = io::read_delimited_table(make_outgoing_weights(request, {})[1], ',', "test");
  CHECK(row_of(other, "exc", "high", "L4_PV").weight == "2.0");
  CHECK(row_of(other, "exc", "low", "L4_PV").weight == "1.0");
  request.option = "absent";
  CHECK_THROWS_AS(make_outgoing_weights(request, {}), core::MissingFileError);
}
