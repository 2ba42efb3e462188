// SPDX-License-Identifier: BSD-3-Clause
#include "core/network_paths.hpp"

#include <catch2/catch.hpp>

#include "metrics/options/metric_options.hpp"

using namespace striate;

TEST_CASE("files of a network have the names of the reference") {
  const core::NetworkPaths paths{"core"};
  CHECK(paths.nodes(core::v1_population) == "core/network/v1_nodes.h5");
  CHECK(paths.node_types(core::lgn_population) == "core/network/lgn_node_types.csv");
  CHECK(paths.edges(core::background_population) == "core/network/bkg_v1_edges.h5");
  CHECK(paths.edges(core::v1_population, "bio_trained") == "core/network/v1_v1_edges_bio_trained.h5");
  CHECK(paths.edge_types(core::lgn_population) == "core/network/lgn_v1_edge_types.csv");
  CHECK(core::edges_onto_v1(core::background_population) == "bkg_to_v1");
}

TEST_CASE("patterns of what tables read follow the names of a network's files") {
  const core::NetworkPaths paths;
  CHECK(paths.nodes(core::v1_population) == metrics::nodes_file);
  CHECK(paths.node_types(core::v1_population) == metrics::node_types_file);
  const std::string edges = paths.edges(core::v1_population).string();
  CHECK(edges.substr(0, edges.size() - core::data_ending.size()) + "{appendix}.h5" == metrics::edges_file);
}
