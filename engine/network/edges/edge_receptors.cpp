// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/edges/edge_receptors.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "io/sonata/type_table.hpp"

namespace striate::engine {
namespace {

constexpr const char* own_receptor = "dynamics_params/receptor_type";

}  // namespace

OwnColumns own_columns(const io::EdgePopulation& edges) {
  const auto refuse = [&](const std::string& attribute, std::string_view why) {
    throw core::ConfigError("{}:/edges/{} has the attribute {} for single edges ({})", edges.file(),
                            edges.name(), attribute, why);
  };
  for (const auto& attribute : edges.attributes()) {
    if (attribute == "weight_function" || attribute == "weight_sigma")
      refuse(attribute, "it is read from edge types only) give edges with other values a type of their own");
    if (attribute == "receptor_type")
      refuse(attribute, "receptors stand in dynamics_params) move it into the group dynamics_params");
    if (attribute.starts_with("dynamics_params/") && attribute != own_receptor)
      refuse(attribute, "a static_synapse has no parameter but receptor_type) remove it");
  }
  return {.receptor = edges.has_attribute("dynamics_params") || edges.has_attribute(own_receptor),
          .model_template = edges.has_attribute("model_template")};
}

std::string EdgeReceptors::place(std::uint64_t row, std::string_view attribute) const {
  return fmt::format("{}/{} row {}", origin_, attribute, row);
}

std::vector<std::uint16_t> EdgeReceptors::of(const io::EdgeSlab& slab) {
  /// First row of the slab that holds a text.
  const auto row_of = [&](const io::EdgeTexts& column, std::uint32_t text) {
    return slab.first +
           static_cast<std::uint64_t>(std::ranges::find(column.index, text) - column.index.begin());
  };
  if (slab.model_template)
    for (std::uint32_t text = 0; text < slab.model_template->texts.size(); ++text)
      require_static_synapse(slab.model_template->texts[text],
                             place(row_of(*slab.model_template, text), "model_template"));
  std::vector<std::uint16_t> ports;
  if (!slab.dynamics_params && !slab.receptor_type) return ports;
  ports.assign(slab.size(), no_port);
  if (const auto& column = slab.dynamics_params) {
    std::vector<std::uint16_t> port_of_text;
    for (std::uint32_t text = 0; text < column->texts.size(); ++text) {
      const auto where = place(row_of(*column, text), "dynamics_params");
      if (io::is_absent(column->texts[text]))
        throw core::FormatError("{} holds '{}' (needed is a file with the receptor_type)", where,
                                column->texts[text]);
      port_of_text.push_back(ports_.find(column->texts[text], where));
    }
    for (std::size_t i = 0; i < ports.size(); ++i)
      if (column->index[i] != io::EdgeTexts::none) ports[i] = port_of_text[column->index[i]];
  }
  if (const auto& column = slab.receptor_type)
    for (std::size_t i = 0; i < ports.size(); ++i)
      if (!std::isnan(column->values[i]))
        ports[i] = receptor_port(column->values[i], place(slab.first + i, own_receptor));
  return ports;
}

}  // namespace striate::engine
