// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/conditions/shown_conditions.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/paradigm/condition_table.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using Catch::Contains;
using striate::test::TemporaryFolder;

namespace {

/// A paradigm's YAML with these lines of its own.
io::Paradigm paradigm_with(const TemporaryFolder& folder, const std::string& trials, const std::string& more,
                           const std::string& stimulus = "{theta: \"{angle}.0\"}") {
  const auto file = folder.path() / "own.yaml";
  std::ofstream(file)
      << "description: own\nduration_ms: 2000\ntrials:\n"
      << trials
      << "trial_name: t{trial}_{angle}_{contrast}\nlgn:\n  template: config_filternet.json\n"
         "  folder: filternet_own\n  stimulus: "
      << stimulus
      << "\nbackground: {folder: bkg_own, file: \"{name}.h5\", rate_hz: 250, seed: 1}\nruns: own_{option}\n"
      << more;
  return io::read_paradigm(file, nullptr);
}

constexpr const char* two_angles = "  - {contrast: [0.8, 0.1], angle: [90, 0], trial: 0..2}\n";

void write_template(const std::filesystem::path& base, const std::string& module) {
  std::filesystem::create_directories(base / "configs");
  std::ofstream(base / "configs/config_filternet.json")
      << R"({"inputs": {"s": {"input_type": "movie", "module": ")" << module
      << R"(", "gray_screen_dur": 500, "temporal_f": 2.0}}})";
}

}  // namespace

TEST_CASE("conditions are the combinations of all variables but the repeats, by their values") {
  const TemporaryFolder folder;
  write_template(folder.path(), "graiting");
  const auto shown = shown_conditions(paradigm_with(folder, two_angles, ""), folder.path(), "plain");
  CHECK(shown.variables == std::vector<std::string>{"contrast", "angle"});
  REQUIRE(shown.conditions.size() == 4);
  CHECK(shown.text(0) == "contrast=0.1, angle=0");
  CHECK(shown.text(3) == "contrast=0.8, angle=90");
  REQUIRE(shown.presentations.size() == 12);
  CHECK(shown.presentations[0].condition == 3);  // the first block is contrast 0.8, angle 90
  CHECK(shown.presentations[11].condition == 0);
  CHECK(shown.runs[0] == folder.path() / "own_plain/t0_90_0.8");
  CHECK(core::to_text(shown.presentations[0].window) == "(500, 2000] ms");
  CHECK(shown.conditions[0].frequency_hz == 2);
  CHECK(shown.conditions[0].same_phase);
  CHECK(first_gap(shown).empty());
}

TEST_CASE("what repeats is the paradigm's choice") {
  const TemporaryFolder folder;
  const auto shown = shown_conditions(paradigm_with(folder, two_angles, "repeat: [trial, contrast]\n"),
                                      folder.path(), "plain");
  CHECK(shown.variables == std::vector<std::string>{"angle"});
  CHECK(shown.conditions.size() == 2);
}

TEST_CASE("times come from the call, the paradigm's analysis, its window 'evoked', or the stimulus") {
  const TemporaryFolder folder;
  write_template(folder.path(), "grating");
  const auto window = [&](const std::string& more, const AnalysisTimes& times = {}) {
    const auto shown =
        shown_conditions(paradigm_with(folder, two_angles, more), folder.path(), "plain", times);
    return core::to_text(shown.presentations[0].window);
  };
  CHECK(window("windows: {evoked: \"[600, 1900)\"}\n") == "[600, 1900) ms");
  CHECK(window("windows: {evoked: \"[600, 1900)\"}\nanalysis: {from_ms: 700}\n") == "(700, 2000] ms");
  CHECK(window("windows: {late: \"[600, 1900)\"}\nanalysis: {window: late}\n") == "[600, 1900) ms");
  CHECK(window("analysis: {from_ms: 700, to_ms: 1500}\n", {.from_ms = 800, .to_ms = {}}) == "(800, 1500] ms");
  CHECK_THROWS_WITH(window("", {.from_ms = 2000, .to_ms = {}}),
                    Contains("no spikes can be counted from 2000 to 2000"));
  CHECK_THROWS_WITH(window("", {.from_ms = {}, .to_ms = 2001}), Contains("last 2000 ms"));
}

