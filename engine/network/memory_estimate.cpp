// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/memory_estimate.hpp"

#include <iostream>

#include "core/errors/error.hpp"
#include "engine/machine/neurons.hpp"
#include "io/sonata/edges.hpp"

namespace striate::engine {
namespace {

constexpr std::uint64_t process_bytes = 60'000'000;  // program, MPI, HDF5
constexpr std::uint64_t slab_bytes = 130'000'000;  // one slab of edges being read, resolved and sent
constexpr std::uint64_t bytes_per_synapse = 12;  // float64 weights; 8 when all are floats
constexpr std::uint64_t bytes_per_made_edge = 8;  // source and weight, until the edge is in its table
constexpr std::uint64_t bytes_per_row = 12;  // row index of a source
constexpr std::uint64_t bytes_per_node = 40;  // ids, types, gid maps, held by every rank
constexpr std::uint64_t state_bytes = 10 * sizeof(double);

/// Of all ranks. A cell model fills whole blocks on each rank that has some of its cells.
std::uint64_t neuron_bytes_of(const Network& network, std::uint64_t ranks) {
  std::vector<std::uint64_t> cells(network.models.size(), 0);
  for (const auto model : network.model_of_gid) ++cells[model];
  std::uint64_t bytes = 0;
  for (std::size_t model = 0; model < cells.size(); ++model) {
    const auto ports = network.models[model].parameters.tau_syn_fast.size();
    const auto blocks = std::max(std::min(cells[model], ranks), (cells[model] + lanes - 1) / lanes);
    bytes += blocks * lanes * (state_bytes + ports * port_variables * sizeof(double));
  }
  return bytes;
}

/// What every rank needs beside its share of tables, and with it. `making`: while edges become tables, on
/// top.
MemoryEstimate with_memory(std::vector<EdgeCount> edges, const Network& network, const core::Ranks& ranks,
                           std::uint64_t making) {
  MemoryEstimate estimate;
  estimate.edges = std::move(edges);
  for (const auto& population : estimate.edges) estimate.synapses += population.rows;
  std::uint64_t nodes = 0;
  for (const auto& population : network.populations) nodes += population.size();
  const auto share = static_cast<std::uint64_t>(ranks.total);
  const std::uint64_t neuron_bytes = neuron_bytes_of(network, share);
  estimate.bytes_per_rank = process_bytes + making + nodes * (bytes_per_node + bytes_per_row) +
                            (estimate.synapses * bytes_per_synapse + neuron_bytes) / share;
  estimate.ranks = ranks;
  return estimate;
}

std::uint64_t largest(const std::vector<EdgeCount>& edges) {
  std::uint64_t rows = 0;
  for (const auto& population : edges) rows = std::max(rows, population.rows);
  return rows;
}

}  // namespace

MemoryEstimate estimate_memory(const io::SonataConfig& config, const Network& network,
                               const core::Ranks& ranks) {
  std::vector<EdgeCount> edges;
  for (const auto& entry : config.edges)
    for (const auto& name : io::EdgePopulation::names(entry.edges_file))
      edges.push_back({.population = name, .rows = io::EdgePopulation(entry.edges_file, name).size()});
  const auto slab = std::min(slab_bytes, largest(edges) * 130);
  return with_memory(std::move(edges), network, ranks, slab);
}

MemoryEstimate estimate_memory(const MadeNetwork& made, const Network& network, const core::Ranks& ranks) {
  std::vector<EdgeCount> edges;
  for (const auto& population : made.edges)
    edges.push_back({.population = population.name, .rows = population.expected_rows});
  const auto rows = largest(edges) * bytes_per_made_edge / static_cast<std::uint64_t>(ranks.total);
  return with_memory(std::move(edges), network, ranks, rows);
}

void require_memory(const MemoryEstimate& estimate) {
  const auto available = core::available_memory_bytes();
  const auto needed = estimate.bytes_per_rank * static_cast<std::uint64_t>(estimate.ranks.on_node);
  if (needed > available)
    throw core::SystemError(
        "not enough memory ({} ranks on this node need about {}, {} are available) use more nodes",
        estimate.ranks.on_node, core::human_bytes(needed), core::human_bytes(available));
}

void print_plan(const io::SonataConfig& config, const SimulationSpec& spec, const Network& network,
                const MemoryEstimate& estimate) {
  auto& out = std::cout;
  out << fmt::format("config      {}\n", config.file);
  for (std::size_t i = 0; i < network.populations.size(); ++i)
    out << fmt::format("nodes       {:<12}{:>12}  {}\n", network.populations[i].name,
                       network.populations[i].size(), network.has_neurons(i) ? "neurons" : "virtual");
  for (const auto& edges : estimate.edges)
    out << fmt::format("edges       {:<12}{:>12}\n", edges.population, edges.rows);
  for (const auto& input : spec.spike_inputs)
    out << fmt::format("input       {}: {}\n", input.name, input.file);
  for (const auto& clamp : spec.clamps)
    out << fmt::format("input       {}: {} current changes\n", clamp.name, clamp.changes.size());
  for (const auto& report : spec.reports)
    out << fmt::format("report      {}: {}\n", report.name, report.file);
  out << fmt::format("run         {} ms in {} steps of {} ms\n", spec.grid.time_ms(spec.steps), spec.steps,
                     spec.grid.dt_ms);
  out << fmt::format("output      {}\n", spec.output.directory);
  out << fmt::format("memory      about {} on each of {} {}\n", core::human_bytes(estimate.bytes_per_rank),
                     estimate.ranks.total, estimate.ranks.total == 1 ? "rank" : "ranks");
}

}  // namespace striate::engine
