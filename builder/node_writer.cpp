// SPDX-License-Identifier: BSD-3-Clause
#include "builder/node_writer.hpp"

#include <numeric>
#include <span>

#include "builder/type_tables.hpp"
#include "io/atomic_file.hpp"
#include "io/h5.hpp"

namespace striate::builder {
namespace {

namespace h5 = io::h5;

struct Column {
  std::string name;
  std::span<const double> values;
};

void write_nodes(const std::filesystem::path& path, const std::string& population,
                 std::span<const std::uint64_t> type_id, std::span<const Column> columns,
                 const core::Comm& comm) {
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
  for (const auto& column : columns)
    write("0/" + column.name, column.values.subspan(mine.first, mine.count()));
  file.close();
}

}  // namespace

void write_v1_nodes(const std::filesystem::path& path, const NetworkSpec& spec, const V1Nodes& nodes,
                    const core::Comm& comm) {
  std::vector<std::uint64_t> types;
  for (const auto model : nodes.model) types.push_back(spec.models[model].id);
  const Column columns[] = {{"x", nodes.x},
                            {"y", nodes.y},
                            {"z", nodes.z},
                            {"tuning_angle", nodes.tuning_angle},
                            {"target_sizes", nodes.target_size}};
  write_nodes(path, "v1", types, columns, comm);
}

void write_lgn_nodes(const std::filesystem::path& path, const LgnNodes& nodes, const core::Comm& comm) {
  std::vector<std::uint64_t> types;
  for (const auto type : nodes.type) types.push_back(first_type_id + type);
  std::vector<Column> columns{{"x", nodes.x},
                              {"y", nodes.y},
                              {"spatial_size", nodes.spatial_size},
                              {"tuning_angle", nodes.tuning_angle},
                              {"sf_sep", nodes.sf_sep}};
  for (int i = 0; i < 2; ++i) {
    const auto index = std::to_string(i);
    columns.push_back({"kpeaks_dom_" + index, nodes.dominant.kpeak[i]});
    columns.push_back({"weight_dom_" + index, nodes.dominant.weight[i]});
    columns.push_back({"delay_dom_" + index, nodes.dominant.delay[i]});
    columns.push_back({"kpeaks_non_dom_" + index, nodes.non_dominant.kpeak[i]});
    columns.push_back({"weight_non_dom_" + index, nodes.non_dominant.weight[i]});
    columns.push_back({"delay_non_dom_" + index, nodes.non_dominant.delay[i]});
  }
  write_nodes(path, "lgn", types, columns, comm);
}

void write_background_nodes(const std::filesystem::path& path, std::uint64_t count, const core::Comm& comm) {
  const std::vector<std::uint64_t> types(count, first_type_id);
  const std::vector<double> zeros(count, 0.0);
  const Column columns[] = {{"x", zeros}, {"y", zeros}};
  write_nodes(path, "bkg", types, columns, comm);
}

}  // namespace striate::builder
