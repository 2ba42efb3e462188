// SPDX-License-Identifier: BSD-3-Clause
// Tables against the edges they were made of; from files and on several ranks in tests/mpi/engine_test.cpp.
#include "engine/network/connect.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <tuple>

#include "core/errors/error.hpp"
#include "support/made_network.hpp"

using namespace striate;
using namespace striate::engine;
using test::MadeEdge;

namespace {

/// (source, delay in steps, cell, weight)
using Entry = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, double>;

std::vector<Entry> entries(const SynapseTable& table) {
  std::vector<Entry> result;
  std::visit(
      [&](const auto& synapses) {
        for (std::size_t row = 0; row < table.rows(); ++row) {
          std::uint64_t at = table.row_begin[row];
          for (std::size_t segment = 0; segment < table.delays.size(); ++segment)
            for (; at < table.row_begin[row] + table.segment_end[row * table.delays.size() + segment]; ++at)
              result.emplace_back(table.source[row], table.delays[segment], synapses[at].cell,
                                  double{synapses[at].weight});
          CHECK(at == table.row_begin[row + 1]);
        }
      },
      table.synapses);
  return result;
}

struct Loaded {
  Delays delays;
  SynapseTable table;
  std::vector<Entry> expected;
};

Loaded load(const std::vector<MadeEdge>& recurrent, const std::vector<MadeEdge>& external,
            std::optional<std::size_t> virtual_population) {
  const auto made = test::made_network(recurrent, external);
  const auto network = make_network(made);
  const core::Comm comm;
  const auto local = partition_neurons(network, test::quarter, 0, 1, Ports::merged);
  const auto inputs = make_input_tiles(local.neurons, 4, 16);
  SimulationSpec spec;
  spec.grid = test::quarter;
  const auto sources = open_edges(made, spec, network, local.partition, comm);
  TableLoader loader({virtual_population}, sources, network, local.partition, comm);
  Loaded result;
  result.delays = loader.count();
  result.table = loader.fill(inputs, local.neurons);
  for (const auto& edge : virtual_population ? external : recurrent) {
    const auto lid = local.partition.lid({edge.target});
    const auto port = local.neurons.model_at(lid).port_of_receptor[edge.type % 2];
    result.expected.emplace_back(edge.source, 4 + edge.type, inputs.cell(port, lid), edge.weight);
  }
  std::ranges::sort(result.expected);
  return result;
}

std::vector<MadeEdge> in_floats(std::vector<MadeEdge> edges) {
  for (auto& edge : edges) edge.weight = static_cast<float>(edge.weight);
  return edges;
}

}  // namespace

TEST_CASE(
    "every edge becomes a synapse with its delay, place and weight, rows by source, delay, place, weight") {
  const auto recurrent = test::random_edges(test::made_cells, 3000, 0);
  const auto external = test::random_edges(test::made_inputs, 500, 1);
  for (const auto population : {std::optional<std::size_t>(), std::optional<std::size_t>(1)}) {
    const auto loaded = load(recurrent, external, population);
    CHECK(loaded.delays == Delays{4, 5, 6, 7, 8, 9});
    CHECK(entries(loaded.table) == loaded.expected);
    CHECK(loaded.table.bytes_per_synapse() == 12);
  }
}

TEST_CASE("the order in which edges come leaves no trace in the table") {
  const auto recurrent = test::random_edges(test::made_cells, 3000, 0);
  auto other = recurrent;
  std::ranges::reverse(other);
  CHECK(entries(load(other, {}, {}).table) == entries(load(recurrent, {}, {}).table));
}

TEST_CASE(
    "weights that are all floats take four bytes, one that is not, wherever it comes, takes all to eight") {
  auto edges = in_floats(test::random_edges(test::made_cells, 3000, 0));
  CHECK(load(edges, {}, {}).table.bytes_per_synapse() == 8);
  for (const std::size_t at : {std::size_t{0}, edges.size() - 1}) {
    auto one = edges;
    one[at].weight = 0.1;
    const auto loaded = load(one, {}, {});
    CHECK(loaded.table.bytes_per_synapse() == 12);
    CHECK(entries(loaded.table) == loaded.expected);
  }
}

TEST_CASE("delays are those that occur") {
  auto edges = test::random_edges(test::made_cells, 100, 0);
  for (auto& edge : edges) edge.type = edge.type < 3 ? 1 : 4;
  CHECK(load(edges, {}, {}).delays == Delays{5, 8});
  CHECK(load({}, edges, {}).delays.empty());
  CHECK(load({}, {}, {}).table.size() == 0);
}

TEST_CASE("edges to a receptor that the cell lacks are refused, naming its model") {
  auto made = test::made_network();
  auto& model = made.cell_models.at("b.json");
  model["tau_syn_fast"] = {1.7};
  model["tau_syn_slow"] = {4.4};
  model["amp_slow"] = {0.6};
  const auto network = make_network(made);
  const core::Comm comm;
  const auto local = partition_neurons(network, test::quarter, 0, 1);
  SimulationSpec spec;
  spec.grid = test::quarter;
  const auto sources = open_edges(made, spec, network, local.partition, comm);
  TableLoader loader({}, sources, network, local.partition, comm);
  CHECK_THROWS_WITH(loader.count(), Catch::Contains("receptor_type 2") && Catch::Contains("b.json"));
}

TEST_CASE("edges that end on virtual nodes are refused") {
  auto made = test::made_network();
  made.edges.back().target_population = "in";
  const auto network = make_network(made);
  const core::Comm comm;
  const auto local = partition_neurons(network, test::quarter, 0, 1);
  SimulationSpec spec;
  spec.grid = test::quarter;
  made.edges.back().make = [](std::span<const std::uint32_t>) { return test::rows_of({{0, 0, 0, 1.0}}); };
  const auto sources = open_edges(made, spec, network, local.partition, comm);
  TableLoader loader(SourceSpace{1}, sources, network, local.partition, comm);
  CHECK_THROWS_AS(loader.count(), core::FormatError);
}
