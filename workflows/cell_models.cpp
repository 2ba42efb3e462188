// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/cell_models.hpp"

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "engine/config/cell_model_json.hpp"
#include "io/sonata/nodes.hpp"

namespace striate::workflows {

namespace {

/// What goes by types would pass over values of single nodes.
void refuse_own_values(const std::filesystem::path& nodes_file) {
  if (!std::filesystem::exists(nodes_file)) return;
  for (const auto& population :
       io::read_node_populations({{.nodes_file = nodes_file, .node_types_file = {}}}))
    for (const auto& group : population.groups) {
      const bool has_parameters = !group.parameters.empty();
      for (const std::string name : {"dynamics_params", "model_template", "model_type"})
        if ((has_parameters && name == "dynamics_params") || population.has_attribute(name))
          throw core::ConfigError("{}:{}/{} holds values of single nodes (this goes by node types alone)",
                                  nodes_file, group.path, name);
    }
}

}  // namespace

std::vector<CellModel> read_cell_models(const std::filesystem::path& base,
                                        const std::filesystem::path& folder) {
  const core::NetworkPaths paths{base};
  refuse_own_values(paths.nodes(core::v1_population));
  const auto types = io::TypeTable::read(paths.node_types(core::v1_population), "node_type_id");
  std::vector<CellModel> models;
  for (std::size_t row = 0; row < types.size(); ++row) {
    const auto id = types.ids()[row];
    const auto where = fmt::format("node_type_id {} in {}", id, types.path());
    const auto model_template = types.text(row, "model_template"), file = types.text(row, "dynamics_params");
    if (!model_template)
      throw core::ConfigError("no model_template for {} (for example nest:glif_psc_double_alpha)", where);
    std::filesystem::path path;
    if (file) {
      path = folder / std::string(*file);
      core::require_readable(path, "dynamics_params of " + where);
    }
    models.push_back({id, engine::read_glif_parameters(path, std::string(*model_template), where)});
    engine::validate(models.back().parameters, where);
  }
  return models;
}

}  // namespace striate::workflows