TEST_CASE("blanks are what analysis.blank says, by number") {
  const TemporaryFolder folder;
  const std::string trials = "  - {contrast: [0.0], angle: [0], trial: 0..4}\n" + std::string(two_angles);
  const auto shown = shown_conditions(paradigm_with(folder, trials, "analysis: {blank: {contrast: 0}}\n"),
                                      folder.path(), "plain");
  REQUIRE(shown.conditions.size() == 5);
  CHECK(shown.conditions[0].blank);
  CHECK_FALSE(shown.conditions[1].blank);
  CHECK(first_gap(shown).empty());  // blanks are no combination
  const auto without = shown_conditions(paradigm_with(folder, trials, ""), folder.path(), "plain");
  CHECK(first_gap(without) == "contrast=0.0, angle=90");
  const auto refused = [&](const std::string& blank) {
    return shown_conditions(paradigm_with(folder, trials, "analysis: {blank: " + blank + "}\n"),
                            folder.path(), "plain");
  };
  CHECK_THROWS_WITH(refused("{contrst: 0}"), Contains("no variable 'contrst', which analysis.blank names"));
  CHECK_THROWS_WITH(refused("{contrast: 0.3}"), Contains("0 of 5 conditions are blanks"));
}

TEST_CASE(
    "a condition whose gratings differ in phase or speed says so, what is no grating has no frequency") {
  const TemporaryFolder folder;
  write_template(folder.path(), "grating");
  const auto of = [&](const std::string& stimulus) {
    return shown_conditions(paradigm_with(folder, two_angles, "", stimulus), folder.path(), "plain")
        .conditions[0];
  };
  CHECK_FALSE(of("{phase: {random: [0, 360], seed: 7}}").same_phase);
  CHECK(of("{phase: {random: [0, 360], seed: 7}}").frequency_hz == 2);
  CHECK(of("{temporal_f: -4}").frequency_hz == 4);
  CHECK_FALSE(of("{temporal_f: \"{trial}.5\"}").frequency_hz);
  CHECK_FALSE(of("{temporal_f: 0}").frequency_hz);
  CHECK_FALSE(of("{module: full_field_flash}").frequency_hz);
  // The configuration of a trial wins: it was shown, whatever the paradigm says now.
  const auto paradigm = paradigm_with(folder, two_angles, "");
  for (const auto& trial : paradigm.trials) {
    std::filesystem::create_directories((folder.path() / trial.lgn_config).parent_path());
    std::ofstream(folder.path() / trial.lgn_config)
        << R"({"inputs": {"s": {"module": "grating", "gray_screen_dur": 300, "temporal_f": 1.0}}})";
  }
  const auto shown = shown_conditions(paradigm, folder.path(), "plain");
  CHECK(shown.conditions[0].frequency_hz == 1);
  CHECK(shown.presentations[0].window.begin_ms == 300);
}

namespace {

io::Paradigm sequence_paradigm(const TemporaryFolder& folder, const std::string& more = "") {
  const auto file = folder.path() / "slots.yaml";
  std::ofstream(file)
      << "description: slots\nduration_ms: 1750\ntrials:\n  - chunk: 0..1\ntrial_name: chunk_{chunk}\n"
         "lgn:\n  template: config_filternet.json\n  folder: filternet_slots\n"
         "  sequence:\n    vary: {angle: [90, 0], temporal_f: [1, 2]}\n    blanks: 1\n    order: listed\n"
         "    dur_ms: 200\n    gray_ms: 100\n"
         "  stimulus: {theta: \"{angle}.0\", temporal_f: \"{temporal_f}.0\", gray_screen_dur: 250.0}\n"
         "background: {folder: bkg_slots, file: \"{name}.h5\", rate_hz: 250, seed: 1}\n"
         "runs: slots_{option}\n"
      << more;
  return io::read_paradigm(file, nullptr);
}

}  // namespace

