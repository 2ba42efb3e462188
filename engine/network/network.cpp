// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/network.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "engine/config/cell_model_json.hpp"
#include "engine/network/node_models.hpp"

namespace striate::engine {
namespace {

void add_population(Network& network, const io::NodePopulation& population, CellModels& models,
                    core::Problems* problems) {
  const auto model_of_node = models_of_nodes(population, models, problems);
  std::vector<bool> is_neuron;
  for (const auto model : model_of_node) {
    is_neuron.push_back(model != virtual_node);
    if (model != virtual_node) network.model_of_gid.push_back(model);
  }
  if (network.gids.add_population(is_neuron) > no_neuron)
    throw core::ConfigError("more than {} neurons (ids are 32-bit)", no_neuron);
}

Network make_network(std::vector<io::NodePopulation> populations, CellModels::Read read,
                     core::Problems* problems) {
  Network network;
  network.populations = std::move(populations);
  CellModels models(std::move(read));
  for (const auto& population : network.populations) add_population(network, population, models, problems);
  network.models = models.take();
  return network;
}

}  // namespace

std::size_t Network::population(const std::string& name, const std::string& where) const {
  for (std::size_t i = 0; i < populations.size(); ++i)
    if (populations[i].name == name) return i;
  std::vector<std::string> known;
  for (const auto& population : populations) known.push_back(population.name);
  throw core::ConfigError("unknown node population '{}' in {} (networks.nodes has: {}){}", name, where,
                          fmt::join(known, ", "), core::did_you_mean(name, known));
}

Network read_network(const io::SonataConfig& config, core::Problems* problems) {
  const auto read = [&](const std::string& file, const std::string& model_template,
                        const std::string& where) {
    std::filesystem::path path;
    if (!file.empty()) {
      path = config.component_dir("point_neuron_models_dir") / file;
      core::require_readable(path, "dynamics_params of " + where);
    }
    return CellModel{.label = file.empty() ? model_template : path.string(),
                     .parameters = read_glif_parameters(path, model_template, where)};
  };
  return make_network(io::read_node_populations(config.nodes), read, problems);
}

Network make_network(const MadeNetwork& made) {
  const auto read = [&](const std::string& file, const std::string& model_template,
                        const std::string& where) {
    const auto text = made.cell_models.find(file);
    if (text == made.cell_models.end()) throw core::ConfigError("no cell model '{}' for {}", file, where);
    return CellModel{.label = file, .parameters = glif_parameters(text->second, model_template, file)};
  };
  std::vector<io::NodePopulation> populations;
  for (const auto& nodes : made.nodes) populations.push_back(nodes.population);
  return make_network(std::move(populations), read, nullptr);
}

}  // namespace striate::engine
