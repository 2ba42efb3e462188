// SPDX-License-Identifier: BSD-3-Clause
#include "io/paradigm/read_paradigm.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "core/values/random.hpp"
#include "support/temporary_folder.hpp"
#include "workflows/tables.hpp"

using namespace striate;
using namespace striate::io;

namespace {

const std::map<std::string, std::string> complete{
    {"description", "two angles"},
    {"duration_ms", "100"},
    {"trials", "\n  - angle: [0, 90]\n    trial: 0..2"},
    {"trial_name", "a{angle}_t{trial}"},
    {"lgn", "\n  template: config_filternet.json\n  folder: filternet_own\n  stimulus: {theta: \"{angle}\"}"},
    {"background", "\n  folder: bkg_own\n  file: \"{name}.h5\"\n  rate_hz: 250\n  seed: 5"},
    {"runs", "own_{option}"},
};

struct Fixture {
  test::TemporaryFolder folder;
  std::map<std::string, std::string> parts = complete;

  Paradigm read() const {
    const auto path = folder.path() / "own.yaml";
    std::ofstream out(path);
    for (const auto& [key, value] : parts) out << key << ": " << value << "\n";
    out.close();
    return read_paradigm(path.string(), &workflows::metric_rules());
  }
  /// Changes one part and checks that the result is refused with this text and the file's name and a line.
  void refuses(const std::string& key, const std::string& value, const std::string& text) {
    parts = complete;
    if (value.empty())
      parts.erase(key);
    else
      parts[key] = value;
    INFO(key << ": " << value);
    CHECK_THROWS_AS(read(), core::ConfigError);
    CHECK_THROWS_WITH(read(), Catch::Contains(text) && Catch::Contains("own.yaml:"));
  }
};

}  // namespace

TEST_CASE("trials of the gratings have the reference's names, files and seeds") {
  const auto paradigm = read_paradigm("8dir_10trials", &workflows::metric_rules());
  CHECK(paradigm.duration_ms == 3000);
  CHECK(paradigm.background_rate_hz == 250);
  CHECK(paradigm.runs_name("bio_trained") == "8dir_10trials_bio_trained");
  const auto& trial = paradigm.trials[37];
  CHECK(trial.name == "angle135_trial7");
  CHECK(trial.lgn_directory == "filternet_8dir_10trials/angle135_trial7");
  CHECK(trial.lgn_spikes() == "filternet_8dir_10trials/angle135_trial7/spikes.h5");
  CHECK(trial.lgn_config == "configs/filternet_8dir_10trials/config_filternet_37.json");
  CHECK(paradigm.run_config(trial, "plain") == "configs/8dir_10trials_plain/config_37.json");
  CHECK(trial.background_file == "bkg_8dir_10trials/angle135_trial7/bkg_spikes_250Hz_3s.h5");
  CHECK(trial.background_seed == 381583 + 37);
  CHECK(trial.stimulus == Json{{"theta", 135.0}, {"trial", 7}});
  CHECK(trial.stimulus["theta"].is_number_float());
  CHECK(trial.stimulus["trial"].is_number_integer());
  CHECK(paradigm.orders.empty());
}

TEST_CASE("contrasts are written as the shortest text, blanks come first") {
  const auto paradigm = read_paradigm("contrasts", &workflows::metric_rules());
  REQUIRE(paradigm.trials.size() == 510);
  const std::map<std::size_t, std::string> names{
      {0, "angle0_contrast0.0_trial0"},    {29, "angle0_contrast0.0_trial29"},
      {30, "angle0_contrast0.05_trial0"},  {40, "angle0_contrast0.1_trial0"},
      {109, "angle45_contrast0.1_trial9"}, {509, "angle315_contrast0.8_trial9"}};
  for (const auto& [index, name] : names) CHECK(paradigm.trials[index].name == name);
  CHECK(paradigm.trials[0].stimulus["contrast"] == 0.0);
  CHECK(paradigm.trials[509].stimulus["contrast"] == 0.8);
  CHECK(paradigm.trials[509].stimulus["theta"] == 315.0);
  CHECK_FALSE(paradigm.trials[0].stimulus.contains("temporal_f"));
  CHECK(paradigm.trials[509].background_file ==
        "bkg_contrasts/angle315_contrast0.8_trial9/bkg_spikes_250Hz_3s.h5");
  CHECK(paradigm.trials[509].background_seed == 451958 + 509);
}

