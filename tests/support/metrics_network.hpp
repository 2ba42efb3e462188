// SPDX-License-Identifier: BSD-3-Clause
// A small V1 written by a test: cells with given populations and places, spikes, edges.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "io/hdf5/h5.hpp"
#include "io/sonata/spikes.hpp"

namespace striate::test {

struct TestCell {
  std::string pop_name;
  double x = 0, z = 0, tuning_angle = 0;
};

inline void write_network(const std::filesystem::path& base, const std::vector<TestCell>& cells) {
  namespace h5 = io::h5;
  std::filesystem::create_directories(base / "network");
  std::map<std::string, std::uint64_t> type_of;
  std::ofstream types(base / "network" / "v1_node_types.csv");
  types << "node_type_id pop_name ei location\n";
  std::vector<std::uint64_t> ids, type_ids, groups, rows;
  std::vector<double> x, z, angle;
  for (const auto& cell : cells) {
    const auto [entry, added] = type_of.emplace(cell.pop_name, 100 + type_of.size());
    if (added) types << entry->second << ' ' << cell.pop_name << ' ' << cell.pop_name[0] << " VisL\n";
    rows.push_back(ids.size());
    ids.push_back(ids.size());
    groups.push_back(0);
    type_ids.push_back(entry->second);
    x.push_back(cell.x);
    z.push_back(cell.z);
    angle.push_back(cell.tuning_angle);
  }
  auto file = h5::File::create(base / "network" / "v1_nodes.h5");
  h5::write<std::uint64_t>(file, "/nodes/v1/node_id", ids);
  h5::write<std::uint64_t>(file, "/nodes/v1/node_type_id", type_ids);
  h5::write<std::uint64_t>(file, "/nodes/v1/node_group_id", groups);
  h5::write<std::uint64_t>(file, "/nodes/v1/node_group_index", rows);
  h5::write<double>(file, "/nodes/v1/0/x", x);
  h5::write<double>(file, "/nodes/v1/0/z", z);
  h5::write<double>(file, "/nodes/v1/0/tuning_angle", angle);
  file.close();
}

inline void write_spikes(const std::filesystem::path& run, const std::vector<double>& times,
                         const std::vector<std::uint64_t>& ids) {
  std::filesystem::create_directories(run);
  auto file = io::h5::File::create(run / "spikes.h5");
  io::h5::write<double>(file, "/spikes/v1/timestamps", times);
  io::h5::write<std::uint64_t>(file, "/spikes/v1/node_ids", ids);
  file.close();
}

struct TestEdge {
  std::uint64_t source, target;
  double weight;
  std::uint64_t type = 1;
};

inline void write_edges(const std::filesystem::path& base, const std::string& appendix,
                        const std::vector<TestEdge>& edges) {
  namespace h5 = io::h5;
  std::vector<std::uint64_t> source, target, type, group(edges.size(), 0), row;
  std::vector<double> weight;
  for (const auto& edge : edges) {
    row.push_back(row.size());
    source.push_back(edge.source);
    target.push_back(edge.target);
    type.push_back(edge.type);
    weight.push_back(edge.weight);
  }
  auto file = h5::File::create(base / "network" / ("v1_v1_edges" + appendix + ".h5"));
  const std::string root = "/edges/v1_to_v1/";
  h5::write<std::uint64_t>(file, root + "source_node_id", source);
  h5::write<std::uint64_t>(file, root + "target_node_id", target);
  h5::write<std::uint64_t>(file, root + "edge_type_id", type);
  h5::write<std::uint64_t>(file, root + "edge_group_id", group);
  h5::write<std::uint64_t>(file, root + "edge_group_index", row);
  h5::write<double>(file, root + "0/syn_weight", weight);
  h5::write_attribute(file, root + "source_node_id", "node_population", std::string("v1"));
  h5::write_attribute(file, root + "target_node_id", "node_population", std::string("v1"));
  file.close();
}

}  // namespace striate::test
