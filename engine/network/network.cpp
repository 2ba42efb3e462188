// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/network.hpp"
#include "engine/config/cell_model_json.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "core/error.hpp"

namespace striate::engine {
namespace {

enum class NodeKind { neuron, virtual_node };

NodeKind parse_model_type(const std::string& model_type, const std::string& where) {
  if (model_type == "virtual" || model_type == "lgnmodel") return NodeKind::virtual_node;
  if (model_type == "point_process" || model_type == "point_neuron" || model_type == "point_soma")
    return NodeKind::neuron;
  throw core::ConfigError(
      "unsupported model_type '{}' of {} (Striate simulates point_process and virtual nodes)", model_type,
      where);
}

/// Reads each (parameter file, template) once.
class ModelReader {
 public:
  /// Reads the named file's model; `where` asked for it.
  using Read = std::function<CellModel(const std::string& file, const std::string& model_template,
                                       const std::string& where)>;
  ModelReader(Read read, std::vector<CellModel>& models) : read_(std::move(read)), models_(models) {}

  std::uint32_t model(const std::optional<std::string>& parameter_file, const std::string& model_template,
                      const std::string& where) {
    const std::string file = parameter_file.value_or("");
    const auto known = index_.find({file, model_template});
    if (known != index_.end()) return known->second;
    CellModel model = read_(file, model_template, where);
    validate(model.parameters, model.label);
    models_.push_back(std::move(model));
    const auto index = static_cast<std::uint32_t>(models_.size() - 1);
    index_.emplace(std::pair{file, model_template}, index);
    return index;
  }

 private:
  Read read_;
  std::vector<CellModel>& models_;
  std::map<std::pair<std::string, std::string>, std::uint32_t> index_;
};

/// What the nodes of one type are.
struct NodeTypeInfo {
  NodeKind kind;
  std::uint32_t model;
};

NodeTypeInfo read_node_type(const io::NodePopulation& population, std::size_t node, ModelReader& models) {
  const std::string where =
      fmt::format("node type {} of population '{}' in {}", population.node_type_id[node], population.name,
                  population.types.path().empty() ? population.nodes_file : population.types.path());
  const auto model_type = population.text(node, "model_type");
  if (!model_type) throw core::ConfigError("no model_type for {} (SONATA demands one)", where);
  if (parse_model_type(*model_type, where) == NodeKind::virtual_node) return {NodeKind::virtual_node, 0};
  const auto model_template = population.text(node, "model_template");
  if (!model_template)
    throw core::ConfigError("no model_template for {} (for example nest:glif_psc_double_alpha)", where);
  return {NodeKind::neuron, models.model(population.text(node, "dynamics_params"), *model_template, where)};
}

void add_population(Network& network, const io::NodePopulation& population, std::size_t index,
                    ModelReader& models, core::Problems* problems) {
  std::map<std::uint32_t, NodeTypeInfo> info_of_type;  // by type row
  auto& gids = network.gid_of_node.emplace_back(population.size(), no_neuron);
  for (std::uint32_t node = 0; node < population.size(); ++node) {
    const std::uint32_t type = population.type_row[node];
    auto known = info_of_type.find(type);
    if (known == info_of_type.end()) {
      NodeTypeInfo info{NodeKind::virtual_node, 0};
      core::attempt(problems, [&] { info = read_node_type(population, node, models); });
      known = info_of_type.emplace(type, info).first;
    }
    if (known->second.kind == NodeKind::virtual_node) continue;
    if (network.model_of_gid.size() >= no_neuron)
      throw core::ConfigError("more than {} neurons (ids are 32-bit)", no_neuron);
    gids[node] = static_cast<std::uint32_t>(network.model_of_gid.size());
    network.population_of_gid.push_back(static_cast<std::uint32_t>(index));
    network.node_of_gid.push_back(node);
    network.model_of_gid.push_back(known->second.model);
  }
}

Network make_network(std::vector<io::NodePopulation> populations, ModelReader::Read read,
                     core::Problems* problems) {
  Network network;
  network.populations = std::move(populations);
  ModelReader models(std::move(read), network.models);
  for (std::size_t i = 0; i < network.populations.size(); ++i)
    add_population(network, network.populations[i], i, models, problems);
  return network;
}

}  // namespace

std::size_t Network::population(const std::string& name, const std::string& where) const {
  for (std::size_t i = 0; i < populations.size(); ++i)
    if (populations[i].name == name) return i;
  std::string known;
  for (const auto& population : populations) known += (known.empty() ? "" : ", ") + population.name;
  throw core::ConfigError("unknown node population '{}' in {} (networks.nodes has: {})", name, where, known);
}

bool Network::has_neurons(std::size_t population) const {
  return std::ranges::any_of(gid_of_node[population], [](auto gid) { return gid != no_neuron; });
}

bool Network::has_virtual_nodes(std::size_t population) const {
  return std::ranges::any_of(gid_of_node[population], [](auto gid) { return gid == no_neuron; });
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