TEST_CASE("a trial's random phase is a function of the seed and its number") {
  const auto paradigm = read_paradigm("contrasts", &workflows::metric_rules());
  std::set<double> phases;
  double sum = 0;
  for (const auto& trial : paradigm.trials) {
    const double phase = trial.stimulus["phase"].get<double>();
    CHECK(phase == 360 * core::RandomStream(451958, core::Purpose::stimulus, trial.index).uniform());
    CHECK(phase >= 0);
    CHECK(phase < 360);
    phases.insert(phase);
    sum += phase;
  }
  CHECK(phases.size() == 510);
  CHECK(std::abs(sum / 510 - 180) < 4 * 360 / std::sqrt(12 * 510));
  const auto some = with_only(paradigm, {"angle=90", "trial=3"});
  CHECK(some.trials.front().stimulus["phase"] ==
        paradigm.trials[some.trials.front().index].stimulus["phase"]);
}

TEST_CASE("images come in a different order in every chunk of bo and each once in imagenet") {
  const auto bo = read_paradigm("bo", &workflows::metric_rules());
  CHECK(bo.replaces_input);
  CHECK(bo.duration_ms == 30250);
  REQUIRE(bo.orders.size() == 50);
  std::set<std::vector<std::int64_t>> distinct;
  for (const auto& order : bo.orders) {
    auto sorted = order;
    std::ranges::sort(sorted);
    REQUIRE(sorted.size() == 119);
    for (std::int64_t k = 0; k < 119; ++k) CHECK(sorted[static_cast<std::size_t>(k)] == k);
    distinct.insert(order);
  }
  CHECK(distinct.size() == 50);
  CHECK(bo.trials[7].stimulus["order"].get<std::vector<std::int64_t>>() == bo.orders[7]);
  CHECK(bo.trials[7].stimulus["blank"] == 118);
  CHECK(bo.trials[7].background_file == "bkg_bo/bkg_bo_chunk_07.h5");
  CHECK(bo.trials[49].background_seed == 667542 + 49);
  CHECK(bo.labels_file() == "configs/filternet_bo/stim_ids.h5");
  const auto one = with_only(bo, {"chunk=3"});
  CHECK(one.trials.size() == 1);
  CHECK(one.orders == bo.orders);

  const auto imagenet = read_paradigm("imagenet", &workflows::metric_rules());
  CHECK(imagenet.duration_ms == 20000);
  CHECK(imagenet.trials[0].background_seed == 452468);
  CHECK(imagenet.trials[59].background_file == "bkg_imagenet/bkg_imagenet_chunk_59.h5");
  for (std::size_t chunk = 0; chunk < 60; ++chunk) {
    REQUIRE(imagenet.orders[chunk].size() == 80);
    CHECK(imagenet.orders[chunk].front() == static_cast<std::int64_t>(80 * chunk));
    CHECK(imagenet.orders[chunk].back() == static_cast<std::int64_t>(80 * chunk + 79));
  }
}

TEST_CASE("option --only keeps trials and their numbers, and refuses what is not there") {
  const auto paradigm = read_paradigm("8dir_10trials", &workflows::metric_rules());
  const auto only = [&](const std::vector<std::string>& conditions) {
    return with_only(paradigm, conditions);
  };
  const auto four = only({"angle=0,90", "trial=1,0"});
  REQUIRE(four.trials.size() == 4);
  CHECK(four.trials[0].index == 0);
  CHECK(four.trials[3].index == 21);
  CHECK(four.trials[3].name == "angle90_trial1");
  CHECK(only({}).trials.size() == 80);
  CHECK_THROWS_WITH(only({"angel=0"}),
                    Catch::Contains("no variable 'angel'") && Catch::Contains("angle, trial"));
  CHECK_THROWS_WITH(only({"angle=46"}), Catch::Contains("no angle=46") && Catch::Contains("45"));
  CHECK_THROWS_WITH(only({"angle=0", "angle=90"}), Catch::Contains("no angle=90"));
  for (const char* text : {"angle", "=0", "angle=", "angle=0,", "angle=0,,90", ""})
    CHECK_THROWS_AS(parse_trial_filter(text), core::UsageError);
  // Blanks have angle 0 and one contrast only.
  CHECK(with_only(read_paradigm("contrasts", &workflows::metric_rules()), {"contrast=0.0"}).trials.size() ==
        30);
  CHECK_THROWS_AS(
      with_only(read_paradigm("contrasts", &workflows::metric_rules()), {"contrast=0.05", "trial=10"}),
      core::UsageError);
}

