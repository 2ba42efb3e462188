// SPDX-License-Identifier: BSD-3-Clause
#include "builder/files/edge_writer.hpp"

#include "support/edge_rows.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;

TEST_CASE("ranks write their parts of an edge file as one rank writes all") {
  const core::Comm world(MPI_COMM_WORLD);
  const test::TemporaryFolder own;
  const std::filesystem::path folder = world.broadcast(own.path().string());
  for (const auto& [name, most, deflate] :
       {std::tuple("small", 20u, 0), {"compressed", 20u, 1}, {"large", 200u, 0}}) {
    auto layout = test::edge_file(folder / name, 997, 1501);
    layout.deflate = deflate;
    const auto edges = test::random_file_edges(997, 1501, most);
    const auto mine = core::contiguous_share(1501, world.rank(), world.size());
    builder::write_edges(layout, test::rows_of_targets(edges, mine.first, mine.end), world);
    world.barrier();
    if (world.is_root()) test::check_edge_file(layout, edges);
    world.barrier();
  }
}
