// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/simulation_spec.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using engine::parse_simulation_spec;
using engine::ReportVariable;
using engine::SimulationSpec;
using io::Json;

namespace {

/// A folder with a config to change, and the small files it names.
struct Setup {
  test::TemporaryFolder folder;
  Json document = Json::parse(R"({
    "run": {"duration": 1000.0, "dt": 0.25},
    "inputs": {},
    "output": {"spikes_file": "made.h5"},
    "reports": {},
    "components": {"synaptic_models_dir": "components/synaptic_models"},
    "networks": {"nodes": [{"nodes_file": "network/v1_nodes.h5", "node_types_file": "network/v1_types.csv"}],
                 "edges": []}
  })");

  Setup() {
    for (const auto* name : {"network", "components"})
      std::filesystem::create_directory(folder.path() / name);
    for (const auto* name : {"spikes.h5", "spikes.csv", "mod.csv", "network/v1_nodes.h5"}) add(name, "");
    document["output"]["output_dir"] = path("out");
    for (auto* key : {"nodes_file", "node_types_file"}) {
      auto& entry = document["networks"]["nodes"][0][key];
      entry = path(entry.get<std::string>());
    }
    document["components"]["synaptic_models_dir"] = path("components/synaptic_models");
  }
  std::string path(const std::string& name) const { return (folder.path() / name).string(); }
  void add(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
  SimulationSpec parse() const {
    add("run.json", document.dump());
    return parse_simulation_spec(io::load_sonata_config(path("run.json")));
  }
  Json spikes(const std::string& file = "spikes.h5") const {
    return {{"input_type", "spikes"}, {"module", "h5"}, {"input_file", path(file)}, {"node_set", "lgn"}};
  }
};

Json clamp(Json amp, Json delay, Json duration = nullptr) {
  Json input{{"input_type", "current_clamp"}, {"module", "IClamp"}, {"node_set", "pv"}};
  input["amp"] = std::move(amp);
  input["delay"] = std::move(delay);
  if (!duration.is_null()) input["duration"] = std::move(duration);
  return input;
}

Json report(Json variable = "V_m") {
  return {{"module", "multimeter_report"}, {"cells", "v1"}, {"variable_name", std::move(variable)}};
}

using Changes = std::vector<std::pair<core::Step, double>>;
Changes changes_of(const SimulationSpec& spec) {
  Changes changes;
  for (const auto& change : spec.clamps.at(0).changes) changes.emplace_back(change.step, change.amplitude_pA);
  return changes;
}

Changes changes_of(const Json& input) {
  Setup setup;
  setup.document["inputs"]["clamp"] = input;
  return changes_of(setup.parse());
}

/// Parsing with `value` at `pointer` ends in a ConfigError that names the place.
void check_refused(Setup& setup, const std::string& pointer, Json value, const std::string& text) {
  const Json before = setup.document;
  setup.document[Json::json_pointer(pointer)] = std::move(value);
  INFO(setup.document[Json::json_pointer(pointer)].dump());
  CHECK_THROWS_AS(setup.parse(), core::ConfigError);
  CHECK_THROWS_WITH(setup.parse(), Catch::Contains(text));
  setup.document = before;
}

}  // namespace

TEST_CASE("run gives the grid and the number of steps") {
  Setup setup;
  CHECK(setup.parse().steps == 4000);
  CHECK(setup.parse().grid.dt_ms == 0.25);
  CHECK_FALSE(setup.parse().threads);
  setup.document["run"] = {{"tstop", 10.0}, {"dt", 0.1}, {"n_thread", 8}, {"precise_times", false}};
  CHECK(setup.parse().steps == 100);
  CHECK(setup.parse().threads == 8);
  setup.document["run"]["duration"] = 20.0;
  CHECK(setup.parse().steps == 200);
}

