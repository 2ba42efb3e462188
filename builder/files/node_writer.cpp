// SPDX-License-Identifier: BSD-3-Clause
#include "builder/files/node_writer.hpp"

#include <algorithm>
#include <numeric>
#include <span>

#include "builder/files/type_tables.hpp"
#include "core/network_paths.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::builder {

namespace h5 = io::h5;

NodeTable v1_node_table(const NetworkSpec& spec, const V1Nodes& nodes) {
  NodeTable table{.type_id = {},
                  .columns = {{"x", nodes.x},
                              {"y", nodes.y},
                              {"z", nodes.z},
                              {"tuning_angle", nodes.tuning_angle},
                              {"target_sizes", nodes.target_size}}};
  for (const auto model : nodes.model) table.type_id.push_back(spec.models[model].id);
  return table;
}

NodeTable lgn_node_table(const LgnNodes& nodes) {
  NodeTable table{.type_id = {},
                  .columns = {{"x", nodes.x},
                              {"y", nodes.y},
                              {"spatial_size", nodes.spatial_size},
                              {"tuning_angle", nodes.tuning_angle},
                              {"sf_sep", nodes.sf_sep}}};
  for (const auto type : nodes.type) table.type_id.push_back(first_type_id + type);
  for (int i = 0; i < 2; ++i) {
    const auto index = std::to_string(i);
    table.columns.push_back({"kpeaks_dom_" + index, nodes.dominant.kpeak[i]});
    table.columns.push_back({"weight_dom_" + index, nodes.dominant.weight[i]});
    table.columns.push_back({"delay_dom_" + index, nodes.dominant.delay[i]});
    table.columns.push_back({"kpeaks_non_dom_" + index, nodes.non_dominant.kpeak[i]});
    table.columns.push_back({"weight_non_dom_" + index, nodes.non_dominant.weight[i]});
    table.columns.push_back({"delay_non_dom_" + index, nodes.non_dominant.delay[i]});
  }
  return table;
}

NodeTable background_node_table(std::span<const double> zeros) {
  return {.type_id = std::vector<std::uint64_t>(zeros.size(), first_type_id),
          .columns = {{"x", zeros}, {"y", zeros}}};
}

/// All ranks have all nodes; rank 0 writes them. Ids take the smallest type that fits, and the group none.
void write_nodes(const std::filesystem::path& path, const std::string& population, const NodeTable& table,
                 const io::RunAttributes& attributes, const core::Comm& comm) {
  if (!comm.is_root()) return;
  auto file = h5::File::create(io::incomplete_name(path));
  h5::write_sonata_header(file);
  io::write_run_attributes(file, attributes);
  const std::string group = "/nodes/" + population + "/";
  const std::uint64_t count = table.type_id.size(), shape[] = {count};
  const auto write_ids = [&](const char* name, std::span<const std::uint64_t> values, std::uint64_t largest) {
    h5::with_smallest_unsigned(largest, [&]<h5::Number T>(T) {
      h5::write<T>(file, group + name, std::vector<T>(values.begin(), values.end()));
    });
  };
  std::vector<std::uint64_t> ids(count);
  std::iota(ids.begin(), ids.end(), 0);
  write_ids("node_id", ids, count);
  write_ids("node_type_id", table.type_id, count == 0 ? 0 : *std::ranges::max_element(table.type_id));
  h5::create_constant<std::uint8_t>(file, group + "node_group_id", shape, 0);
  write_ids("node_group_index", ids, count);
  for (const auto& column : table.columns) h5::write<double>(file, group + "0/" + column.name, column.values);
  file.close();
}

}  // namespace striate::builder
