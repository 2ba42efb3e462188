// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <memory>

#include "core/network_paths.hpp"
#include "engine/check/check_simulation.hpp"
#include "engine/network/edge_rules.hpp"
#include "engine/network/edges/edge_columns.hpp"
#include "engine/network/edges/edge_receptors.hpp"
#include "engine/network/edges/modfile.hpp"
#include "engine/network/edges/weight_rules.hpp"
#include "engine/network/usable_models.hpp"
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
  const auto cut = stem.rfind(std::string(core::edges_mark) + "_");
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
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto gid = check.network.gids.of(check.target_population, edges[i].target);
    const auto place = [&] {
      return fmt::format("row {} of {}:/edges/{}", first + i, check.edges.file(), check.edges.name());
    };
    if (gid == no_neuron) {
      bad.add([&] { return rules::ends_on_virtual_node(place()); });
      continue;
    }
    const auto& model = check.network.models[check.network.model_of_gid[gid]];
    if (!rules::has_port(model, edges[i].port))
      bad.add([&] { return rules::no_such_port(edges[i].port, place(), model); });
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

/// What there is to know of a config beside its edges.
struct Circuit {
  const io::SonataConfig& config;
  const Network& network;
  const SimulationSpec* spec;  ///< null: none
  std::vector<ModfileRow> modfile;
  std::vector<bool> used_modifications;
};

void check_meaning(const io::EdgePopulation& edges, const io::TypeTable& table, Circuit& circuit,
                   Problems& problems) {
  const auto& network = circuit.network;
  core::attempt(&problems, [&] {
    const std::string where = fmt::format("{}:/edges/{}", edges.file(), edges.name());
    const auto source = network.population(edges.source_population(), where);
    const auto target = network.population(edges.target_population(), where);
    const core::TimeGrid grid =
        circuit.spec == nullptr ? core::make_time_grid(usual_dt_ms, "check") : circuit.spec->grid;
    const ReceptorPorts ports(circuit.config.component_dir("synaptic_models_dir"));
    const std::size_t before = problems.errors.size();
    const auto types = read_edge_types(table, ports, own_columns(edges), &problems);
    if (problems.errors.size() != before) return;
    for (auto& warning : column_warnings(edges, table, types)) problems.note(std::move(warning));
    EdgeResolver resolver(edges, table, types, network.populations[source], network.populations[target], grid,
                          circuit.modfile, ports);
    core::attempt(&problems, [&] { resolver.find_modifications({}); });
    resolver.mark_used_rows(circuit.used_modifications);
    resolve_all({edges, network, target, problems}, resolver);
  });
}

/// What edges of any population of a file say themselves; nothing when it cannot be read, which others tell.
OwnColumns own_columns_of(const fs::path& edges_file) {
  OwnColumns own;
  core::Problems told_elsewhere;
  core::attempt(&told_elsewhere, [&] {
    for (const auto& name : io::EdgePopulation::names(edges_file)) {
      const auto here = own_columns(io::EdgePopulation(edges_file, name));
      own.receptor = own.receptor || here.receptor;
      own.model_template = own.model_template || here.model_template;
    }
  });
  return own;
}

void check_edges(const io::EdgesEntry& entry, Circuit& circuit, Problems& problems) {
  std::optional<io::TypeTable> table;
  const std::size_t before = problems.errors.size();
  std::size_t types = 0;
  if (entry.edge_types_file)
    table = read_types(*entry.edge_types_file, "edge_type_id", problems);
  else
    problems.add(rules::no_edge_types(entry.edges_file.string()));
  if (table)
    core::attempt(&problems, [&] {
      const ReceptorPorts ports(circuit.config.component_dir("synaptic_models_dir"));
      types = read_edge_types(*table, ports, own_columns_of(entry.edges_file), &problems).size();
    });
  if (!fs::exists(entry.edges_file) && is_trained_variant(entry.edges_file)) {
    problems.note_absent(fmt::format("no such file yet {} (edges of a trained variant)", entry.edges_file));
    return;
  }
  const auto& populations = circuit.network.populations;
  io::check_edges_file(
      entry.edges_file,
      {.types = table ? &*table : nullptr, .populations = populations.empty() ? nullptr : &populations},
      problems);
  // A parameter file that two tables name is told of once; the edges of both lack types.
  if (problems.errors.size() != before || !table || types != table->size()) return;
  core::attempt(&problems, [&] {
    for (const auto& name : io::EdgePopulation::names(entry.edges_file))
      check_meaning(io::EdgePopulation(entry.edges_file, name), *table, circuit, problems);
  });
}

}  // namespace

Network check_circuit(const io::SonataConfig& config, const SimulationSpec* spec, Problems& problems) {
  Network network;
  bool complete = check_nodes(config, problems);
  const std::size_t before = problems.errors.size();
  if (complete) core::attempt(&problems, [&] { network = read_network(config, &problems); });
  complete = complete && problems.errors.size() == before;
  const core::TimeGrid grid = spec == nullptr ? core::make_time_grid(usual_dt_ms, "check") : spec->grid;
  require_usable_models(network, grid, &problems);
  if (complete && spec != nullptr && network.neuron_count() == 0)
    problems.add(core::ConfigError("no neurons in {}:/networks/nodes (all nodes are virtual)", config.file));
  Circuit circuit{
      .config = config, .network = network, .spec = spec, .modfile = {}, .used_modifications = {}};
  if (spec != nullptr && spec->modfile)
    core::attempt(&problems, [&] { circuit.modfile = read_modfile(*spec->modfile); });
  circuit.used_modifications.resize(circuit.modfile.size(), false);
  // With nodes missing, edges are still checked for what is wrong with themselves.
  const std::size_t before_edges = problems.errors.size();
  for (const auto& entry : config.edges)
    core::attempt(&problems, [&] { check_edges(entry, circuit, problems); });
  if (problems.errors.size() == before_edges && !circuit.modfile.empty())
    for (auto& text : unused_modifications(*spec->modfile, circuit.modfile, circuit.used_modifications))
      problems.note(std::move(text));
  return network;
}

std::optional<MemoryEstimate> estimate_present(const io::SonataConfig& config, const Network& network,
                                               const core::Ranks& ranks) {
  if (network.neuron_count() == 0) return std::nullopt;
  io::SonataConfig present = config;
  std::erase_if(present.edges, [](const auto& entry) { return !fs::exists(entry.edges_file); });
  core::Problems ignored;  // they are among the problems already
  std::optional<MemoryEstimate> estimate;
  core::attempt(&ignored, [&] { estimate = estimate_memory(present, network, ranks); });
  return estimate;
}

}  // namespace striate::engine