TEST_CASE("impossible lengths and time steps are refused") {
  Setup setup;
  check_refused(setup, "/run/dt", 0.0, "/run/dt");
  check_refused(setup, "/run/dt", 0.00025, "/run/dt");
  check_refused(setup, "/run/dt", nullptr, "/run/dt");
  check_refused(setup, "/run/duration", 0.0, "/run/duration");
  check_refused(setup, "/run/duration", -1.0, "/run/duration");
  check_refused(setup, "/run/duration", 1000.1, "/run/duration");
  check_refused(setup, "/run/duration", nullptr, "/run/duration");
  check_refused(setup, "/run/duration", 1e300, "/run/duration");
  check_refused(setup, "/run/duration", 536870912.0, "/run/duration");  // 2^31 steps
  check_refused(setup, "/run/n_thread", 0, "/run/n_thread");
  check_refused(setup, "/run", {{"dt", 0.25}, {"duration", 10.0}, {"block_run", true}}, "/run/block_size");
  setup.document["run"]["duration"] = 536870911.75;
  CHECK(setup.parse().steps == 2147483647);
  setup.document["run"]["duration"] = 0.25;
  CHECK(setup.parse().steps == 1);
}

TEST_CASE("spike inputs keep their order, disabled ones are left out") {
  Setup setup;
  auto& inputs = setup.document["inputs"];
  inputs["z"] = setup.spikes();
  inputs["off"] = {{"module", "nwb"}, {"input_type", "spikes"}, {"enabled", false}};
  inputs["movie"] = {{"module", "movie"}, {"input_type", "movie"}, {"enabled", false}};
  inputs["a"] = setup.spikes("spikes.csv");
  inputs["a"]["module"] = "csv";
  inputs["a"]["population"] = "bkg";
  inputs["a"]["node_set"] = {{"population", "bkg"}};
  const auto spec = setup.parse();
  REQUIRE(spec.spike_inputs.size() == 2);
  CHECK(spec.spike_inputs[0].name == "z");
  CHECK(spec.spike_inputs[0].file == setup.path("spikes.h5"));
  CHECK(spec.spike_inputs[0].format == engine::SpikeInput::Format::h5);
  CHECK(spec.spike_inputs[0].node_set == "lgn");
  CHECK_FALSE(spec.spike_inputs[0].population);
  CHECK(spec.spike_inputs[1].format == engine::SpikeInput::Format::csv);
  CHECK(spec.spike_inputs[1].population == "bkg");
  CHECK(spec.spike_inputs[1].node_set == Json{{"population", "bkg"}});
  CHECK(spec.clamps.empty());
  for (const auto* module : {"h5", "hdf5", "sonata"}) {
    inputs["z"]["module"] = module;
    CHECK(setup.parse().spike_inputs[0].format == engine::SpikeInput::Format::h5);
  }
  inputs["z"]["default_population"] = "lgn2";
  CHECK(setup.parse().spike_inputs[0].population == "lgn2");
  inputs["z"]["populations"] = {"lgn1"};
  CHECK(setup.parse().spike_inputs[0].population == "lgn1");
}

TEST_CASE("spike inputs that cannot be used are refused") {
  Setup setup;
  setup.document["inputs"]["s"] = setup.spikes();
  for (const auto* module : {"nwb", "function", "ecephys_probe"})
    check_refused(setup, "/inputs/s/module", module, "/inputs/s/module");
  check_refused(setup, "/inputs/s/module", "Sonata", "did you mean sonata?");
  check_refused(setup, "/inputs/s/module", "iclamp", "did you mean IClamp?");
  check_refused(setup, "/inputs/s/module", "movie", "must be h5, hdf5, sonata, csv or IClamp");
  check_refused(setup, "/inputs/s/input_type", "spike", "did you mean spikes?");
  check_refused(setup, "/inputs/s/input_type", "current_clamp", "/inputs/s/input_type");
  check_refused(setup, "/inputs/s/node_set", nullptr, "/inputs/s/node_set");
  check_refused(setup, "/inputs/s/populations", {"a", "b"}, "/inputs/s/populations");
  check_refused(setup, "/inputs/s/units", "s", "/inputs/s/units");
  check_refused(setup, "/inputs/s/input_file", 3, "/inputs/s/input_file");
  setup.document["inputs"]["s"]["input_file"] = setup.path("absent.h5");
  CHECK_THROWS_AS(setup.parse(), core::MissingFileError);
  CHECK_THROWS_WITH(setup.parse(), Catch::Contains("/inputs/s/input_file"));
}

