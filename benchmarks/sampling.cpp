// SPDX-License-Identifier: BSD-3-Clause
// Making edges. Question: what does one edge cost, and how many candidates does the recurrent sampler look at
// for it? An all-pairs builder evaluates one exponential per pair: 40 million for `profile`.
#include <benchmark/benchmark.h>

#include "builder/edges/connections.hpp"
#include "builder/edges/lgn_connections.hpp"
#include "builder/edges/recurrent_weights.hpp"
#include "builder/spec/read_spec.hpp"

using namespace striate::builder;

namespace {

struct Network {
  NetworkSpec spec;
  V1Nodes nodes;
  LgnNodes units;
  ConnectionRule rule;
  SourceGrid grid;
};

const Network& network() {
  static const Network made = [] {
    Network n{read_network_spec("small"), {}, {}, {}, {}};
    n.nodes = make_v1_nodes(n.spec);
    n.units = make_lgn_nodes(n.spec.lgn, n.spec.seed);
    n.rule = make_connection_rule(n.spec);
    n.grid = make_source_grid(n.spec, n.nodes, n.rule);
    return n;
  }();
  return made;
}

void recurrent_connections(benchmark::State& state) {
  const auto& n = network();
  ConnectionSampler sampler(n.spec, n.nodes, n.rule, n.grid);
  SourceColumn sources;
  std::uint32_t target = 0;
  std::size_t edges = 0;
  for (auto _ : state) {
    sources.clear();
    sampler.sample(target, sources);
    edges += sources.size();
    target = (target + 61) % static_cast<std::uint32_t>(n.nodes.size());
  }
  state.counters["edges/s"] = benchmark::Counter(static_cast<double>(edges), benchmark::Counter::kIsRate);
  state.counters["candidates/edge"] = static_cast<double>(sampler.candidates()) / static_cast<double>(edges);
}
BENCHMARK(recurrent_connections);

void recurrent_weights(benchmark::State& state) {
  const auto& n = network();
  ConnectionSampler sampler(n.spec, n.nodes, n.rule, n.grid);
  const WeightRule rule(n.spec, n.nodes, n.rule);
  SourceColumn sources;
  sampler.sample(5000, sources);
  WeightColumn weights;
  for (auto _ : state) {
    weights.clear();
    rule.weigh(5000, sources, weights);
    benchmark::DoNotOptimize(weights.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(sources.size()));
}
BENCHMARK(recurrent_weights);

void lgn_connections(benchmark::State& state) {
  const auto& n = network();
  LgnSampler sampler(n.spec, n.nodes, n.units);
  std::vector<LgnConnection> connections;
  std::uint32_t target = 0;
  std::size_t rows = 0;
  for (auto _ : state) {
    connections.clear();
    sampler.sample(target, connections);
    for (const auto& connection : connections) rows += connection.synapses;
    target = (target + 61) % static_cast<std::uint32_t>(n.nodes.size());
  }
  state.counters["rows/s"] = benchmark::Counter(static_cast<double>(rows), benchmark::Counter::kIsRate);
}
BENCHMARK(lgn_connections);

}  // namespace
