// SPDX-License-Identifier: BSD-3-Clause
// A network directory as a plan sees it: "tiny", which can be built, with files that say nothing.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "io/hdf5/h5.hpp"
#include "slurm/targets/targets.hpp"
#include "support/temporary_folder.hpp"
#include "workflows/tables.hpp"

namespace striate::test {

inline io::Json networks(const std::string& cells) {
  return {{"nodes", io::Json::array({{{"nodes_file", "$BASE_DIR/network/" + cells + "_nodes.h5"}}})},
          {"edges", io::Json::array({{{"edges_file", "$BASE_DIR/network/v1_v1_edges.h5"}}})}};
}

inline io::Json run_config(const std::string& name, const std::vector<std::string>& inputs) {
  io::Json config =
      io::Json::parse(R"({"manifest": {"$BASE_DIR": "${configdir}/..", "$LGNINPUT_DIR": "$BASE_DIR/filternet",
    "$BKGINPUT_DIR": "$BASE_DIR/bkg"}, "run": {"duration": 3000.0}, "inputs": {},
    "output": {"output_dir": "$OUTPUT_DIR", "spikes_file": "spikes.h5", "spikes_file_csv": "spikes.csv"}})");
  config["manifest"]["$OUTPUT_DIR"] = "$BASE_DIR/output_" + name;
  config["networks"] = networks("v1");
  for (const auto& file : inputs) {
    config["inputs"][file] = {{"input_type", "spikes"}, {"module", "h5"}, {"input_file", file}};
    config["inputs"][file]["node_set"] = file.starts_with("$BKG") ? "bkg" : "lgn";
  }
  return config;
}

inline io::Json lgn_config() {
  io::Json config =
      io::Json::parse(R"({"manifest": {"$BASE_DIR": "${configdir}/..", "$OUTPUT_DIR": "$BASE_DIR/filternet"},
    "run": {"tstop": 3000.0}, "inputs": {"LGN_spikes": {"input_type": "movie", "module": "graiting"}},
    "output": {"output_dir": "$OUTPUT_DIR", "spikes_h5": "spikes.h5"}})");
  config["networks"] = networks("lgn");
  return config;
}

inline std::optional<slurm::BuildFiles> shipped(const std::string& name) {
  if (name != "tiny") return std::nullopt;
  slurm::BuildFiles files;
  for (const char* file : {"network/v1_nodes.h5", "network/v1_node_types.csv", "network/lgn_nodes.h5",
                           "network/bkg_nodes.h5", "network/v1_v1_edges.h5"})
    files.network.emplace_back(file);
  files.configs["config_plain.json"] =
      run_config("plain", {"$LGNINPUT_DIR/spikes.h5", "$BKGINPUT_DIR/bkg_spikes_250Hz_3s.h5"});
  files.configs["config_bio_trained.json"] = run_config("bio_trained", {"$BASE_DIR/output_plain/spikes.h5"});
  files.configs["config_filternet.json"] = lgn_config();
  return files;
}

struct Place {
  TemporaryFolder folder;
  std::filesystem::path base = folder.path() / "tiny";

  void write(const std::filesystem::path& name, const std::string& text = "x") const {
    std::filesystem::create_directories((base / name).parent_path());
    std::ofstream(base / name) << text;
  }
  void build() const {
    const auto files = *shipped("tiny");
    for (const auto& file : files.network) write(file);
    for (const auto& [name, config] : files.configs) write("configs/" + name, config.dump());
    write_background_units({0, 1});
  }
  void write_background_units(const std::vector<std::uint64_t>& ids) const {
    auto file = io::h5::File::create(base / "network/bkg_nodes.h5");
    io::h5::write<std::uint64_t>(file, "/nodes/bkg/node_id", ids);
    file.close();
  }
  slurm::TargetPlan plan(const std::vector<std::string>& targets) const {
    std::vector<std::filesystem::path> paths;
    for (const auto& target : targets) paths.push_back(base / target);
    static const auto conditions = workflows::condition_rules();
    auto rules = workflows::table_rules();
    rules.conditions = &conditions;
    rules.network_names = {"tiny"};
    return slurm::plan_of(paths, shipped, {}, rules);
  }
  std::vector<std::string> labels(const std::vector<std::string>& targets) const {
    std::vector<std::string> names;
    for (const auto& made : plan(targets).steps) {
      auto label = made.step.label;
      if (const auto at = label.find(base.string()); at != std::string::npos)
        label.replace(at, base.string().size(), "tiny");
      names.push_back(label);
    }
    return names;
  }
};

}  // namespace striate::test
