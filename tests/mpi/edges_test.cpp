// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/edges.hpp"

#include <catch2/catch.hpp>
#include <numeric>

#include "support/temporary_folder.hpp"

using namespace striate;
using core::Comm;

TEST_CASE("ranks read their slabs of edges, with and without MPI-IO, as one rank reads all") {
  const Comm world(MPI_COMM_WORLD);
  const test::TemporaryFolder own;
  const std::filesystem::path path = std::filesystem::path(world.broadcast(own.path().string())) / "edges.h5";
  constexpr std::uint64_t rows = 1003;
  if (world.is_root()) {
    auto file = io::h5::File::create(path);
    std::vector<std::uint64_t> ids(rows), group(rows), index(rows);
    std::iota(ids.begin(), ids.end(), 0);
    std::vector<double> even, odd;
    for (std::uint64_t i = 0; i < rows; ++i) {
      group[i] = i % 2;
      index[i] = i / 2;
      (i % 2 == 0 ? even : odd).push_back(static_cast<double>(i));
    }
    const io::h5::Storage chunks{.deflate = 1, .chunk_rows = 64};
    for (const char* name : {"source_node_id", "target_node_id", "edge_type_id"})
      io::h5::write<std::uint64_t>(file, std::string("/edges/a_to_b/") + name, ids, chunks);
    io::h5::write<std::uint64_t>(file, "/edges/a_to_b/edge_group_id", group, chunks);
    io::h5::write<std::uint64_t>(file, "/edges/a_to_b/edge_group_index", index, chunks);
    io::h5::write<double>(file, "/edges/a_to_b/0/syn_weight", even, chunks);
    io::h5::write<double>(file, "/edges/a_to_b/1/syn_weight", odd, chunks);
    file.close();
  }
  world.barrier();
  const auto share = core::contiguous_share(rows, world.rank(), world.size());
  std::vector<double> expected(share.count());
  std::iota(expected.begin(), expected.end(), static_cast<double>(share.first));
  {
    const io::EdgePopulation edges(path, "a_to_b", world);
    REQUIRE(edges.size() == rows);
    const auto slab = edges.read(share.first, share.count());
    CHECK(slab.syn_weight->values == expected);
    CHECK(slab.source_id == std::vector<std::uint64_t>(expected.begin(), expected.end()));
    // Reads are independent: a rank may read more often than another.
    if (world.is_root()) CHECK(edges.read(0, 1).target_id == std::vector<std::uint64_t>{0});
  }
  CHECK(io::EdgePopulation(path, "a_to_b").read(share.first, share.count()).syn_weight->values == expected);
  world.barrier();
}