TEST_CASE("trials of several conditions are taken apart: slots with their values, frequencies and blanks") {
  const TemporaryFolder folder;
  write_template(folder.path(), "grating");
  const auto shown = shown_conditions(sequence_paradigm(folder), folder.path(), "plain");
  CHECK(shown.variables == std::vector<std::string>{"angle", "temporal_f"});
  REQUIRE(shown.conditions.size() == 5);
  CHECK(shown.text(0) == "angle=0, temporal_f=1");
  CHECK(shown.conditions[4].blank);
  CHECK_FALSE(shown.conditions[3].blank);
  CHECK(shown.conditions[1].frequency_hz == 2);
  CHECK_FALSE(shown.conditions[4].frequency_hz);
  CHECK(shown.runs.size() == 2);
  REQUIRE(shown.presentations.size() == 10);
  CHECK(shown.presentations[0].condition == 2);  // angle 90 is listed first
  CHECK(shown.presentations[9].condition == 4);
  CHECK(shown.presentations[9].run == 1);
  CHECK(core::to_text(shown.presentations[1].window) == "[550, 750) ms");
  CHECK(first_gap(shown).empty());
  const auto later =
      shown_conditions(sequence_paradigm(folder, "analysis: {latency_ms: 50}\n"), folder.path(), "plain");
  CHECK(core::to_text(later.presentations[1].window) == "[600, 800) ms");
  CHECK_THROWS_WITH(
      shown_conditions(sequence_paradigm(folder), folder.path(), "plain", {.from_ms = 300, .to_ms = {}}),
      Contains("no other times for slots"));
}

TEST_CASE("the table of conditions beside the trials must be that of the paradigm, or stands for it") {
  const TemporaryFolder folder;
  const auto paradigm = sequence_paradigm(folder);
  const auto file = folder.path() / paradigm.conditions_file();
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << io::conditions_csv(paradigm.conditions);
  CHECK(shown_conditions(paradigm, folder.path(), "plain").conditions.size() == 5);
  auto other = paradigm.conditions;
  std::swap(other.rows[0].values, other.rows[1].values);
  std::ofstream(file) << io::conditions_csv(other);
  CHECK_THROWS_WITH(shown_conditions(paradigm, folder.path(), "plain"), Contains("is not what"));
  // Of a stimulus made elsewhere, the paradigm knows trials only.
  auto elsewhere = paradigm;
  elsewhere.conditions = {};
  CHECK(shown_conditions(elsewhere, folder.path(), "plain").presentations[0].condition == 3);
  std::ofstream(file) << "run,slot,start_ms,end_ms,image,blank\nchunk_0,0,0,250,a,0\nchunk_9,0,0,250,b,0\n";
  CHECK_THROWS_WITH(shown_conditions(elsewhere, folder.path(), "plain"), Contains("run 'chunk_9'"));
  std::ofstream(file) << "run,slot,start_ms,end_ms,image,blank\nchunk_0,0,0,250,a,0\n";
  CHECK_THROWS_WITH(shown_conditions(elsewhere, folder.path(), "plain"),
                    Contains("nothing of trial 'chunk_1'"));
}

TEST_CASE("wrong keys of the YAML are named with their places") {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& more) -> std::string {
    try {
      paradigm_with(folder, two_angles, more);
    } catch (const core::ConfigError& error) {
      return error.what();
    }
    return "";
  };
  CHECK_THAT(message("repeat: trial\n"),
             Contains("own.yaml:12") && Contains("invalid repeat (must be a list"));
  CHECK_THAT(message("analysis: {from_ms: 1500, to_ms: 1500}\n"),
             Contains("from_ms=1500 is not before to_ms=1500"));
  CHECK_THAT(message("analysis: {to_ms: 2001}\n"), Contains("analysis.to_ms"));
  CHECK_THAT(message("analysis: {to: 2000}\n"), Contains("analysis.to"));
  CHECK_THAT(message("analysis: {blank: 0}\n"), Contains("invalid analysis.blank (must be a map"));
  CHECK_THAT(message("analysis: {window: evoked}\n"), Contains("unknown analysis.window 'evoked'"));
  CHECK_THAT(message("windows: {evoked: \"[0, 100)\"}\nanalysis: {window: evoked, to_ms: 50}\n"),
             Contains("analysis.window beside from_ms or to_ms"));
  CHECK(message("repeat: []\n").empty());
}
