// SPDX-License-Identifier: BSD-3-Clause
// A small LGN population and a FilterNet configuration on disk.
#pragma once

#include <fstream>
#include <numeric>
#include <string>

#include "io/hdf5/h5.hpp"
#include "io/text/json.hpp"

namespace striate::test {

/// `count` cells, a third each of sON_TF4, sOFF_TF4 and sONsOFF_001, written as nodes.h5 and node_types.csv.
inline void write_lgn_nodes(const std::filesystem::path& folder, std::size_t count) {
  using io::h5::write;
  auto file = io::h5::File::create(folder / "nodes.h5");
  std::vector<std::uint64_t> id(count), type(count), index(count);
  std::iota(id.begin(), id.end(), 0u);
  index = id;
  const std::vector<std::uint32_t> group(count, 0);
  for (std::size_t k = 0; k < count; ++k) type[k] = 100 + k % 3;
  write<std::uint64_t>(file, "/nodes/lgn/node_id", id);
  write<std::uint64_t>(file, "/nodes/lgn/node_type_id", type);
  write<std::uint32_t>(file, "/nodes/lgn/node_group_id", group);
  write<std::uint64_t>(file, "/nodes/lgn/node_group_index", index);
  const auto column = [&](const char* name, auto value) {
    std::vector<double> values;
    for (std::size_t k = 0; k < count; ++k) values.push_back(value(k));
    write<double>(file, std::string("/nodes/lgn/0/") + name, values);
  };
  const auto constant = [](double v) { return [v](std::size_t) { return v; }; };
  column("x", [](std::size_t k) { return 3.0 + static_cast<double>(k * 7 % 19); });
  column("y", [](std::size_t k) { return 2.0 + static_cast<double>(k * 5 % 13); });
  column("spatial_size", [](std::size_t k) { return 2.5 + static_cast<double>(k % 4); });
  column("tuning_angle", [](std::size_t k) { return static_cast<double>(k * 37 % 360); });
  column("sf_sep", constant(4));
  column("weight_dom_0", constant(3.2));
  column("weight_dom_1", constant(-1.7));
  column("kpeaks_dom_0", constant(22.7));
  column("kpeaks_dom_1", constant(55));
  column("delay_dom_0", constant(0));
  column("delay_dom_1", constant(14.7));
  column("weight_non_dom_0", constant(3.6));
  column("weight_non_dom_1", constant(-1.8));
  column("kpeaks_non_dom_0", constant(30.8));
  column("kpeaks_non_dom_1", constant(58.4));
  column("delay_non_dom_0", constant(0));
  column("delay_non_dom_1", constant(24.5));
  file.close();
  std::ofstream(folder / "node_types.csv") << "node_type_id pop_name model_type\n100 sON_TF4 virtual\n"
                                              "101 sOFF_TF4 virtual\n102 sONsOFF_001 virtual\n";
}

/// A 300 ms grating on 16 x 24 degrees, with all outputs.
inline io::Json lgn_config(const std::filesystem::path& folder) {
  return {{"run", {{"tstop", 300.0}}},
          {"inputs",
           {{"LGN_spikes",
             {{"input_type", "movie"},
              {"module", "grating"},
              {"row_size", 16},
              {"col_size", 24},
              {"gray_screen_dur", 100.0},
              {"theta", 45.0},
              {"cpd", 0.04},
              {"temporal_f", 8.0},
              {"contrast", 0.8},
              {"degrees_per_pixel", 1.0},
              {"y_dir", "up"}}}}},
          {"output",
           {{"output_dir", (folder / "out").string()},
            {"log_file", "log.txt"},
            {"spikes_h5", "spikes.h5"},
            {"spikes_csv", "spikes.csv"},
            {"rates_h5", "rates.h5"},
            {"rates_csv", "rates.csv"}}},
          {"networks",
           {{"nodes",
             {{{"nodes_file", (folder / "nodes.h5").string()},
               {"node_types_file", (folder / "node_types.csv").string()}}}}}}};
}

inline std::filesystem::path write_config(const std::filesystem::path& folder, const io::Json& config) {
  const auto path = folder / "config.json";
  std::ofstream(path) << config.dump(1);
  return path;
}

}  // namespace striate::test