TEST_CASE("current pulses become changes of amplitude") {
  CHECK(changes_of(clamp(-1000.0, 1.0, 2999.0)) == Changes{{4, -1000.0}, {12000, 0.0}});
  CHECK(changes_of(clamp(5.0, 1.0)) == Changes{{4, 5.0}});
  CHECK(changes_of(clamp({60.0, -40.0}, {500.0, 1500.0}, {400.0, 250.0})) ==
        Changes{{2000, 60.0}, {3600, 0.0}, {6000, -40.0}, {7000, 0.0}});
  // The next pulse comes before, or at, the end of the first.
  CHECK(changes_of(clamp({1.0, 2.0}, {10.0, 20.0}, {15.0, 5.0})) ==
        Changes{{40, 1.0}, {80, 2.0}, {100, 0.0}});
  CHECK(changes_of(clamp({1.0, 2.0}, {10.0, 20.0}, {10.0, 5.0})) ==
        Changes{{40, 1.0}, {80, 2.0}, {100, 0.0}});
  CHECK(changes_of(clamp({1.0, 2.0}, {10.0, 20.0}, {9.75, 5.0})) ==
        Changes{{40, 1.0}, {79, 0.0}, {80, 2.0}, {100, 0.0}});
  CHECK(changes_of(clamp(1.0, 0.5)) == Changes{{2, 1.0}});
  CHECK(changes_of(clamp({1.0, 2.0}, {0.25, 1.0}, {5.0, 5.0})) == Changes{{4, 2.0}, {24, 0.0}});
}

TEST_CASE("pulses at the first step are dropped, clamps without pulses too") {
  Setup setup;
  setup.document["inputs"]["clamp"] = clamp(5.0, 0.25, 100.0);
  CHECK(setup.parse().clamps.empty());
  setup.document["inputs"]["clamp"] = clamp(5.0, 0.5, 100.0);
  CHECK(setup.parse().clamps.at(0).node_set == "pv");
  CHECK(setup.parse().clamps.at(0).name == "clamp");
  setup.document["inputs"]["clamp"].erase("node_set");
  CHECK(setup.parse().clamps.at(0).node_set == "all");
}

TEST_CASE("current pulses that NEST could not make are refused") {
  Setup setup;
  const std::string at = "/inputs/c";
  check_refused(setup, at, clamp(1.0, 1.1, 5.0), "/inputs/c/delay");
  check_refused(setup, at, clamp(1.0, 1.0, 5.1), "/inputs/c/duration");
  check_refused(setup, at, clamp(1.0, 1.0, 0.0), "/inputs/c/duration");
  check_refused(setup, at, clamp(1.0, 1.0, 0.0001), "/inputs/c/duration");
  check_refused(setup, at, clamp(1.0, 1.0, -1.0), "/inputs/c/duration");
  check_refused(setup, at, clamp({1.0, 2.0}, {2.0, 2.0}), "/inputs/c/delay");
  check_refused(setup, at, clamp({1.0, 2.0}, {2.0, 1.0}), "/inputs/c/delay");
  check_refused(setup, at, clamp({1.0, 2.0}, 1.0), "/inputs/c/amp");
  check_refused(setup, at, clamp({1.0, 2.0}, {1.0, 2.0}, 1.0), "/inputs/c/amp");
  check_refused(setup, at, clamp(Json::array(), Json::array()), "/inputs/c/amp");
  check_refused(setup, at, clamp(nullptr, 1.0), "/inputs/c/amp");
  check_refused(setup, at, clamp("strong", 1.0), "/inputs/c/amp");
  for (const auto* type : {"nwb", "allen", "noise"}) {
    auto input = clamp(1.0, 1.0);
    input["input_type"] = type;
    check_refused(setup, at, input, "/inputs/c/input_type");
  }
}