TEST_CASE("trials are chosen by name, in the paradigm's order, and misspelt ones are refused") {
  const auto paradigm = read_paradigm("8dir_10trials", &workflows::metric_rules());
  const auto two = with_trials(paradigm, {"angle90_trial1", "angle0_trial3", "angle90_trial1"});
  REQUIRE(two.trials.size() == 2);
  CHECK(two.trials[0].index == 3);
  CHECK(two.trials[1].background_seed == 381583 + 21);
  CHECK_THROWS_AS(with_trials(paradigm, {"angle0_trial3", "angle0_trail4"}), core::UsageError);
  CHECK_THROWS_WITH(
      with_trials(paradigm, {"angle0_trail4"}),
      Catch::Contains("no trial 'angle0_trail4'") && Catch::Contains("did you mean angle0_trial4?"));
  CHECK_THROWS_WITH(with_trials(paradigm, {""}), Catch::Contains("its trials are angle*_trial*"));
}

TEST_CASE_METHOD(Fixture, "a network directory's paradigms come before the shipped ones of their names") {
  const auto own = read();
  const auto base = folder.path() / "net";
  CHECK(paradigms_of(base, {}, nullptr).size() == shipped_paradigms().size());
  std::filesystem::create_directories(base / "configs/paradigms");
  std::filesystem::copy_file(own.file, base / "configs/paradigms/bo.yaml");
  std::ofstream(base / "configs/paradigms/own.yaml") << "not read: {";
  const auto all = paradigms_of(base, {own}, nullptr);
  REQUIRE(all.size() == shipped_paradigms().size() + 1);
  CHECK(all[0].name == "own");
  CHECK(all[1].name == "bo");
  CHECK(all[1].trials.size() == 6);
  CHECK(all[2].name == "8dir_10trials");
  CHECK_THROWS_AS(paradigms_of(base, {}, nullptr), core::ConfigError);
}

TEST_CASE("stimuli can be changed for all trials, but not what tells trials apart") {
  auto paradigm = read_paradigm("contrasts", &workflows::metric_rules());
  set_stimulus(paradigm, "temporal_f=1.0");
  set_stimulus(paradigm, "phase=0");
  for (const auto& trial : paradigm.trials) {
    CHECK(trial.stimulus["temporal_f"] == 1.0);
    CHECK(trial.stimulus["phase"] == 0);
  }
  set_stimulus(paradigm, "flip_y=true");
  CHECK(paradigm.trials[3].stimulus["flip_y"] == true);
  set_stimulus(paradigm, "data_file=some/images.npy");
  CHECK(paradigm.trials[3].stimulus["data_file"] ==
        (std::filesystem::current_path() / "some/images.npy").string());
  set_stimulus(paradigm, "data_file=$BASE_DIR/i.npy");
  CHECK(paradigm.trials[3].stimulus["data_file"] == "$BASE_DIR/i.npy");
  for (const char* text : {"theta=5", "contrast=1", "trial=0"})
    CHECK_THROWS_WITH(set_stimulus(paradigm, text), Catch::Contains("differ in"));
  for (const char* text : {"phase", "=1", "phase=", ""})
    CHECK_THROWS_WITH(set_stimulus(paradigm, text), Catch::Contains("KEY=VALUE"));
  auto bo = read_paradigm("bo", &workflows::metric_rules());
  CHECK_THROWS_AS(set_stimulus(bo, "order=3"), core::UsageError);
}

