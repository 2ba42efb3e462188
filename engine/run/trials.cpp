// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/trials.hpp"

#include <algorithm>

#include "core/errors/error.hpp"
#include "engine/network/node_targets.hpp"
#include "io/sonata/config/config_hash.hpp"

namespace striate::engine {
namespace {

namespace fs = std::filesystem;
using OptionalPath = std::optional<fs::path>;

std::string text_of(const OptionalPath& path) {
  return path ? path->string() : "none";
}

/// Throws unless two trials name the same file (or folder) under `key`.
void require_same(const Trial& a, const Trial& b, const std::string& key, const OptionalPath& path_a,
                  const OptionalPath& path_b) {
  if (path_a.has_value() == path_b.has_value()) {
    std::error_code ignored;
    if (!path_a || fs::weakly_canonical(*path_a, ignored) == fs::weakly_canonical(*path_b, ignored)) return;
  }
  throw core::ConfigError(
      "{} and {} differ in {} ({} and {}; configs that run together share their network) run them one by one",
      a.config.file, b.config.file, key, text_of(path_a), text_of(path_b));
}

template <class Entry>
void require_same_entries(const Trial& a, const Trial& b, const std::string& list,
                          std::vector<Entry> io::SonataConfig::*entries, fs::path Entry::*file,
                          OptionalPath Entry::*types) {
  const auto& of_a = a.config.*entries;
  const auto& of_b = b.config.*entries;
  for (std::size_t i = 0; i < std::max(of_a.size(), of_b.size()); ++i) {
    const auto path = [i](const std::vector<Entry>& of, auto member) {
      return i < of.size() ? OptionalPath(of[i].*member) : std::nullopt;
    };
    require_same(a, b, fmt::format("/networks/{}/{}", list, i), path(of_a, file), path(of_b, file));
    require_same(a, b, fmt::format("/networks/{}/{} (types)", list, i), path(of_a, types), path(of_b, types));
  }
}

OptionalPath component(const Trial& trial, const std::string& key) {
  const auto components = trial.config.optional_section("components");
  const auto path = components ? components->string(key) : std::nullopt;
  return path ? OptionalPath(*path) : std::nullopt;
}

void require_shared_network(const Trial& a, const Trial& b) {
  require_same_entries(a, b, "nodes", &io::SonataConfig::nodes, &io::NodesEntry::nodes_file,
                       &io::NodesEntry::node_types_file);
  require_same_entries(a, b, "edges", &io::SonataConfig::edges, &io::EdgesEntry::edges_file,
                       &io::EdgesEntry::edge_types_file);
  if (!a.config.nodes.empty())  // else the network is in memory
    for (const std::string key : {"point_neuron_models_dir", "synaptic_models_dir"})
      require_same(a, b, "/components/" + key, component(a, key), component(b, key));
  require_same(a, b, "/modfile", a.spec.modfile, b.spec.modfile);
  if (a.spec.grid.dt_ms != b.spec.grid.dt_ms)
    throw core::ConfigError(
        "{} and {} differ in /run/dt ({} and {}; configs that run together share their time step) run them "
        "one by one",
        a.config.file, b.config.file, a.spec.grid.dt_ms, b.spec.grid.dt_ms);
}

}  // namespace

void check_outputs_together(const std::vector<Trial>& trials, io::ConfigFiles others) {
  std::vector<io::ConfigFiles> files{std::move(others)};
  for (const auto& trial : trials) {
    files.push_back(trial.spec.files);
    if (trial.config.run > 0) files.back().records.clear();  // runs of one file share their log
  }
  io::check_outputs(files);
}

std::vector<Trial> read_trials(const std::vector<fs::path>& configs, const io::ConfigOverrides& overrides) {
  std::vector<Trial> trials;
  for (const auto& file : configs) {
    for (auto& config : io::runs_of_config(io::load_sonata_config(file, overrides))) {
      auto spec = parse_simulation_spec(config);
      trials.push_back({.config = std::move(config), .spec = std::move(spec), .node_sets = {}, .driven = {}});
      auto& trial = trials.back();
      require_shared_network(trials.front(), trial);
      if (!overrides.network_in_memory) io::require_inputs(trial.config, trial.spec.files);
      trial.node_sets = io::NodeSets::load(trial.config);
    }
  }
  if (trials.size() > 1) check_outputs_together(trials, {});
  return trials;
}

void resolve_inputs(std::vector<Trial>& trials, const Network& network) {
  for (auto& trial : trials) {
    trial.driven = find_driven_populations(trial.spec, network, trial.node_sets);
    for (const auto& clamp : trial.spec.clamps)
      trial.node_sets.resolve(clamp.node_set, network.populations, clamp.where + "/node_set");
    for (const auto& report : trial.spec.reports) recorded_neurons(report, network, trial.node_sets);
  }
}

void describe_origin(std::vector<Trial>& trials, const io::RunAttributes& network) {
  for (auto& trial : trials) {
    trial.attributes = network;
    trial.attributes.config_hash = io::config_hash(trial.config.document);
    for (auto& report : trial.spec.reports) report.attributes = trial.attributes;
  }
}

std::vector<std::size_t> driven_populations(const std::vector<Trial>& trials) {
  std::vector<std::size_t> all;
  for (const auto& trial : trials)
    for (const auto& driven : trial.driven)
      if (std::ranges::find(all, driven.population) == all.end()) all.push_back(driven.population);
  return all;
}

}  // namespace striate::engine