TEST_CASE("currents can come from a table") {
  Setup setup;
  Json input{{"input_type", "csv"}, {"module", "IClamp"}, {"file", setup.path("amps.csv")}};
  auto& used = setup.document["inputs"]["c"];
  used = input;
  setup.add("amps.csv", "timestamps amps\r\n0.0 7.0\r\n1.0 20.5\r\n2.5 -3\r\n");
  CHECK(changes_of(setup.parse()) == Changes{{4, 20.5}, {10, -3.0}});
  setup.add("amps.csv", "i,t\n5,1\n6,2\n");
  used["input_type"] = "file";
  used["separator"] = ",";
  used["timestamps_column"] = "t";
  used["amplitudes_column"] = "i";
  CHECK(changes_of(setup.parse()) == Changes{{4, 5.0}, {8, 6.0}});

  used = input;
  for (const auto* text : {"timestamps amps\n1 2\n", "timestamps amps\n1 x\n2 3\n", "time amps\n1 2\n2 3\n",
                           "", "timestamps amps\n1 2\n2\n"}) {
    INFO(text);
    setup.add("amps.csv", text);
    CHECK_THROWS_AS(setup.parse(), core::FormatError);
  }
  setup.add("amps.csv", "timestamps amps\n1 2\n2.1 3\n");
  CHECK_THROWS_WITH(setup.parse(), Catch::Contains("amps.csv:3"));
  setup.add("amps.csv", "timestamps amps\n2 2\n2 3\n");
  CHECK_THROWS_WITH(setup.parse(), Catch::Contains("amps.csv:3"));
  used["file"] = setup.path("absent.csv");
  CHECK_THROWS_AS(setup.parse(), core::MissingFileError);
  check_refused(setup, "/inputs/c/separator", "", "/inputs/c/separator");
}

TEST_CASE("reports sample at multiples of the interval after start up to stop") {
  Setup setup;
  auto& entry = setup.document["reports"]["v"];
  entry = report();
  auto spec = setup.parse().reports.at(0);
  CHECK(spec.name == "v");
  CHECK(spec.cells == "v1");
  CHECK(spec.variables == std::vector{ReportVariable::V_m});
  CHECK(spec.file == setup.path("out/v.h5"));
  CHECK((spec.first == 1 && spec.interval == 1 && spec.last == 4000));
  CHECK(spec.precision == io::ReportPrecision::float32);

  entry = {{"module", "membrane_report"},
           {"cells", {{"ei", "e"}}},
           {"variable_name", {"I_syn", "threshold"}},
           {"file_name", "i.h5"},
           {"tstart", 10.0},
           {"tstop", 100.0},
           {"interval", 2.5},
           {"precision", "double"},
           {"reduce", "mean"},
           {"sections", "soma"},
           {"units", "pA"},
           {"buffer", 3}};
  spec = setup.parse().reports.at(0);
  CHECK(spec.cells == Json{{"ei", "e"}});
  CHECK(spec.variables == std::vector{ReportVariable::I_syn, ReportVariable::threshold});
  CHECK(spec.file == setup.path("out/i.h5"));
  CHECK((spec.first == 50 && spec.interval == 10 && spec.last == 400));
  CHECK(spec.precision == io::ReportPrecision::float64);
  CHECK(spec.means);

  entry = report();
  CHECK_FALSE(setup.parse().reports.at(0).means);
  entry["start_time"] = 9.75;
  entry["end_time"] = 5000.0;
  entry["dt"] = 1.0;
  spec = setup.parse().reports.at(0);
  CHECK((spec.first == 40 && spec.interval == 4 && spec.last == 4000));
  entry["interval"] = 0.5;
  CHECK(setup.parse().reports.at(0).interval == 2);

  entry["enabled"] = false;
  CHECK(setup.parse().reports.empty());
  entry = {{"module", "spikes_report"}};
  CHECK(setup.parse().reports.empty());
}

TEST_CASE("variables have NEST's names and units") {
  Setup setup;
  setup.document["reports"]["all"] = report({"V_m", "I_syn", "ASCurrents_sum", "threshold", "I"});
  std::string names;
  const auto spec = setup.parse();
  for (const auto variable : spec.reports.at(0).variables)
    names += engine::name_of(variable) + " " + engine::units_of(variable) + ",";
  CHECK(names == "V_m mV,I_syn pA,ASCurrents_sum pA,threshold mV,I pA,");
}