TEST_CASE("networks with one background unit have the reference's file and rate for gratings") {
  const auto paradigm = read_paradigm("8dir_10trials", &workflows::metric_rules());
  const auto one = for_background_units(paradigm, 1);
  CHECK(one.background_rate_hz == 1000);
  CHECK(one.trials[12].background_file == "bkg_8dir_10trials/angle45_trial2/bkg_spikes_1kHz_3s.h5");
  CHECK(one.trials[12].background_seed == 381595);
  for (const std::uint64_t units : {2u, 99u, 100u}) {
    CHECK(for_background_units(paradigm, units).background_rate_hz == 250);
    CHECK(for_background_units(paradigm, units).trials[0].background_file ==
          paradigm.trials[0].background_file);
  }
  CHECK(for_background_units(read_paradigm("contrasts", &workflows::metric_rules()), 1).background_rate_hz ==
        250);
}

TEST_CASE("arguments of metrics name the network and the option") {
  const ParadigmMetric metric{.kind = "images", .arguments = {"--labels", "{base}/l_{option}.h5"}};
  CHECK(metric_arguments(metric, "some net", "plain") ==
        std::vector<std::string>{"--labels", "some net/l_plain.h5"});
}

TEST_CASE("files of the tables of a paradigm follow from their kind") {
  const auto gratings = read_paradigm("8dir_10trials", &workflows::metric_rules());
  REQUIRE(gratings.metrics.size() == 3);
  CHECK(gratings.metrics[0].files ==
        std::vector<std::string>{"metrics/OSI_DSI_DF_{option}.csv", "metrics/Rates_DF_{option}.csv"});
  CHECK(gratings.metrics[2].needs == std::vector<std::string>{"network/v1_nodes.h5",
                                                              "network/v1_node_types.csv",
                                                              "metrics/OSI_DSI_DF_{option}.csv"});
  CHECK(*gratings.window("evoked") == core::Window{500, 2500, core::End::open, core::End::closed});
  CHECK(gratings.window("contrast") == nullptr);
  const auto contrasts = read_paradigm("contrasts", &workflows::metric_rules());
  CHECK(contrasts.metrics[0].files[0] == "contrasts_{option}/spike_counts.h5");
  CHECK(contrasts.metrics[1].files[0] == "contrasts_{option}/combined_spectra_700to2700.json");
  CHECK(read_paradigm("bo", &workflows::metric_rules()).metrics[0].files[2] ==
        "cached_rates_{option}/rates_core.h5");
  CHECK(gratings.trial_pattern == "angle*_trial*");
}

