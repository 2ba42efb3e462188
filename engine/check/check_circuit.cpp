// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <memory>

#include "engine/check/check_simulation.hpp"
#include "engine/network/weight_rules.hpp"
#include "io/check/check_files.hpp"
#include "io/sonata/edges.hpp"

namespace striate::engine {
namespace {

using core::Problems;
namespace fs = std::filesystem;

constexpr double usual_dt_ms = 0.25;  // delays of a network without a config are tried with it
constexpr std::size_t most_bad_slabs = 3;

/// "v1_v1_edges_bio_trained.h5": made from another file by training, so it may come later.
bool is_trained_variant(const fs::path& edges_file) {
  const std::string stem = edges_file.stem().string();
  const auto cut = stem.rfind("_edges_");
  return cut != std::string::npos && cut != 0;
}

std::optional<io::TypeTable> read_types(const fs::path& file, const char* id_column, Problems& problems) {
  std::optional<io::TypeTable> table;
  core::attempt(&problems, [&] { table = io::TypeTable::read(file, id_column, &problems); });
  return table;
}

bool check_nodes(const io::SonataConfig& config, Problems& problems) {
  const std::size_t before = problems.errors.size();
  for (const auto& entry : config.nodes) {
    std::optional<io::TypeTable> types;
    if (entry.node_types_file) types = read_types(*entry.node_types_file, "node_type_id", problems);
    io::check_nodes_file(entry.nodes_file, types, problems);
  }
  return problems.errors.size() == before;
}

struct EdgeCheck {
  const io::EdgePopulation& edges;
  const Network& network;
  std::size_t target_population;
  Problems& problems;
};

/// The receptor of every edge exists in its target's cell model, and the target is a neuron.
void check_receptors(const EdgeCheck& check, std::span<const ResolvedEdge> edges, std::uint64_t first,
                     core::RowProblems& bad) {
  const auto& gids = check.network.gid_of_node[check.target_population];
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto gid = gids[edges[i].target];
    if (gid == no_neuron) {
      bad.add("edge in row {} of {}:/edges/{} ends on a virtual node (virtual nodes have no input)",
              first + i, check.edges.file(), check.edges.name());
      continue;
    }
    const auto& model = check.network.models[check.network.model_of_gid[gid]];
    const auto receptors = model.parameters.tau_syn_fast.size();
    if (edges[i].port >= receptors)
      bad.add(
          "receptor_type {} in row {} of {}:/edges/{} does not exist (the cell model {} has {} receptors)",
          edges[i].port + 1, first + i, check.edges.file(), check.edges.name(), model.label, receptors);
  }
}

/// Weights, delays and receptors as the simulator will see them.
void resolve_all(const EdgeCheck& check, const EdgeResolver& resolver) {
  core::RowProblems bad(check.problems, check.edges.file().string());
  std::size_t bad_slabs = 0;
  const auto rows = check.edges.size();
  for (std::uint64_t first = 0; first < rows && bad_slabs < most_bad_slabs; first += io::check_slab_rows)
    if (!core::attempt(&check.problems, [&] {
          const auto slab = check.edges.read(first, std::min(io::check_slab_rows, rows - first));
          check_receptors(check, resolver.resolve(slab), first, bad);
        }))
      ++bad_slabs;
}

void check_meaning(const io::EdgePopulation& edges, const io::TypeTable& table,
                   const std::vector<EdgeType>& types, const Network& network, const SimulationSpec* spec,
                   Problems& problems) {
  core::attempt(&problems, [&] {
    const std::string where = fmt::format("{}:/edges/{}", edges.file(), edges.name());
    const auto source = network.population(edges.source_population(), where);
    const auto target = network.population(edges.target_population(), where);
    std::vector<ModfileRow> modfile;
    if (spec != nullptr && spec->modfile) modfile = read_modfile(*spec->modfile);
    const core::TimeGrid grid = spec == nullptr ? core::make_time_grid(usual_dt_ms, "check") : spec->grid;
    EdgeResolver resolver(edges, table, types, network.populations[source], network.populations[target], grid,
                          modfile);
    core::attempt(&problems, [&] { resolver.find_modifications({}); });
    resolve_all({edges, network, target, problems}, resolver);
  });
}

void check_edges(const io::SonataConfig& config, const io::EdgesEntry& entry, const Network& network,
                 const SimulationSpec* spec, Problems& problems) {
  std::optional<io::TypeTable> table;
  std::vector<EdgeType> types;
  const std::size_t before = problems.errors.size();
  if (entry.edge_types_file)
    table = read_types(*entry.edge_types_file, "edge_type_id", problems);
  else
    problems.add(core::ConfigError(
        "no edge_types_file for {} (weight functions and synapse models are there)", entry.edges_file));
  if (table)
    core::attempt(&problems, [&] {
      types = read_edge_types(*table, config.component_dir("synaptic_models_dir"), &problems);
    });
  if (!fs::exists(entry.edges_file) && is_trained_variant(entry.edges_file)) {
    problems.note(fmt::format("no such file yet {} (edges of a trained variant)", entry.edges_file));
    return;
  }
  io::check_edges_file(entry.edges_file,
                       {.types = table ? &*table : nullptr,
                        .populations = network.populations.empty() ? nullptr : &network.populations},
                       problems);
  if (problems.errors.size() != before || !table) return;
  core::attempt(&problems, [&] {
    for (const auto& name : io::EdgePopulation::names(entry.edges_file))
      check_meaning(io::EdgePopulation(entry.edges_file, name), *table, types, network, spec, problems);
  });
}

}  // namespace

Network check_circuit(const io::SonataConfig& config, const SimulationSpec* spec, Problems& problems) {
  Network network;
  bool complete = check_nodes(config, problems);
  const std::size_t before = problems.errors.size();
  if (complete) core::attempt(&problems, [&] { network = read_network(config, &problems); });
  complete = complete && problems.errors.size() == before;
  if (complete && spec != nullptr && network.neuron_count() == 0)
    problems.add(core::ConfigError("no neurons in {}:/networks/nodes (all nodes are virtual)", config.file));
  // With nodes missing, edges are still checked for what is wrong with themselves.
  for (const auto& entry : config.edges)
    core::attempt(&problems, [&] { check_edges(config, entry, network, spec, problems); });
  return network;
}

std::optional<MemoryEstimate> estimate_present(const io::SonataConfig& config, const Network& network,
                                               int ranks) {
  if (network.neuron_count() == 0) return std::nullopt;
  io::SonataConfig present = config;
  std::erase_if(present.edges, [](const auto& entry) { return !fs::exists(entry.edges_file); });
  core::Problems ignored;  // they are among the problems already
  std::optional<MemoryEstimate> estimate;
  core::attempt(&ignored, [&] { estimate = estimate_memory(present, network, ranks); });
  return estimate;
}

}  // namespace striate::engine
