// SPDX-License-Identifier: BSD-3-Clause
// The writer on one rank; on several in tests/mpi/edge_writer_test.cpp.
#include "builder/files/edge_writer.hpp"

#include <fmt/format.h>

#include "builder/files/edge_index.hpp"
#include "support/edge_rows.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::builder;

TEST_CASE("an edge file holds the rows it was given, and both indices find them") {
  const test::TemporaryFolder folder;
  for (const int deflate : {0, 1}) {
    CAPTURE(deflate);
    auto layout = test::edge_file(folder.path() / fmt::format("small_{}.h5", deflate), 23, 61);
    layout.deflate = deflate;
    const auto edges = test::random_file_edges(23, 61, 20);
    REQUIRE(edges.size() > 500);
    write_edges(layout, test::rows_of_targets(edges, 0, 61), {});
    test::check_edge_file(layout, edges);
  }
}

TEST_CASE("a large file, written past HDF5, holds the same") {
  const test::TemporaryFolder folder;
  const auto layout = test::edge_file(folder.path() / "large.h5", 997, 1501);
  const auto edges = test::random_file_edges(997, 1501, 200);
  REQUIRE(edges.size() > (1u << 17));
  std::uint64_t reported = 0;
  write_edges(layout, test::rows_of_targets(edges, 0, 1501), {},
              [&](std::uint64_t bytes) { reported += bytes; });
  test::check_edge_file(layout, edges);
  CHECK(reported == edges.size() * (2 + 2 + 2 + 4 + 4));  // ids, types, group index, weights

  std::uint64_t runs = 0;
  for (const auto source : test::rows_of_targets(edges, 0, 1501).source) runs += (source & run_start) != 0;
  const auto size = std::filesystem::file_size(io::incomplete_name(layout.path));
  const auto foreseen = edge_file_bytes(layout, edges.size(), runs, true);
  CHECK(static_cast<double>(foreseen) == Approx(static_cast<double>(size)).epsilon(0.01));
}

TEST_CASE("numbers take the smallest type that fits, and what is the same in all rows takes no place") {
  const test::TemporaryFolder folder;
  auto layout = test::edge_file(folder.path() / "narrow.h5", 200, 61);
  layout.synapse_count = SynapseCount::n_syns_;
  const auto edges = test::random_file_edges(200, 61, 20);
  REQUIRE(edges.size() > 0xff);
  REQUIRE(edges.size() < 0xffff);
  write_edges(layout, test::rows_of_targets(edges, 0, 61), {});
  const auto file = io::h5::File::open(io::incomplete_name(layout.path));
  const auto bytes = [&](const std::string& name) {
    return io::h5::dataset_info(file, "/edges/a_to_b/" + name).item_bytes;
  };
  CHECK(bytes("source_node_id") == 1);
  CHECK(bytes("target_node_id") == 1);
  CHECK(bytes("edge_type_id") == 2);
  CHECK(bytes("edge_group_index") == 2);
  CHECK(bytes("0/syn_weight") == 4);
  CHECK(bytes("indices/source_to_target/node_id_to_range") == 2);
  CHECK(bytes("indices/source_to_target/range_to_edge_id") == 2);
  CHECK(bytes("indices/target_to_source/node_id_to_range") == 1);
  CHECK(bytes("indices/target_to_source/range_to_edge_id") == 2);
  CHECK(io::h5::constant_of(file, "/edges/a_to_b/edge_group_id") == 0);
  CHECK(io::h5::constant_of(file, "/edges/a_to_b/0/n_syns_") == 1);
  CHECK_FALSE(io::h5::constant_of(file, "/edges/a_to_b/edge_group_index").has_value());
  CHECK(io::h5::read<std::uint32_t>(file, "/edges/a_to_b/0/n_syns_") ==
        std::vector<std::uint32_t>(edges.size(), 1));
}