TEST_CASE_METHOD(Fixture, "a user's paradigm is read from a file") {
  parts["trials"] = "\n  - angle: [0, 90]\n    trial: 0..2\n  - {angle: [45], trial: [7]}";
  const auto paradigm = read();
  CHECK(paradigm.name == "own");
  REQUIRE(paradigm.trials.size() == 7);
  CHECK(paradigm.trials[4].name == "a90_t1");
  CHECK(paradigm.trials[6].name == "a45_t7");
  CHECK(paradigm.trials[6].background_seed == 11);
  CHECK(paradigm.trials[6].stimulus["theta"] == 45);
  CHECK(paradigm.trial_keys == std::vector<std::string>{"theta"});
  parts["lgn"] =
      "\n  template: t.json\n  folder: f\n  stimulus: {a: [1, \"{angle}\"], b: {block: 2}, c: {shuffled: [3, "
      "3], seed: 0}}";
  const auto lists = read();
  CHECK(lists.trials[4].stimulus["a"] == Json{1, 90});
  CHECK(lists.trials[4].stimulus["b"] == Json{8, 9});
  CHECK(lists.trials[4].stimulus["c"] == Json::array({3}));
  CHECK(lists.trial_keys == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE_METHOD(Fixture, "mistakes in a paradigm's file are refused with their place") {
  CHECK_NOTHROW(read());
  refuses("trails", "1", "unknown key 'trails'");
  for (const auto& [key, value] : complete) refuses(key, "", "missing key '" + key + "'");
  refuses("duration_ms", "nan", "duration_ms");
  refuses("duration_ms", "0", "duration_ms");
  refuses("duration_ms", "+-5", "decimal number");
  refuses("trial_name", "a{angle}", "two trials are named 'a0'");
  refuses("trial_name", "a{angel}_{trial}", "'{angel}'");
  refuses("trial_name", "a{angle_{trial", "'{angle_{trial'");
  refuses("trial_name", "\"a{angle:x}{trial}\"", "'{angle:x}'");
  refuses("background", "\n  folder: b\n  file: \"a{angle}.h5\"\n  rate_hz: 250\n  seed: 1",
          "trials 'a0_t0' and 'a0_t1' have the same background file");
  refuses("trial_name", "../a{angle}_{trial}", "trial_name='../a0_0'");
  refuses("trial_name", "\"a {angle}_{trial}\"", "letters, digits");
  refuses("trial_name", "\"a$(id){angle}_{trial}\"", "letters, digits");
  refuses("trial_name", "-a{angle}_{trial}", "letters, digits");
  refuses("trials", "5", "trials (must be a list of blocks");
  refuses("trials", "[]", "trials (must be a list of blocks");
  refuses("trials", "\n  - 5", "block of trials");
  refuses("trials", "\n  - {angle: [0, 0], trial: 0..1}", "a value occurs twice");
  refuses("trials", "\n  - {angle: [0], trial: 3..1}", "trials.trial='3..1'");
  refuses("trials", "\n  - {angle: [0], trial: 0..x}", "trials.trial='0..x'");
  refuses("trials", "\n  - {angle: [0], trial: -2147483648..2147483647}", "too many");
  refuses("trials", "\n  - {angle: [0], trial: []}", "trials.trial");
  refuses("trials", "\n  - {angle: [0], trial: {a: 1}}", "trials.trial");
  refuses("trials", "\n  - {angle: 0..1000, trial: 0..1000}", "too many");
  refuses("runs", "own", "must contain {option}");
  refuses("runs", "../own_{option}", "invalid runs");
  refuses("runs", "\"own;rm_{option}\"", "invalid runs");
  refuses("lgn", "\n  template: /etc/x.json\n  folder: f", "lgn.template");
  refuses("lgn", "\n  template: t.json\n  folder: ../f", "lgn.folder");
  refuses("lgn", "\n  template: t.json\n  folder: f\n  stimulus: {phase: {random: [0, nan], seed: 1}}",
          "random");
  refuses("lgn", "\n  template: t.json\n  folder: f\n  stimulus: {phase: {random: [2, 1], seed: 1}}",
          "lower bound");
  refuses("lgn", "\n  template: t.json\n  folder: f\n  stimulus: {phase: {random: [0, 1]}}", "seed");
  refuses("lgn", "\n  template: t.json\n  folder: f\n  stimulus: {order: {shuffled: [0, 1.5], seed: 1}}",
          "whole numbers");
  refuses("lgn", "\n  template: t.json\n  folder: f\n  stimulus: {order: {block: 0}}", "block");
  refuses("lgn", "\n  template: t.json\n  folder: f\n  stimulus: {order: 7}", "stimulus.order");
  refuses("lgn", "\n  template: t.json\n  folder: f\n  stimulus: {order: [a, b]}", "stimulus.order");
  refuses("lgn", "\n  template: t.json\n  folder: f\n  stimulus: {theta: \"{phi}\"}", "'{phi}'");
  refuses("lgn", "\n  template: t.json\n  folder: f\n  stimulus: {theta: [[]]}", "lgn.stimulus.theta");
  refuses("lgn", "\n  template: t.json\n  folder: f\n  stimulus: {theta: {}}", "lgn.stimulus.theta");
  refuses("lgn", "\n  template: t.json\n  folder: f\n  replace: maybe", "replace");
  refuses("background", "\n  folder: b\n  file: \"{name}.h5\"\n  rate_hz: 4001\n  seed: 1", "rate_hz");
  refuses("background", "\n  folder: b\n  file: \"{name}.h5\"\n  rate_hz: 250\n  seed: -1", "seed");
  refuses("background", "\n  folder: b\n  file: \"{nam}.h5\"\n  rate_hz: 250\n  seed: 1", "'{nam}'");
  refuses(
      "background",
      "\n  folder: b\n  file: \"{name}.h5\"\n  rate_hz: 250\n  seed: 1\n  one_unit: {file: ../x, rate_hz: 1}",
      "one_unit.file");
  refuses(
      "background",
      "\n  folder: b\n  file: \"{name}.h5\"\n  rate_hz: 250\n  seed: 1\n  one_unit: {file: \"{angle}.h5\", "
      "rate_hz: 1}",
      "two trials have the background file b/0.h5");
}

TEST_CASE_METHOD(Fixture, "tables that cannot be made of the trials are refused when the paradigm is read") {
  const std::string windows = "{evoked: \"(20, 90]\", spontaneous: \"[0, 20)\"}";
  parts["windows"] = windows;
  parts["metrics"] = "[odsi, {kind: sparsity, arguments: [--missing, left_out]}, similarity]";
  const auto served = read();
  REQUIRE(served.metrics.size() == 3);
  CHECK(served.metrics[0].files[0] == "metrics/own/OSI_DSI_DF_{option}.csv");
  CHECK(served.metrics[1].arguments == std::vector<std::string>{"--missing", "left_out"});
  parts["tables"] = "metrics";
  CHECK(read().metrics[0].files[0] == "metrics/OSI_DSI_DF_{option}.csv");

  const auto with_windows = [&](const std::string& metrics, const std::string& text) {
    parts = complete;
    parts["windows"] = windows;
    parts["metrics"] = metrics;
    INFO(metrics);
    CHECK_THROWS_AS(read(), core::ConfigError);
    CHECK_THROWS_WITH(read(), Catch::Contains(text) && Catch::Contains("own.yaml:"));
  };
  refuses("metrics", "7", "metrics (must be a list");
  refuses("metrics", "[odsi]", "window 'evoked', which own does not state");
  with_windows("[odzi]", "unknown metrics.kind 'odzi'");
  with_windows("[odzi]", "did you mean odsi?");
  with_windows("[rates]", "not made of a paradigm's trials");
  with_windows("[contrast]", "the variable 'contrast'");
  with_windows("[images]", "lgn.stimulus.order");
  with_windows("[similarity]", "needs metrics/own/OSI_DSI_DF_{option}.csv, which no other entry makes");
  with_windows("[{kind: odsi, files: [a.csv]}]", "metrics.files is no key any more");
  with_windows("[{kind: odsi, needs: [a.csv]}]", "metrics.needs is no key any more");
  with_windows("[{kind: odsi, need: [b]}]", "unknown key 'metrics.need'");
  with_windows("[{kind: odsi, arguments: --silent}]", "metrics.arguments");
  with_windows("[{kind: odsi, arguments: [--core-radius, 100]}]", "'odsi' takes no option --core-radius");
  with_windows("[{kind: odsi, arguments: [--silent, never]}]", "invalid --silent never");
  with_windows("[{kind: odsi, arguments: [--silent]}]", "--silent of 'odsi' takes a value");
  with_windows("[{kind: odsi, arguments: [plain]}]", "'plain' follows no option");
  with_windows("[{kind: odsi, arguments: [-o, there]}]", "would put the tables of 'odsi' elsewhere");
  with_windows("[{kind: odsi, arguments: [--paradigm, bo]}]", "would put the tables of 'odsi' elsewhere");
  // Of a kind whose files depend on an option.
  with_windows("[receptive-field]", "variables x_position and y_position");
  with_windows("[{kind: receptive-field, arguments: [--from, noise]}]", "lgn.stimulus.order");
  with_windows("[{kind: receptive-field, arguments: [--from, structure]}]", "is a target of its own");
  with_windows("[{kind: receptive-field, arguments: [--from, thin-air]}]", "invalid --from thin-air");
  refuses("windows", "{evoked: 500}", "invalid windows.evoked='500'");
  refuses("windows", "{evoked: \"(50, 100.5]\"}", "trials end at 100 ms");
  refuses("windows", "7", "windows (must be a map");
  refuses("tables", "../there", "tables='../there'");
}

TEST_CASE("names of paradigms that are not known are refused") {
  CHECK_THROWS_WITH(read_paradigm("contrast", &workflows::metric_rules()),
                    Catch::Contains("did you mean 'contrasts'"));
  CHECK_THROWS_AS(read_paradigm("nowhere.yaml", &workflows::metric_rules()), core::MissingFileError);
  const auto names = shipped_paradigms();
  for (const auto* name : {"8dir_10trials", "bo", "contrasts", "imagenet", "spontaneous"})
    CHECK(std::ranges::find(names, name) != names.end());
  for (const auto& name : names)
    CHECK_FALSE(read_paradigm(name, &workflows::metric_rules()).description.empty());
}
