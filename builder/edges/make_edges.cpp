// SPDX-License-Identifier: BSD-3-Clause
#include "builder/edges/make_edges.hpp"

#include <cmath>
#include <numbers>
#include <numeric>

#include "builder/edges/background_edges.hpp"
#include "builder/edges/connections.hpp"
#include "builder/edges/lgn_connections.hpp"
#include "builder/edges/recurrent_weights.hpp"
#include "core/errors/error.hpp"

namespace striate::builder {
namespace {

constexpr std::size_t targets_per_report = 256;

EdgeRows begin_rows(Targets targets, double expected_rows) {
  EdgeRows rows;
  rows.first_target = targets.empty() ? 0 : targets.front();
  rows.first_row.reserve(targets.size() + 1);
  // Memory that is reserved but not used costs nothing; growing a large vector would hold it twice.
  rows.source.reserve(static_cast<std::size_t>(1.25 * expected_rows) + 4096);
  return rows;
}

}  // namespace

Workplace make_workplace(const NetworkSpec& spec, V1Nodes nodes) {
  if (nodes.size() == 0)
    throw core::ConfigError("network '{}' has no cells (all counts are 0) raise the counts or the radius",
                            spec.name);
  if (nodes.size() >= run_start)
    throw core::ConfigError("too many cells ({}, fewer than {} are possible) lower the radius", nodes.size(),
                            run_start);
  Workplace work{.spec = spec, .nodes = std::move(nodes), .units = {}, .rule = {}, .grid = {}};
  work.units = make_lgn_nodes(spec.lgn, spec.seed);
  work.rule = make_connection_rule(spec);
  work.grid = make_source_grid(spec, work.nodes, work.rule);
  return work;
}

std::vector<std::uint32_t> targets_of(const core::Share& share) {
  std::vector<std::uint32_t> targets(share.count());
  std::iota(targets.begin(), targets.end(), static_cast<std::uint32_t>(share.first));
  return targets;
}

EdgeRows no_edges(Targets targets) {
  EdgeRows rows;
  rows.first_target = targets.empty() ? 0 : targets.front();
  rows.first_row.assign(targets.size() + 1, 0);
  return rows;
}

EdgeRows make_recurrent_edges(const NetworkSpec& spec, const V1Nodes& nodes, const ConnectionRule& rule,
                              const SourceGrid& grid, Targets targets, double expected_rows,
                              const EdgeProgress& progress) {
  EdgeRows rows = begin_rows(targets, expected_rows);
  rows.weight.reserve(rows.source.capacity());
  ConnectionSampler sampler(spec, nodes, rule, grid);
  const WeightRule weights(spec, nodes, rule);
  for (const auto target : targets) {
    const auto first = rows.source.size();
    sampler.sample(target, rows.source);
    weights.weigh(target, std::span(rows.source).subspan(first), rows.weight);
    for (auto row = first; row < rows.source.size(); ++row) rows.source[row] |= run_start;
    rows.end_target();
    if (rows.targets() % targets_per_report == 0) progress(rows.targets(), rows.rows());
  }
  return rows;
}

EdgeRows make_lgn_edges(const NetworkSpec& spec, const V1Nodes& nodes, const LgnNodes& units, Targets targets,
                        double expected_rows, const EdgeProgress& progress) {
  EdgeRows rows = begin_rows(targets, expected_rows);
  rows.target_weight.reserve(targets.size());
  LgnSampler sampler(spec, nodes, units);
  std::vector<LgnConnection> connections;
  for (const auto target : targets) {
    connections.clear();
    sampler.sample(target, connections);
    for (const auto& connection : connections) {
      rows.source.push_back(connection.unit | run_start);
      rows.source.insert(rows.source.end(), connection.synapses - 1, connection.unit);
    }
    rows.end_target();
    const auto& model = spec.models[nodes.model[target]];
    const double size = std::max(nodes.target_size[target], 1.0);  // of size 0: no synapses
    rows.target_weight.push_back(static_cast<float>(spec.lgn.psp_mV / model.unitary_psp_mV[spec.exc_class()] *
                                                    model.lgn_weight_factor * spec.lgn.size_normalisation /
                                                    size));
    if (rows.targets() % targets_per_report == 0) progress(rows.targets(), rows.rows());
  }
  return rows;
}

EdgeRows make_background_edges(const NetworkSpec& spec, Targets targets) {
  EdgeRows rows = begin_rows(
      targets, static_cast<double>(targets.size()) * static_cast<double>(spec.background.connections));
  for (const auto target : targets) {
    sample_background(spec.background, spec.seed, target, rows.source);
    rows.end_target();
  }
  for (auto& source : rows.source) source |= run_start;
  return rows;
}

std::vector<double> recurrent_cost(const NetworkSpec& spec, const V1Nodes& nodes,
                                   const ConnectionRule& rule) {
  // Expected number of sources of a target of mean size in an endless sheet; the border lowers all alike.
  std::vector<double> cells_of_kind(rule.kinds.size(), 0), expected(rule.kinds.size(), 0);
  for (const auto model : nodes.model)
    ++cells_of_kind[rule.kind_of_population[spec.models[model].population]];
  const double area = std::numbers::pi * spec.radius_um * spec.radius_um;
  for (std::size_t target = 0; target < rule.kinds.size(); ++target)
    for (std::size_t source = 0; source < rule.kinds.size(); ++source) {
      const double sigma =
          spec.recurrent
              .lateral_sigma_um[rule.kinds[source].excitatory ? 0 : 1][rule.kinds[target].excitatory ? 0 : 1];
      const double reached = std::min(1.0, 2 * std::numbers::pi * sigma * sigma / area);
      expected[target] += rule.pair(source, target).peak * cells_of_kind[source] * reached;
    }
  constexpr double bounds_per_target = 60;  // work of an empty target, in connections
  std::vector<double> cost(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto population = spec.models[nodes.model[i]].population;
    cost[i] = bounds_per_target + expected[rule.kind_of_population[population]] * nodes.target_size[i] /
                                      static_cast<double>(spec.populations[population].size_mean);
  }
  return cost;
}

std::vector<double> lgn_cost(const NetworkSpec& spec, const V1Nodes& nodes) {
  constexpr double overhead = 60;
  std::vector<double> cost(nodes.size());
  for (std::uint32_t i = 0; i < nodes.size(); ++i)
    cost[i] = overhead + LgnSampler::wanted_connections(spec, nodes, i);
  return cost;
}

}  // namespace striate::builder
