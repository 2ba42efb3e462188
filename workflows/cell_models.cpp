// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/cell_models.hpp"

#include "core/error.hpp"
#include "engine/config/cell_model_json.hpp"
#include "io/sonata/type_table.hpp"

namespace striate::workflows {

std::vector<CellModel> read_cell_models(const std::filesystem::path& base,
                                        const std::filesystem::path& folder) {
  const auto types = io::TypeTable::read(base / "network" / "v1_node_types.csv", "node_type_id");
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