TEST_CASE("reports that cannot be made are refused") {
  Setup setup;
  setup.document["reports"]["v"] = report();
  for (const auto* module : {"weight_recorder", "extracellular", "Multimeter"})
    check_refused(setup, "/reports/v/module", module, "/reports/v/module");
  check_refused(setup, "/reports/v/cells", nullptr, "/reports/v/cells");
  check_refused(setup, "/reports/v/variable_name", nullptr, "/reports/v/variable_name");
  check_refused(setup, "/reports/v/variable_name", "v_m", "/reports/v/variable_name");
  check_refused(setup, "/reports/v/variable_name", Json::array(), "/reports/v/variable_name");
  check_refused(setup, "/reports/v/variable_name", {"V_m", "V_m"}, "/reports/v/variable_name");
  check_refused(setup, "/reports/v/interval", 0.0, "/reports/v/interval");
  check_refused(setup, "/reports/v/interval", 0.3, "/reports/v/interval");
  check_refused(setup, "/reports/v/interval", 1000.25, "/reports/v");
  check_refused(setup, "/reports/v/tstart", 0.1, "/reports/v/tstart");
  check_refused(setup, "/reports/v/tstart", -0.25, "/reports/v/tstart");
  check_refused(setup, "/reports/v/tstart", 1000.0, "/reports/v/tstart");
  check_refused(setup, "/reports/v/tstop", 0.0, "/reports/v");
  check_refused(setup, "/reports/v/precision", "half", "/reports/v/precision");
  check_refused(setup, "/reports/v/reduce", "sum", "must be mean, over the cells of each pop_name");
  check_refused(setup, "/reports/v/reduce", "Mean", "/reports/v/reduce");
  check_refused(setup, "/reports/v/reduce", true, "/reports/v/reduce");
  check_refused(setup, "/reports/w",
                {{"module", "multimeter"}, {"cells", "v1"}, {"variable_name", "I"}, {"file_name", "v.h5"}},
                "same file");
  setup.document["reports"]["v"]["interval"] = 1000.0;
  CHECK(setup.parse().reports.at(0).first == 4000);
}

TEST_CASE("output files lie below the output directory") {
  Setup setup;
  auto spec = setup.parse();
  CHECK(spec.output.directory == setup.path("out"));
  CHECK(spec.output.spikes_file == setup.path("out/made.h5"));
  CHECK_FALSE(spec.output.spikes_file_csv);
  CHECK(spec.output.deflate == 0);
  CHECK(spec.output.spikes_order == io::SpikeOrder::by_time);
  CHECK((spec.output.overwrite && spec.output.log_to_console));

  auto& output = setup.document["output"];
  output["log_file"] = "log.txt";
  output["spikes_file"] = "spikes.h5";
  output["spikes_file_csv"] = setup.path("out/sub/../spikes.csv");
  output["spikes_file_nwb"] = "spikes.nwb";
  output["log_to_console"] = false;
  output["overwrite_output_dir"] = false;
  output["quiet_simulator"] = true;
  spec = setup.parse();
  CHECK(spec.output.log_file == setup.path("out/log.txt"));
  CHECK(spec.output.spikes_file == setup.path("out/spikes.h5"));
  REQUIRE(spec.output.spikes_file_csv);
  CHECK(spec.output.spikes_file_csv->lexically_normal() == setup.path("out/spikes.csv"));
  CHECK_FALSE(spec.output.overwrite);
  CHECK_FALSE(spec.output.log_to_console);
}

TEST_CASE("spike order and compression are read") {
  Setup setup;
  auto& output = setup.document["output"];
  const std::pair<const char*, io::SpikeOrder> orders[] = {
      {"time", io::SpikeOrder::by_time},  {"by_time", io::SpikeOrder::by_time},
      {"none", io::SpikeOrder::by_time},  {"na", io::SpikeOrder::by_time},
      {"id", io::SpikeOrder::by_id},      {"by_id", io::SpikeOrder::by_id},
      {"node_id", io::SpikeOrder::by_id}, {"gid", io::SpikeOrder::by_id}};
  for (const auto& [name, order] : orders) {
    output["spikes_sort_order"] = name;
    CHECK(setup.parse().output.spikes_order == order);
  }
  output.erase("spikes_sort_order");
  const std::pair<Json, int> levels[] = {{"none", 0}, {"gzip", 4}, {0, 0}, {1, 1}, {9, 9}};
  for (const auto& [value, level] : levels) {
    output["compression"] = value;
    CHECK(setup.parse().output.deflate == level);
  }
  output.erase("compression");
  check_refused(setup, "/output/spikes_sort_order", "size", "/output/spikes_sort_order");
  for (const Json& bad : {Json("lzf"), Json(10), Json(-1), Json(1.5), Json(true)})
    check_refused(setup, "/output/compression", bad, "/output/compression");
}

