// SPDX-License-Identifier: BSD-3-Clause
#include "builder/nodes/v1_nodes.hpp"

#include <cmath>
#include <map>
#include <numbers>

#include "core/errors/error.hpp"
#include "core/values/draws.hpp"
#include "core/values/random.hpp"
#include "io/hdf5/h5.hpp"

namespace striate::builder {
namespace {

using core::Purpose;
using core::RandomStream;

void place(std::size_t id, const Population& population, const NetworkSpec& spec, V1Nodes& nodes) {
  RandomStream position(spec.seed, Purpose::node_position, id);
  const double inner = spec.inner_radius_um * spec.inner_radius_um;
  const double outer = spec.radius_um * spec.radius_um;
  const double rho = std::sqrt(inner + (outer - inner) * position.uniform());  // uniform in area
  const double phi = 2 * std::numbers::pi * position.uniform();
  nodes.x[id] = rho * std::cos(phi);
  nodes.z[id] = rho * std::sin(phi);
  nodes.y[id] = -(population.depth_top_um +
                  (population.depth_bottom_um - population.depth_top_um) * position.uniform());
  RandomStream size(spec.seed, Purpose::node_size, id);
  nodes.target_size[id] =
      std::nearbyint(population.size_scale * std::exp(population.size_shape * size.normal()));
}

}  // namespace

std::vector<std::int64_t> cells_per_model(const NetworkSpec& spec) {
  std::vector<std::int64_t> models_of(spec.populations.size(), 0), seen(spec.populations.size(), 0);
  for (const auto& model : spec.models) ++models_of[model.population];
  const double scale = std::pow(spec.radius_um / spec.table_radius_um, 2);
  std::vector<std::int64_t> cells;
  for (const auto& model : spec.models) {
    const auto& population = spec.populations[model.population];
    const auto models = models_of[model.population];
    // Dealt evenly; the first models take one more each.
    std::int64_t count = population.count / models + (seen[model.population]++ < population.count % models);
    if (spec.radius_um != spec.table_radius_um)
      count = static_cast<std::int64_t>(std::ceil(scale * static_cast<double>(count)));
    if (spec.flat) count = spec.flat_cells_per_model;
    if (spec.fluctuate) {
      RandomStream random(spec.seed, Purpose::node_count, model.id);
      count = core::draw_poisson(random, static_cast<double>(count));
    }
    cells.push_back(count);
  }
  return cells;
}

V1Nodes make_v1_nodes(const NetworkSpec& spec) {
  const auto cells = cells_per_model(spec);
  std::size_t total = 0;
  for (const auto count : cells) total += static_cast<std::size_t>(count);
  V1Nodes nodes;
  for (auto* column : {&nodes.x, &nodes.y, &nodes.z, &nodes.tuning_angle, &nodes.target_size})
    column->resize(total);
  nodes.model.resize(total);
  std::size_t id = 0;
  for (std::uint32_t model = 0; model < spec.models.size(); ++model) {
    const auto& population = spec.populations[spec.models[model].population];
    for (std::int64_t k = 0; k < cells[model]; ++k, ++id) {
      nodes.model[id] = model;
      nodes.tuning_angle[id] = 360.0 * static_cast<double>(k) / static_cast<double>(cells[model]);
      place(id, population, spec, nodes);
    }
  }
  return nodes;
}

V1Nodes read_v1_nodes(const std::filesystem::path& path, const NetworkSpec& spec) {
  const auto file = io::h5::File::open(path);
  V1Nodes nodes;
  const auto column = [&](const char* name) {
    return io::h5::read<double>(file, std::string("/nodes/v1/0/") + name);
  };
  nodes.x = column("x");
  nodes.y = column("y");
  nodes.z = column("z");
  nodes.tuning_angle = column("tuning_angle");
  nodes.target_size = column("target_sizes");
  const auto types = io::h5::read<std::uint64_t>(file, "/nodes/v1/node_type_id");
  for (const auto* values : {&nodes.x, &nodes.y, &nodes.z, &nodes.tuning_angle, &nodes.target_size}) {
    if (values->size() != types.size())
      throw core::FormatError("unequal lengths in {}:/nodes/v1 ({} and {} cells)", path, values->size(),
                              types.size());
    for (const double value : *values)
      if (!std::isfinite(value) || std::abs(value) > 1e9)
        throw core::FormatError("invalid value {} in {}:/nodes/v1/0 (must be finite) build the nodes again",
                                value, path);
  }
  std::map<std::uint64_t, std::uint32_t> models;
  for (std::uint32_t i = 0; i < spec.models.size(); ++i) models[spec.models[i].id] = i;
  for (const auto type : types) {
    const auto model = models.find(type);
    if (model == models.end())
      throw core::FormatError(
          "unknown node type {} in {} (not a cell model of network '{}') name the network that "
          "these nodes were built for",
          type, path, spec.name);
    nodes.model.push_back(model->second);
  }
  return nodes;
}

}  // namespace striate::builder
