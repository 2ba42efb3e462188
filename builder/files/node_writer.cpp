// SPDX-License-Identifier: BSD-3-Clause
#include "builder/files/node_writer.hpp"

#include <numeric>
#include <span>

#include "builder/files/type_tables.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::builder {
namespace {

namespace h5 = io::h5;

void write_nodes(const std::filesystem::path& path, const std::string& population, const NodeTable& table,
                 const core::Comm& comm) {
  const std::span<const std::uint64_t> type_id(table.type_id);
  auto file = h5::File::create(io::incomplete_name(path), comm);
  h5::write_sonata_header(file);
  const std::string group = "/nodes/" + population + "/";
  const std::uint64_t shape[] = {type_id.size()};
  const auto mine = core::contiguous_share(type_id.size(), comm.rank(), comm.size());
  const auto write = [&]<h5::Number T>(const std::string& name, std::span<const T> share) {
    h5::create_dataset<T>(file, group + name, shape);
    h5::write_rows_collective<T>(file, group + name, mine.first, share);
  };
  std::vector<std::uint64_t> ids(mine.count());
  std::iota(ids.begin(), ids.end(), mine.first);
  const std::vector<std::uint32_t> zeros(mine.count(), 0);
  write("node_id", std::span<const std::uint64_t>(ids));
  write("node_type_id", type_id.subspan(mine.first, mine.count()));
  write("node_group_id", std::span<const std::uint32_t>(zeros));
  write("node_group_index", std::span<const std::uint64_t>(ids));
  for (const auto& column : table.columns)
    write("0/" + column.name, column.values.subspan(mine.first, mine.count()));
  file.close();
}

}  // namespace

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

void write_v1_nodes(const std::filesystem::path& path, const NetworkSpec& spec, const V1Nodes& nodes,
                    const core::Comm& comm) {
  write_nodes(path, "v1", v1_node_table(spec, nodes), comm);
}

void write_lgn_nodes(const std::filesystem::path& path, const LgnNodes& nodes, const core::Comm& comm) {
  write_nodes(path, "lgn", lgn_node_table(nodes), comm);
}

void write_background_nodes(const std::filesystem::path& path, std::uint64_t count, const core::Comm& comm) {
  const std::vector<double> zeros(count, 0.0);
  write_nodes(path, "bkg", background_node_table(zeros), comm);
}

}  // namespace striate::builder
