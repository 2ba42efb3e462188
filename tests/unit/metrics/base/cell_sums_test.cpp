// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/cell_sums.hpp"

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

/// Three cells in the core and one outside.
Cells cells_in(const std::filesystem::path& base) {
  test::write_network(base, {{"e4Rorb"}, {"e4Rorb"}, {"i4Pvalb"}, {"i4Pvalb", 300}});
  return read_cells(base, {});
}

/// The edges 0 -> 1, 0 -> 3, 2 -> 0, 3 -> 0 without weights, with synapse counts under `dataset` if any.
void write_counts(const std::filesystem::path& file_name, const std::string& dataset) {
  namespace h5 = io::h5;
  auto file = h5::File::create(file_name);
  const std::string root = "/edges/v1_to_v1/";
  h5::write<std::uint64_t>(file, root + "source_node_id", std::vector<std::uint64_t>{0, 0, 2, 3});
  h5::write<std::uint64_t>(file, root + "target_node_id", std::vector<std::uint64_t>{1, 3, 0, 0});
  h5::write<std::uint64_t>(file, root + "edge_type_id", std::vector<std::uint64_t>(4, 1));
  h5::write<std::uint64_t>(file, root + "edge_group_id", std::vector<std::uint64_t>(4, 0));
  h5::write<std::uint64_t>(file, root + "edge_group_index", std::vector<std::uint64_t>{3, 2, 1, 0});
  if (!dataset.empty())
    h5::write<std::int64_t>(file, root + "0/" + dataset, std::vector<std::int64_t>{4, 1, 5, 2});
  else
    h5::create_group(file, root + "0");
  file.close();
}

}  // namespace

TEST_CASE("sums of weights count targets anywhere and no sign") {
  const TemporaryFolder folder;
  const auto cells = cells_in(folder.path());
  test::write_edges(folder.path(), "", {{0, 1, 3}, {0, 3, 50}, {2, 0, -6}, {2, 1, -2}, {3, 0, -90}});
  const auto file = folder.path() / "network/v1_v1_edges.h5";
  for (const std::uint64_t block_rows : {1u, 2u, 100u}) {
    CHECK(cell_sums(file, cells, EdgeQuantity::outgoing_weight, {}, block_rows) ==
          std::vector<double>{53, 0, 8, 90});
    CHECK(cell_sums(file, cells, EdgeQuantity::incoming_weight, {}, block_rows) ==
          std::vector<double>{96, 5, 0, 50});
    CHECK(cell_sums(file, cells, EdgeQuantity::outgoing_synapses, {}, block_rows) ==
          std::vector<double>{2, 0, 2, 1});
  }
}

TEST_CASE("numbers of synapses are n_syns_, else nsyns, else one") {
  const TemporaryFolder folder;
  const auto cells = cells_in(folder.path());
  const auto file = folder.path() / "edges.h5";
  // The group holds the rows in reverse.
  for (const std::string dataset : {"n_syns_", "nsyns"}) {
    write_counts(file, dataset);
    CHECK(cell_sums(file, cells, EdgeQuantity::outgoing_synapses, {}) == std::vector<double>{7, 0, 1, 4});
  }
  CHECK_THROWS_AS(cell_sums(file, cells, EdgeQuantity::outgoing_weight, {}), core::FormatError);
  write_counts(file, "");
  CHECK(cell_sums(file, cells, EdgeQuantity::outgoing_synapses, {}) == std::vector<double>{2, 0, 1, 1});
}
