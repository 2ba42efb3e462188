// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/lost_cell.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "engine/network/usable_models.hpp"
#include "support/engine_run.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

/// One second of cells under one clamp each; what the run says of the cell it loses.
std::string loss(const MadeNetwork& made, const std::vector<double>& amplitudes) {
  const auto network = make_network(made);
  Trial trial;
  trial.spec.grid = test::quarter;
  trial.spec.steps = 4000;
  for (const double amplitude : amplitudes)
    trial.spec.clamps.push_back({.name = "c",
                                 .node_set = {{"population", "cells"}, {"node_id", {13}}},
                                 .changes = {{.step = 40, .amplitude_pA = amplitude}},
                                 .where = "test"});
  const core::Comm comm;
  auto loaded = load_network({}, &made, trial.spec, network, {}, Ports::merged, comm);
  try {
    test::run_trial(loaded, trial, network, comm);
  } catch (const LostState& lost) {
    const auto named = name_lost_cell(lost, network, loaded.partition, test::quarter);
    CHECK(named.code == core::ExitCode::bad_data);
    return named.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a run that loses a cell says node, population, model, step, time and variable") {
  const auto made = test::made_network({});
  const auto text = loss(made, {1.5e308, 1.5e308});
  CHECK_THAT(text, Catch::Contains("I of node 13 of population 'cells'"));
  CHECK_THAT(text, Catch::Contains("cell model b.json"));  // 1 + 13 * 7 % 3 is type 2
  CHECK_THAT(text, Catch::Contains("by step 48, 12 ms"));
  CHECK(loss(made, {1.5e308}).empty());  // a number, however large
}

TEST_CASE("weights that add up beyond any number are named by receptor") {
  std::vector<test::MadeEdge> edges;  // of cell 13, which the clamp drives, onto cell 8
  for (int i = 0; i < 10; ++i) edges.push_back({.source = 13, .target = 8, .type = 1, .weight = 1e308});
  const auto text = loss(test::made_network(edges), {2000.0});
  CHECK_THAT(text, Catch::Contains("I_syn (receptor "));
  CHECK_THAT(text, Catch::Contains("of node 8 of population 'cells'"));
}

TEST_CASE("all unusable models of a network are told at once") {
  auto made = test::made_network();
  made.cell_models.at("a.json")["tau_syn_fast"] = {1e-5, 1.7};
  made.cell_models.at("c.json")["asc_amps"] = {1e308, 0.0};
  const auto network = make_network(made);
  CHECK_THROWS_AS(require_usable_models(network, test::quarter), core::ConfigError);
  core::Problems problems;
  require_usable_models(network, test::quarter, &problems);
  REQUIRE(problems.errors.size() == 2);
  core::Problems none;
  require_usable_models(make_network(test::made_network()), test::quarter, &none);
  CHECK(none.errors.empty());
}
