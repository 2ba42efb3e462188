// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/network_copies.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
namespace fs = std::filesystem;

TEST_CASE("copies of a network's files are read where they are, and only if they are copies") {
  const test::TemporaryFolder folder;
  const auto network = folder.path() / "network", copies = folder.path() / "copies";
  fs::create_directories(network);
  fs::create_directories(copies);
  for (const char* name : {"nodes.h5", "types.csv", "edges.h5"}) std::ofstream(network / name) << name;
  const auto config = [&] {
    io::SonataConfig loaded;
    loaded.nodes = {{.nodes_file = network / "nodes.h5", .node_types_file = network / "types.csv"}};
    loaded.edges = {{.edges_file = network / "edges.h5", .edge_types_file = {}}};
    engine::read_copies(loaded, copies, {});
    return loaded;
  };
  CHECK(config().edges[0].edges_file == network / "edges.h5");
  const auto copy = copies / "edges.h5";
  fs::copy(network / "edges.h5", copy);
  fs::last_write_time(copy, fs::last_write_time(network / "edges.h5"));
  CHECK(config().edges[0].edges_file == copy);
  CHECK(config().nodes[0].nodes_file == network / "nodes.h5");
  CHECK(config().nodes[0].node_types_file == network / "types.csv");
  fs::last_write_time(copy, fs::last_write_time(copy) - std::chrono::seconds(2));
  CHECK_THROWS_AS(config(), core::ConfigError);
  fs::last_write_time(copy, fs::last_write_time(network / "edges.h5"));
  fs::resize_file(copy, 3);
  fs::last_write_time(copy, fs::last_write_time(network / "edges.h5"));
  CHECK_THROWS_AS(config(), core::ConfigError);
}
