// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/edges/direction_rule.hpp"

#include <cmath>
#include <numbers>

#include "core/errors/error.hpp"

namespace striate::engine {
namespace {

std::vector<double> numeric_column(const io::NodePopulation& nodes, const std::string& key) {
  auto column = nodes.column(key);
  if (!column || !std::holds_alternative<std::vector<double>>(*column))
    throw core::FormatError(
        "{} {} for population {} in {} (a direction rule of the edge types needs numbers)",
        column ? "text in" : "missing", key, nodes.name, nodes.nodes_file);
  auto values = std::get<std::vector<double>>(*std::move(column));
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      throw core::FormatError("invalid {}={} of node {} of population {} in {} (a direction rule needs it)",
                              key, values[i], nodes.node_id[i], nodes.name, nodes.nodes_file);
  return values;
}

}  // namespace

DirectionColumns read_direction_columns(const io::NodePopulation& nodes, DirectionNeeds needs) {
  DirectionColumns columns;
  columns.tuning_angle = numeric_column(nodes, "tuning_angle");
  if (needs == DirectionNeeds::angle_and_position) {
    columns.x = numeric_column(nodes, "x");
    columns.z = numeric_column(nodes, "z");
  }
  return columns;
}

double tuning_factor(double source_angle, double target_angle, double sigma) {
  const double difference = std::fmod(std::abs(target_angle - source_angle), 360.0);
  const double ratio = std::abs(std::abs(difference - 180.0) - 180.0) / sigma;
  return std::exp(-(ratio * ratio));
}

double phase_factor(const DirectionColumns& sources, std::uint32_t source, const DirectionColumns& targets,
                    std::uint32_t target) {
  const double angle = targets.tuning_angle[target];
  const double radians = angle * (std::numbers::pi / 180.0);
  const double dx = (targets.x[target] - sources.x[source]) * 0.07;
  const double dz = (targets.z[target] - sources.z[source]) * 0.04;
  const double distance = dx * std::cos(radians) + dz * std::sin(radians);
  // 0 for horizontal directions, 90 for vertical ones.
  const double tilt = std::abs(std::abs(std::abs(180.0 - std::fmod(std::abs(angle), 360.0)) - 90.0) - 90.0);
  return std::exp(-(distance * distance / 2.0)) * (5.5 / 4.0 - 11.0 / 1680.0 * tilt);
}

}  // namespace striate::engine
