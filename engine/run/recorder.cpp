// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/recorder.hpp"

#include <algorithm>
#include <limits>

#include "core/error.hpp"

namespace striate::engine {
namespace {

struct Selected {
  std::vector<io::ReportPopulation> populations;
  std::vector<std::vector<core::Lid>> lids;
};

[[noreturn]] void fail_without_cells(const ReportSpec& spec) {
  throw core::ConfigError("{}/cells selects no neuron (the report would be empty)", spec.where);
}

Selected select(const ReportSpec& spec, const Network& network, const io::NodeSets& node_sets,
                const Partition& partition) {
  Selected selected;
  for (const auto& selection : node_sets.resolve(spec.cells, network.populations, spec.where + "/cells")) {
    const auto& population = network.populations[selection.population];
    std::vector<std::uint32_t> nodes;
    for (const auto node : selection.nodes)
      if (network.gid_of_node[selection.population][node] != no_neuron) nodes.push_back(node);
    if (nodes.empty()) continue;
    std::ranges::sort(nodes, {}, [&](auto node) { return population.node_id[node]; });
    io::ReportPopulation part{.name = population.name, .node_ids = {}, .columns = {}};
    std::vector<core::Lid> lids;
    for (std::uint32_t column = 0; column < nodes.size(); ++column) {
      part.node_ids.push_back(population.node_id[nodes[column]]);
      const core::Gid gid{network.gid_of_node[selection.population][nodes[column]]};
      if (!partition.owns(gid)) continue;
      part.columns.push_back(column);
      lids.push_back(partition.lid(gid));
    }
    selected.populations.push_back(std::move(part));
    selected.lids.push_back(std::move(lids));
  }
  if (selected.populations.empty()) fail_without_cells(spec);
  return selected;
}

io::ReportLayout make_layout(const ReportSpec& spec, std::vector<io::ReportPopulation> populations,
                             const core::TimeGrid& grid) {
  io::ReportLayout layout{
      .file = spec.file, .populations = std::move(populations), .variables = {}, .precision = spec.precision};
  for (const auto variable : spec.variables)
    layout.variables.push_back({.name = name_of(variable), .units = units_of(variable)});
  layout.first_ms = grid.time_ms(spec.first);
  layout.interval_ms = grid.time_ms(spec.interval);
  layout.samples =
      spec.last < spec.first ? 0 : static_cast<std::uint64_t>((spec.last - spec.first) / spec.interval + 1);
  return layout;
}

double read_variable(const Neurons& neurons, core::Lid lid, ReportVariable variable) {
  switch (variable) {
    case ReportVariable::V_m:
      return neurons.membrane_potential(lid);
    case ReportVariable::threshold:
      return neurons.threshold(lid);
    case ReportVariable::I:
      return neurons.i_ext[lid.value];
    case ReportVariable::I_syn:
      return neurons.i_syn[lid.value];
    case ReportVariable::ASCurrents_sum:
      return neurons.asc_sum[lid.value];
  }
  return 0;
}

}  // namespace

Recorder::Recorder(const ReportSpec& spec, const Network& network, const io::NodeSets& node_sets,
                   const Partition& partition, const core::TimeGrid& grid, const core::Comm& comm)
    : spec_(spec), writer_([&] {
        auto selected = select(spec, network, node_sets, partition);
        lids_ = std::move(selected.lids);
        return io::ReportWriter(make_layout(spec, std::move(selected.populations), grid), comm);
      }()) {}

core::Step Recorder::next_after(core::Step now) const {
  const core::Step next = now < spec_.first
                              ? spec_.first
                              : spec_.first + ((now - spec_.first) / spec_.interval + 1) * spec_.interval;
  return next <= spec_.last ? next : std::numeric_limits<core::Step>::max();
}

void Recorder::sample(const Shard& shard) {
  const bool due =
      shard.now >= spec_.first && shard.now <= spec_.last && (shard.now - spec_.first) % spec_.interval == 0;
  if (!due) return;
  std::vector<std::vector<std::vector<double>>> values(lids_.size());
  for (std::size_t population = 0; population < lids_.size(); ++population)
    for (const auto variable : spec_.variables) {
      auto& column = values[population].emplace_back();
      column.reserve(lids_[population].size());
      for (const core::Lid lid : lids_[population])
        column.push_back(read_variable(shard.neurons, lid, variable));
    }
  writer_.append(values);
}

void require_cells(const ReportSpec& spec, const Network& network, const io::NodeSets& node_sets) {
  for (const auto& selection : node_sets.resolve(spec.cells, network.populations, spec.where + "/cells"))
    for (const auto node : selection.nodes)
      if (network.gid_of_node[selection.population][node] != no_neuron) return;
  fail_without_cells(spec);
}

bool needs_currents(const std::vector<ReportSpec>& reports) {
  return std::ranges::any_of(reports, [](const auto& report) {
    return std::ranges::any_of(report.variables, [](auto v) {
      return v == ReportVariable::I_syn || v == ReportVariable::ASCurrents_sum;
    });
  });
}

}  // namespace striate::engine