TEST_CASE("the index by source can be left out") {
  const test::TemporaryFolder folder;
  const auto edges = test::random_file_edges(23, 61, 20);
  for (const bool with : {true, false}) {
    auto layout = test::edge_file(folder.path() / (with ? "with.h5" : "without.h5"), 23, 61);
    layout.source_index = with;
    write_edges(layout, test::rows_of_targets(edges, 0, 61), {});
    const auto file = io::h5::File::open(io::incomplete_name(layout.path));
    CHECK(io::h5::is_group(file, "/edges/a_to_b/indices/source_to_target") == with);
    CHECK(io::h5::is_group(file, "/edges/a_to_b/indices/target_to_source"));
    CHECK(io::EdgePopulation(file.path(), "a_to_b").read(0, edges.size()).source_id[5] == edges[5].source);
  }
}

TEST_CASE("a population without edges is a file without rows") {
  const test::TemporaryFolder folder;
  const auto layout = test::edge_file(folder.path() / "none.h5", 5, 7);
  auto rows = test::rows_of_targets({}, 0, 7);
  rows.target_weight.assign(7, 1.0f);
  write_edges(layout, rows, {});
  CHECK(io::EdgePopulation(io::incomplete_name(layout.path), "a_to_b").size() == 0);
}

TEST_CASE("weights by target, none at all, and counts of synapses") {
  const test::TemporaryFolder folder;
  const auto edges = test::random_file_edges(23, 61, 20);
  auto rows = test::rows_of_targets(edges, 0, 61);
  rows.weight.clear();

  auto layout = test::edge_file(folder.path() / "by_type.h5", 23, 61);
  layout.synapse_count = SynapseCount::n_syns_;
  layout.types.source_model = {};
  write_edges(layout, rows, {});
  const io::EdgePopulation by_type(io::incomplete_name(layout.path), "a_to_b");
  CHECK_FALSE(by_type.has_attribute("syn_weight"));
  CHECK(by_type.has_attribute("n_syns_"));
  CHECK(by_type.read(0, by_type.size()).type_id.back() == 100 + edges.back().target % 7);

  layout.path = folder.path() / "by_target.h5";
  layout.synapse_count = SynapseCount::nsyns;
  for (std::uint32_t target = 0; target < 61; ++target)
    rows.target_weight.push_back(static_cast<float>(target));
  write_edges(layout, rows, {});
  const io::EdgePopulation by_target(io::incomplete_name(layout.path), "a_to_b");
  const auto slab = by_target.read(0, by_target.size());
  for (std::size_t row = 0; row < edges.size(); ++row)
    CHECK(slab.syn_weight->values[row] == double(edges[row].target));
  REQUIRE(slab.nsyns.has_value());
  CHECK(slab.nsyns->values == std::vector<double>(edges.size(), 1.0));
}

TEST_CASE("rows beyond 32 bits are indexed where they are, and take numbers that hold them") {
  constexpr std::uint64_t first_row = 5'000'000'000;
  const auto edges = test::random_file_edges(23, 61, 20);
  const auto rows = test::rows_of_targets(edges, 0, 61);
  const core::Comm alone;
  const SourceIndex near(rows, 0, 23, alone), far(rows, first_row, 23, alone);
  std::vector<std::uint64_t> expected, got;
  near.for_each_piece<std::uint64_t>([&](std::uint64_t, std::span<const std::uint64_t> piece) {
    for (const auto row : piece) expected.push_back(first_row + row);
  });
  far.for_each_piece<std::uint64_t>([&](std::uint64_t, std::span<const std::uint64_t> piece) {
    got.insert(got.end(), piece.begin(), piece.end());
  });
  REQUIRE(got.size() > 500);
  CHECK(got == expected);

  const auto layout = test::edge_file("unused.h5", 23, 61);
  CHECK(edge_row_bytes(layout, std::uint64_t{1} << 33, true) == edge_row_bytes(layout, 1u << 20, true) + 4);
  CHECK(edge_file_bytes(layout, std::uint64_t{1} << 33, 10, true) > std::uint64_t{1} << 36);
}
