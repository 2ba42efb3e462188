// SPDX-License-Identifier: BSD-3-Clause
// What a built network says of each edge besides the recurrent weights: weights from the LGN and the
// background, delays, synapse models, numbers of synapses; from its files, against the model's tables.
#include <catch2/catch.hpp>
#include <set>
#include <tuple>

#include "support/built_network.hpp"
#include "support/unitary_psp_law.hpp"

using namespace striate;

namespace {

/// The query `name=='value'` of a type table.
std::string query(const std::string& name, const std::string& value) {
  return name + "=='" + value + "'";
}

std::string target_query(const test::BuiltCell& target) {
  return query("node_type_id", std::to_string(target.model));
}

}  // namespace

TEST_CASE("each edge of a built network has the type of its cells, with delay and synapse") {
  const auto network = test::build_network("tiny", {});
  const auto latency = test::by_key(test::model_table("synaptic_latency.csv"), {"source_synapse_class"});
  test::UnitaryPsp unitary;
  const auto check = [&](const test::BuiltEdges& edges, const std::string& source_class_or_empty) {
    REQUIRE_FALSE(edges.source.empty());
    std::set<std::tuple<const test::PopulationRow*, std::uint64_t, std::uint64_t>> seen;
    for (std::size_t i = 0; i < edges.source.size(); ++i) {
      const auto& target = network->cells[edges.target[i]];
      const bool recurrent = source_class_or_empty.empty();
      const auto* source = recurrent ? &network->cells[edges.source[i]] : nullptr;
      if (!seen.insert({recurrent ? source->population : nullptr, target.model, edges.type[i]}).second)
        continue;
      const auto& type = edges.types.at(std::to_string(edges.type[i]));
      const auto& from = recurrent ? source->population->synapse_class : source_class_or_empty;
      const auto& to = target.population->synapse_class;
      CHECK(type.at("target_query") == target_query(target));
      CHECK(type.at("dynamics_params") == from + "_to_" + to + ".json");
      CHECK(type.at("source_query") == (recurrent ? query("pop_name", source->population->name) : "*"));
      if (!recurrent) continue;
      CHECK(std::stod(type.at("delay")) == std::stod(latency.at(from).at(to)));
      const double sign = source->population->excitatory ? 1 : -1;
      CHECK(std::stod(type.at("PSP_correction")) ==
            Approx(sign * unitary.of(target.model, from, to)).epsilon(1e-8));
    }
    return seen.size();
  };
  CHECK(check(network->recurrent, "") > 2'000);
  CHECK(check(network->lgn, "exc") > 190);  // small cells have none
  CHECK(check(network->background, "exc") == 201);
  for (const auto& [id, type] : network->lgn.types) CHECK(std::stod(type.at("delay")) == 1.7);
  for (const auto& [id, type] : network->background.types) CHECK(std::stod(type.at("delay")) == 1.0);
}

TEST_CASE("weights of LGN synapses scale with the target's size") {
  const auto network = test::build_network("tiny", {});
  const auto factors = test::by_key(test::model_table("lgn_weight_factors.csv"), {"model_id"});
  test::UnitaryPsp unitary;
  const double size_of_e4 = 2188.765 * std::exp(0.345 * 0.345 / 2);
  double worst = 0;
  std::size_t wider_than_float = 0, reduced = 0;
  for (std::size_t i = 0; i < network->lgn.weight.size(); ++i) {
    const auto& target = network->cells[network->lgn.target[i]];
    const auto factor = factors.find(std::to_string(target.model));
    reduced += factor != factors.end();
    const double expected =
        0.345 / unitary.of(target.model, "exc", target.population->synapse_class) *
        (factor == factors.end() ? 1.0 : std::stod(factor->second.at("lgn_weight_factor"))) * size_of_e4 /
        target.size;
    const double weight = network->lgn.weight[i];
    worst = std::max(worst, std::abs(weight / expected - 1));
    wider_than_float += static_cast<double>(static_cast<float>(weight)) != weight;
  }
  CHECK(network->lgn.weight.size() > 300'000);
  CHECK(worst < 2e-7);
  CHECK(reduced > 1'000);
  CHECK(wider_than_float == 0);
}

TEST_CASE("each cell has four background units of its own draw, all equally likely, of tuned weight") {
  const auto network = test::build_network("tiny", {});
  const auto& edges = network->background;
  const auto weights = test::by_key(test::model_table("background_weights.csv"), {"model_id"});
  std::vector<double> uses(100, 0);
  REQUIRE(edges.source.size() == 4 * network->cells.size());
  for (std::size_t i = 0; i < edges.source.size(); ++i) {
    const auto& target = network->cells.at(edges.target[i]);
    REQUIRE(edges.target[i] == i / 4);
    if (i % 4 != 0) REQUIRE(edges.source[i] > edges.source[i - 1]);  // distinct
    ++uses.at(edges.source[i]);
    const auto& type = edges.types.at(std::to_string(edges.type[i]));
    if (i % 4 == 0)
      REQUIRE(std::stod(type.at("syn_weight")) ==
              std::stod(weights.at(std::to_string(target.model)).at("syn_weight_pA")));
  }
  // Chi squared of 99 degrees of freedom, mean 99, sd 14 (a little less: units of one cell are distinct).
  const double expected = static_cast<double>(edges.source.size()) / 100;
  double chi2 = 0;
  for (const double n : uses) chi2 += (n - expected) * (n - expected) / expected;
  CHECK(chi2 > 50);
  CHECK(chi2 < 155);
}

TEST_CASE("an edge is one synapse in the files of a built network") {
  const auto network = test::build_network("tiny", {});
  const auto folder = network->folder.path() / "tiny/network";
  const auto recurrent = io::h5::File::open(folder / "v1_v1_edges.h5");
  const auto ones = io::h5::read<std::int64_t>(recurrent, "/edges/v1_to_v1/0/n_syns_");
  CHECK(ones == std::vector<std::int64_t>(network->recurrent.source.size(), 1));
  const auto background = io::h5::File::open(folder / "bkg_v1_edges.h5");
  const auto nsyns = io::h5::read<std::int64_t>(background, "/edges/bkg_to_v1/0/nsyns");
  CHECK(nsyns == std::vector<std::int64_t>(network->background.source.size(), 1));
  const auto lgn = io::h5::File::open(folder / "lgn_v1_edges.h5");
  CHECK(io::h5::children(lgn, "/edges/lgn_to_v1/0") == std::vector<std::string>{"syn_weight"});
}
