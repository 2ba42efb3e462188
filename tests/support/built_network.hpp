// SPDX-License-Identifier: BSD-3-Clause
// A network that the builder wrote to disk, read back column by column with HDF5 alone, and what the model's
// tables say of its cells.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>

#include "builder/build.hpp"
#include "builder/spec/read_spec.hpp"
#include "io/hdf5/h5.hpp"
#include "support/model_tables.hpp"
#include "support/temporary_folder.hpp"

namespace striate::test {

/// A row of populations.csv.
struct PopulationRow {
  std::string name, cell_type, synapse_class;
  bool excitatory;
  double size_shape, size_scale, size_mean;
};

struct BuiltCell {
  const PopulationRow* population;
  std::uint64_t model;
  double tuning_angle, size;
};

struct BuiltEdges {
  std::vector<std::uint64_t> source, target, type;
  std::vector<double> weight;  ///< empty where the type has it
  std::map<std::string, std::map<std::string, std::string>> types;  ///< by edge_type_id
};

struct BuiltNetwork {
  TemporaryFolder folder;
  std::map<std::string, PopulationRow> populations;
  std::vector<BuiltCell> cells;
  BuiltEdges recurrent, lgn, background;
};

inline BuiltEdges read_built_edges(const std::filesystem::path& base, const std::string& source) {
  const auto stem = (base / "network" / (source + "_v1_edge")).string();
  const auto file = io::h5::File::open(stem + "s.h5");
  const std::string group = "/edges/" + source + "_to_v1/";
  BuiltEdges edges{.source = io::h5::read<std::uint64_t>(file, group + "source_node_id"),
                   .target = io::h5::read<std::uint64_t>(file, group + "target_node_id"),
                   .type = io::h5::read<std::uint64_t>(file, group + "edge_type_id"),
                   .weight = {},
                   .types = by_key(read_rows(stem + "_types.csv", ' '), {"edge_type_id"})};
  if (source != "bkg") edges.weight = io::h5::read<double>(file, group + "0/syn_weight");
  return edges;
}

inline std::unique_ptr<BuiltNetwork> build_network(const std::string& name,
                                                   const std::vector<builder::Override>& overrides) {
  auto built = std::make_unique<BuiltNetwork>();
  const auto base = built->folder.path() / name;
  const auto spec = builder::read_network_spec(name, overrides);
  builder::build(spec, {.base = base, .parts = {}}, {});

  for (const auto& row : model_table("populations.csv")) {
    const double shape = std::stod(row.at("target_size_lognormal_shape")),
                 scale = std::stod(row.at("target_size_lognormal_scale"));
    built->populations[row.at("population")] = {row.at("population"),
                                                row.at("cell_type"),
                                                row.at("synapse_class"),
                                                row.at("ei") == "e",
                                                shape,
                                                scale,
                                                std::floor(scale * std::exp(shape * shape / 2))};
  }
  const auto models = by_key(model_table("cell_models.csv"), {"model_id"});
  const auto file = io::h5::File::open(base / "network/v1_nodes.h5");
  const auto type = io::h5::read<std::uint64_t>(file, "/nodes/v1/node_type_id");
  const auto angle = io::h5::read<double>(file, "/nodes/v1/0/tuning_angle");
  const auto size = io::h5::read<double>(file, "/nodes/v1/0/target_sizes");
  for (std::size_t i = 0; i < type.size(); ++i)
    built->cells.push_back({&built->populations.at(models.at(std::to_string(type[i])).at("population")),
                            type[i], angle.at(i), size.at(i)});
  built->recurrent = read_built_edges(base, "v1");
  built->lgn = read_built_edges(base, "lgn");
  built->background = read_built_edges(base, "bkg");
  return built;
}

}  // namespace striate::test