TEST_CASE("no output may be lost or destroy an input") {
  Setup setup;
  setup.document["inputs"]["s"] = setup.spikes();
  setup.document["output"]["overwrite_output_dir"] = false;
  check_refused(setup, "/output/spikes_file_csv", setup.path("network"), "folder");
  setup.document["reports"]["v"] = report();
  check_refused(setup, "/output/spikes_file", "v.h5", "same file");
  setup.document["output"]["output_dir"] = setup.folder.path().string();
  check_refused(setup, "/output/spikes_file", setup.path("spikes.h5"), "overwrite");
  check_refused(setup, "/reports/v/file_name", "spikes.h5", "overwrite");
  check_refused(setup, "/output/log_file", "run.json", "overwrite");
  CHECK_NOTHROW(setup.parse());
  setup.document["output"]["spikes_file"] = "result.h5";
  CHECK_NOTHROW(setup.parse());
}

TEST_CASE("a run that records nothing is refused, a report is enough") {
  Setup setup;
  setup.document["output"].erase("spikes_file");
  CHECK_THROWS_WITH(setup.parse(), Catch::Contains("nothing would be recorded"));
  setup.document["output"]["log_file"] = "log.txt";
  CHECK_THROWS_WITH(setup.parse(), Catch::Contains("nothing would be recorded"));
  setup.document["reports"]["v"] = report();
  setup.document["reports"]["v"]["enabled"] = false;
  CHECK_THROWS_WITH(setup.parse(), Catch::Contains("nothing would be recorded"));
  setup.document["reports"]["v"]["enabled"] = true;
  CHECK_NOTHROW(setup.parse());
  setup.document.erase("reports");
  setup.document["output"]["spikes_file_csv"] = "s.csv";
  CHECK_NOTHROW(setup.parse());
}

TEST_CASE("sections with a name nearly right are refused, other unknown ones are not") {
  for (const auto& [wrong, right] :
       std::vector<std::pair<std::string, std::string>>{{"outputs", "output"},
                                                        {"Output", "output"},
                                                        {"OUTPUT", "output"},
                                                        {"Inputs", "inputs"},
                                                        {"input", "inputs"},
                                                        {"report", "reports"},
                                                        {"mod_file", "modfile"},
                                                        {"node_set", "node_sets"}}) {
    Setup setup;
    setup.document[wrong] = Json::object();
    setup.document.erase(right);
    CHECK_THROWS_WITH(setup.parse(),
                      Catch::Contains("run.json:/" + wrong) && Catch::Contains("did you mean " + right));
  }
  Setup setup;
  setup.document["my_notes"] = "x";
  CHECK_NOTHROW(setup.parse());
}

TEST_CASE("a configuration of the LGN is no simulation") {
  Setup setup;
  setup.document["target_simulator"] = "LGNModel";
  CHECK_THROWS_WITH(setup.parse(), Catch::Contains("striate lgn"));
  setup.document["target_simulator"] = "NEST";
  CHECK_NOTHROW(setup.parse());
}

TEST_CASE("outputs may lie beside inputs and outside the output directory") {
  Setup setup;
  setup.document["inputs"]["s"] = setup.spikes();
  setup.document["output"]["output_dir"] = setup.folder.path().string();
  CHECK_NOTHROW(setup.parse());
  setup.document["output"]["log_file"] = setup.path("elsewhere/log.txt");
  CHECK(setup.parse().output.log_file == setup.path("elsewhere/log.txt"));
}

TEST_CASE("the modfile is part of the config") {
  Setup setup;
  CHECK_FALSE(setup.parse().modfile);
  setup.document["modfile"] = setup.path("mod.csv");
  CHECK(setup.parse().modfile == setup.path("mod.csv"));
  setup.document["modfile"] = setup.path("absent.csv");
  CHECK_THROWS_AS(setup.parse(), core::MissingFileError);
}

TEST_CASE("configs of the network made with BMTK are understood") {
  const auto load = [&](const std::string& name) {
    return parse_simulation_spec(io::load_sonata_config(STRIATE_TEST_DATA "/tiny/configs/" + name));
  };
  const auto clamps = load("config_clamp.json");
  CHECK(clamps.steps == 12000);
  CHECK(clamps.spike_inputs.size() == 2);
  REQUIRE(clamps.clamps.size() == 2);
  CHECK(clamps.clamps[1].changes.size() == 4);
  const auto reports = load("config_report.json");
  REQUIRE(reports.reports.size() == 2);
  CHECK(reports.reports[1].variables.at(0) == ReportVariable::I_syn);
  CHECK(reports.output.spikes_file->filename() == "spikes.h5");
}
