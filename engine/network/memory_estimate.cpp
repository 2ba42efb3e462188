// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/memory_estimate.hpp"

#include <algorithm>
#include <iostream>

#include "core/errors/error.hpp"
#include "engine/machine/neurons.hpp"
#include "engine/machine/synapses.hpp"
#include "engine/network/connect.hpp"
#include "io/sonata/edges.hpp"

namespace striate::engine {
namespace {

constexpr std::uint64_t process_bytes = 60'000'000;  // program, MPI, HDF5
constexpr std::uint64_t shared_bytes = 35'000'000;  // of these, on all ranks of a node together
constexpr std::uint64_t bytes_per_edge_read = 130;  // in a slab of edges being read, resolved and sent
constexpr std::uint64_t bytes_per_row = 40;  // of a source: its place in a table, and while that is filled
constexpr std::uint64_t bytes_per_node = 24;  // type, model, owner, held by every rank; types while read
constexpr std::uint64_t bytes_per_made_node = 100;  // on top: coordinates, the grid of sources
constexpr std::uint64_t state_bytes = 10 * sizeof(double);
constexpr std::uint64_t usual_ports = 4;  // of the model's cells

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

/// Most bytes of tables and of edges on their way into one, on all ranks together: tables of edges between
/// neurons come first.
std::uint64_t largest_tables(const std::vector<EdgeCount>& edges) {
  std::uint64_t tables = 0, most = 0;
  for (const bool from_neurons : {true, false})
    for (const auto& population : edges) {
      if (population.from_neurons != from_neurons) continue;
      tables += population.rows * population.bytes_per_synapse;
      most = std::max(most, tables + population.rows * population.bytes_while_made);
    }
  return most;
}

/// What every rank needs, and its share of tables and neurons. `on_each`: on top, on each rank.
std::uint64_t bytes_per_rank(std::uint64_t nodes, std::uint64_t node_bytes, std::uint64_t table_bytes,
                             std::uint64_t neuron_bytes, std::uint64_t on_each, std::uint64_t ranks) {
  return process_bytes + on_each + nodes * (node_bytes + bytes_per_row) +
         (table_bytes + neuron_bytes) / ranks;
}

MemoryEstimate with_memory(std::vector<EdgeCount> edges, const Network& network, const core::Ranks& ranks,
                           std::uint64_t on_each, std::uint64_t node_bytes) {
  MemoryEstimate estimate;
  estimate.edges = std::move(edges);
  for (const auto& population : estimate.edges) estimate.synapses += population.rows;
  std::uint64_t nodes = 0;
  for (const auto& population : network.populations) nodes += population.size();
  const auto share = static_cast<std::uint64_t>(ranks.total);
  estimate.bytes_per_rank = bytes_per_rank(nodes, node_bytes, largest_tables(estimate.edges),
                                           neuron_bytes_of(network, share), on_each, share);
  estimate.ranks = ranks;
  return estimate;
}

/// Weights that are written as floats and that no number of synapses multiplies.
bool stays_float(const io::EdgePopulation& edges) {
  return edges.weight_is_float32() && !edges.has_attribute("nsyns");
}

/// Of a rank's slab of so many edges of a file.
std::uint64_t reading_bytes(std::uint64_t rows, bool chunked, const core::Ranks& ranks) {
  return bytes_per_edge_read *
         std::min(rows_per_read(chunked), rows / static_cast<std::uint64_t>(ranks.total) + 1);
}

}  // namespace

MemoryEstimate estimate_memory(const io::SonataConfig& config, const Network& network,
                               const core::Ranks& ranks) {
  std::vector<EdgeCount> edges;
  std::uint64_t slab = 0;
  for (const auto& entry : config.edges)
    for (const auto& name : io::EdgePopulation::names(entry.edges_file)) {
      const io::EdgePopulation population(entry.edges_file, name);
      slab = std::max(slab, reading_bytes(population.size(), population.is_chunked(), ranks));
      const auto source =
          std::ranges::find(network.populations, population.source_population(), &io::NodePopulation::name);
      edges.push_back(
          {.population = name,
           .rows = population.size(),
           .bytes_per_synapse = stays_float(population) ? sizeof(Synapse<float>) : sizeof(Synapse<double>),
           .bytes_while_made = 0,
           .from_neurons =
               source != network.populations.end() &&
               network.gids.has_neurons(static_cast<std::size_t>(source - network.populations.begin()))});
    }
  return with_memory(std::move(edges), network, ranks, slab, bytes_per_node);
}

MemoryEstimate estimate_memory(const MadeNetwork& made, const Network& network, const core::Ranks& ranks) {
  std::vector<EdgeCount> edges;
  for (const auto& population : made.edges)
    edges.push_back({.population = population.name,
                     .rows = population.expected_rows,
                     .bytes_per_synapse = sizeof(Synapse<float>),
                     .bytes_while_made = population.bytes_per_row,
                     .from_neurons = population.source_population == population.target_population});
  return with_memory(std::move(edges), network, ranks, 0, bytes_per_node + bytes_per_made_node);
}

MemoryEstimate estimate_memory(const NetworkSizes& sizes, const core::Ranks& ranks) {
  const auto neuron_bytes = sizes.neurons * (state_bytes + usual_ports * port_variables * sizeof(double));
  MemoryEstimate estimate;
  estimate.synapses = sizes.synapses;
  estimate.ranks = ranks;
  estimate.bytes_per_rank = bytes_per_rank(
      sizes.nodes, bytes_per_node, sizes.synapses * sizeof(Synapse<float>), neuron_bytes,
      reading_bytes(sizes.largest_edge_file, false, ranks), static_cast<std::uint64_t>(ranks.total));
  return estimate;
}

std::uint64_t bytes_on_node(const MemoryEstimate& estimate) {
  const auto ranks = static_cast<std::uint64_t>(estimate.ranks.on_node);
  return estimate.bytes_per_rank * ranks - shared_bytes * (ranks - 1);
}

void require_memory(const MemoryEstimate& estimate) {
  const auto available = core::available_memory_bytes();
  const auto needed = bytes_on_node(estimate);
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
                       network.populations[i].size(), network.gids.has_neurons(i) ? "neurons" : "virtual");
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
