// SPDX-License-Identifier: BSD-3-Clause
#include "builder/files/run_configs.hpp"

#include <nlohmann/json.hpp>

namespace striate::builder {
namespace {

using Json = nlohmann::ordered_json;

enum class Recurrent { no, yes };

struct Template {
  std::string name;
  Recurrent recurrent = Recurrent::yes;
  std::string recurrent_suffix = {},
              background_suffix = {};  ///< "_bio_trained": trained copies of the edge files
  bool lgn = true, background = true;
  bool tuning = false;  ///< ten seconds of a gray screen
  bool report = false;
};

std::vector<Template> templates() {
  std::vector<Template> list{{.name = "plain"}, {.name = "adjusted", .recurrent_suffix = "_adjusted"}};
  for (const std::string trained :
       {"bio_trained", "naive", "bio_free", "uni_reg", "noweightloss", "checkpoint"})
    list.push_back({.name = trained, .recurrent_suffix = "_" + trained, .background_suffix = "_" + trained});
  list.push_back({.name = "bkg", .recurrent = Recurrent::no, .lgn = false});
  list.push_back({.name = "lgn", .recurrent = Recurrent::no, .background = false});
  list.push_back({.name = "lgnbkg", .recurrent = Recurrent::no});
  list.push_back({.name = "bkgtune", .recurrent = Recurrent::no, .tuning = true});
  list.push_back({.name = "bkgtune_recurrent", .tuning = true});
  list.push_back({.name = "multimeter", .recurrent = Recurrent::no, .background = false, .report = true});
  return list;
}

constexpr double tuning_duration_ms = 10000;

Json nodes_entry(const std::string& population) {
  return {{"nodes_file", "$NETWORK_DIR/" + population + "_nodes.h5"},
          {"node_types_file", "$NETWORK_DIR/" + population + "_node_types.csv"}};
}

Json edges_entry(const std::string& source, const std::string& suffix) {
  return {{"edges_file", "$NETWORK_DIR/" + source + "_v1_edges" + suffix + ".h5"},
          {"edge_types_file", "$NETWORK_DIR/" + source + "_v1_edge_types.csv"}};
}

Json spike_input(const std::string& file, const std::string& node_set) {
  return {{"input_type", "spikes"}, {"module", "h5"}, {"input_file", file}, {"node_set", node_set}};
}

Json networks(const Template& run) {
  Json nodes = Json::array({nodes_entry("v1")}), edges = Json::array();
  if (run.lgn) nodes.push_back(nodes_entry("lgn"));
  if (run.background) nodes.push_back(nodes_entry("bkg"));
  if (run.recurrent == Recurrent::yes) edges.push_back(edges_entry("v1", run.recurrent_suffix));
  if (run.lgn) edges.push_back(edges_entry("lgn", ""));
  if (run.background) edges.push_back(edges_entry("bkg", run.background_suffix));
  return {{"nodes", nodes}, {"edges", edges}};
}

Json simulation(const Template& run, const RunSpec& spec) {
  Json inputs = Json::object();
  if (run.lgn) inputs["LGN_spikes"] = spike_input("$LGNINPUT_DIR/spikes.h5", "lgn");
  if (run.background)
    inputs["BKG_spikes"] = spike_input(
        std::string("$BKGINPUT_DIR/bkg_spikes_250Hz_") + (run.tuning ? "10s" : "3s") + ".h5", "bkg");
  Json config{{"manifest",
               {{"$BASE_DIR", "${configdir}/.."},
                {"$NETWORK_DIR", "$BASE_DIR/network"},
                {"$MODELS_DIR", "$BASE_DIR/components"},
                {"$OUTPUT_DIR", "$BASE_DIR/output_" + run.name},
                {"$LGNINPUT_DIR", run.tuning ? "$BASE_DIR/filternet_bkgtune" : "$BASE_DIR/filternet"},
                {"$BKGINPUT_DIR", "$BASE_DIR/bkg"}}},
              {"run",
               {{"duration", run.tuning ? tuning_duration_ms : spec.duration_ms},
                {"dt", spec.dt_ms},
                {"block_run", false},
                {"block_size", 1000.0}}},
              {"inputs", inputs},
              {"output",
               {{"log_file", "log.txt"},
                {"spikes_file", "spikes.h5"},
                {"spikes_file_csv", "spikes.csv"},
                {"output_dir", "$OUTPUT_DIR"},
                {"overwrite_output_dir", true},
                {"quiet_simulator", true}}},
              {"target_simulator", "NEST"},
              {"components",
               {{"point_neuron_models_dir", "$MODELS_DIR/cell_models"},
                {"synaptic_models_dir", "$MODELS_DIR/synaptic_models"}}},
              {"networks", networks(run)}};
  if (run.report)
    config["reports"] = {{"membrane_potential",
                          {{"module", "multimeter_report"},
                           {"cells", {{"population", "v1"}, {"location", "VisL4"}, {"ei", "e"}}},
                           {"variable_name", "I_syn"},
                           {"file_name", "i_traces.h5"}}}};
  return config;
}

/// Drifting grating after half a second of gray; for tuning, ten seconds of gray.
Json stimulus(bool tuning, const RunSpec& spec) {
  const double duration = tuning ? tuning_duration_ms : spec.duration_ms;
  Json output{{"log_file", "log.txt"},
              {"output_dir", "$OUTPUT_DIR"},
              {"spikes_csv", "spikes.csv"},
              {"spikes_h5", "spikes.h5"},
              {"overwrite_output_dir", true}};
  if (tuning) output["rates_h5"] = "rates.h5";
  return {{"manifest",
           {{"$BASE_DIR", "${configdir}/.."},
            {"$OUTPUT_DIR", tuning ? "$BASE_DIR/filternet_bkgtune" : "$BASE_DIR/filternet"},
            {"$NETWORK_DIR", "$BASE_DIR/network"}}},
          {"run", {{"tstop", duration}, {"overwrite_output_dir", true}}},
          {"target_simulator", "LGNModel"},
          {"inputs",
           {{"LGN_spikes",
             {{"input_type", "movie"},
              {"module", "graiting"},
              {"row_size", 80},
              {"col_size", 120},
              {"gray_screen_dur", tuning ? duration : std::min(500.0, duration)},
              {"theta", 45.0},
              {"cpd", 0.04},
              {"temporal_f", 2.0},
              {"contrast", 0.8},
              {"degrees_per_pixel", 1.0},
              {"y_dir", "up"},
              {"evaluation_options", {{"downsample", 1}, {"separable", true}}}}}}},
          {"output", output},
          {"components", {{"filter_models_dir", "$BASE_DIR/components"}}},
          {"networks", {{"nodes", Json::array({nodes_entry("lgn")})}}}};
}

}  // namespace

std::vector<RunConfigFile> run_config_files(const NetworkSpec& spec) {
  std::vector<RunConfigFile> files;
  for (const auto& run : templates())
    files.push_back({"config_" + run.name + ".json", simulation(run, spec.run).dump(2) + "\n"});
  files.push_back({"config_filternet.json", stimulus(false, spec.run).dump(2) + "\n"});
  files.push_back({"config_filternet_bkgtune.json", stimulus(true, spec.run).dump(2) + "\n"});
  return files;
}

}  // namespace striate::builder
