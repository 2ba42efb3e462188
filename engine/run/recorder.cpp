// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/recorder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors/error.hpp"
#include "engine/network/node_targets.hpp"

namespace striate::engine {
namespace {

struct Selected {
  std::vector<io::ReportPopulation> populations;
  std::vector<std::vector<core::Lid>> lids;
  std::vector<std::vector<std::uint64_t>> node_ids;  ///< of the lids
};

Selected select(const ReportSpec& spec, const Network& network, const io::NodeSets& node_sets,
                const Partition& partition) {
  Selected selected;
  for (auto& [population_index, nodes, means] : recorded_neurons(spec, network, node_sets)) {
    const auto& population = network.populations[population_index];
    io::ReportPopulation part{.name = population.name, .node_ids = {}, .columns = {}};
    std::vector<core::Lid> lids;
    std::vector<std::uint64_t> node_ids;
    std::size_t groups = 0;
    for (std::uint32_t column = 0; column < nodes.size(); ++column) {
      const auto id = population.node_id[nodes[column]];
      if (means.names.empty() || means.group[column] == groups) {
        part.node_ids.push_back(id);
        ++groups;
      }
      const core::Gid gid{network.gids.of(population_index, nodes[column])};
      if (!partition.owns(gid)) continue;
      part.columns.push_back(column);
      lids.push_back(partition.lid(gid));
      node_ids.push_back(id);
    }
    part.means = std::move(means);
    selected.node_ids.push_back(std::move(node_ids));
    selected.populations.push_back(std::move(part));
    selected.lids.push_back(std::move(lids));
  }
  return selected;
}

io::ReportLayout make_layout(const ReportSpec& spec, std::vector<io::ReportPopulation> populations,
                             const core::TimeGrid& grid) {
  io::ReportLayout layout{.file = spec.file,
                          .populations = std::move(populations),
                          .variables = {},
                          .precision = spec.precision,
                          .attributes = spec.attributes};
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

double largest_value(io::ReportPrecision precision) {
  return precision == io::ReportPrecision::float32 ? std::numeric_limits<float>::max()
                                                   : std::numeric_limits<double>::max();
}

}  // namespace

Recorder::Recorder(const ReportSpec& spec, const Network& network, const io::NodeSets& node_sets,
                   const Partition& partition, const core::TimeGrid& grid, const core::Comm& comm,
                   const RecorderStart& start)
    : spec_(spec), writer_([&] {
        auto selected = select(spec, network, node_sets, partition);
        lids_ = std::move(selected.lids);
        node_ids_ = std::move(selected.node_ids);
        auto layout = make_layout(spec, std::move(selected.populations), grid);
        layout.can_be_continued = start.can_be_continued;
        return start.from ? io::ReportWriter(std::move(layout), *start.from, comm)
                          : io::ReportWriter(std::move(layout), comm);
      }()) {}

std::uint64_t Recorder::samples_by(core::Step now) const {
  const core::Step end = std::min(now, spec_.last);
  return end < spec_.first ? 0 : static_cast<std::uint64_t>((end - spec_.first) / spec_.interval + 1);
}

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
  const double largest = largest_value(spec_.precision);
  std::vector<std::vector<std::vector<double>>> values(lids_.size());
  for (std::size_t population = 0; population < lids_.size(); ++population)
    for (const auto variable : spec_.variables) {
      auto& column = values[population].emplace_back();
      // Sums of values fit as well.
      const auto& part = writer_.layout().populations[population];
      const double most = part.means.names.empty() ? largest : largest / static_cast<double>(part.cells());
      column.reserve(lids_[population].size());
      for (const core::Lid lid : lids_[population]) {
        const double value = read_variable(shard.neurons, lid, variable);
        if (!(std::abs(value) <= most)) fail_too_large(population, column.size(), variable, value);
        column.push_back(value);
      }
    }
  writer_.append(values);
}

void Recorder::fail_too_large(std::size_t population, std::size_t cell, ReportVariable variable,
                              double value) const {
  const auto& part = writer_.layout().populations[population];
  throw core::FormatError(
      "{}={} of node {} of population '{}' does not fit {} (numbers of the report are {}) look at the cell's "
      "parameters, weights and currents",
      name_of(variable), value, node_ids_[population][cell], part.name, spec_.file,
      spec_.precision == io::ReportPrecision::float32 ? "float32" : "float64");
}

bool needs_currents(const std::vector<ReportSpec>& reports) {
  return std::ranges::any_of(reports, [](const auto& report) {
    return std::ranges::any_of(report.variables, [](auto v) {
      return v == ReportVariable::I_syn || v == ReportVariable::ASCurrents_sum;
    });
  });
}

}  // namespace striate::engine
