// SPDX-License-Identifier: BSD-3-Clause
#include "io/paradigm/paradigm_slots.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::io;

namespace {

struct SequenceFile {
  test::TemporaryFolder folder;
  std::string sequence =
      "{vary: {angle: [0, 90], size: [5, 8]}, blanks: 1, order: shuffled, seed: 3, dur_ms: 200, gray_ms: 50}";
  std::string stimulus =
      "{theta: \"{angle}\", contrast: 0.5, gray_screen_dur: 100, "
      "aperture: {shape: disk, diameter: {sum: [\"{size}\", 1]}}, trial: \"{chunk}\"}";
  std::string trials = "\n  - chunk: 0..3", duration_ms = "1400", more = "";

  Paradigm read() const {
    const auto path = folder.path() / "own.yaml";
    std::ofstream(path) << "description: d\nduration_ms: " << duration_ms << "\ntrials: " << trials
                        << "\ntrial_name: c{chunk}\nlgn:\n  template: t.json\n  folder: f\n  sequence: "
                        << sequence << "\n  stimulus: " << stimulus << more
                        << "\nbackground: {folder: b, file: \"{name}.h5\", rate_hz: 250, seed: 5}\n"
                           "runs: own_{option}\n";
    return read_paradigm(path.string(), nullptr);
  }
  void refuses(const std::string& text) const {
    INFO(sequence << "\n" << stimulus);
    CHECK_THROWS_AS(read(), core::ConfigError);
    CHECK_THROWS_WITH(read(), Catch::Contains(text) && Catch::Contains("own.yaml:"));
  }
};

}  // namespace

TEST_CASE_METHOD(SequenceFile, "a sequence becomes slots and a table of conditions") {
  const auto paradigm = read();
  REQUIRE(paradigm.trials.size() == 4);
  CHECK(paradigm.conditions.variables == std::vector<std::string>{"chunk", "angle", "size"});
  REQUIRE(paradigm.conditions.rows.size() == 20);
  CHECK(paradigm.conditions_file() == "configs/f/conditions.csv");
  std::set<std::vector<std::string>> orders;
  for (std::size_t t = 0; t < 4; ++t) {
    const auto& stimulus = paradigm.trials[t].stimulus;
    CHECK(stimulus["contrast"] == 0.5);
    CHECK_FALSE(stimulus.contains("theta"));
    REQUIRE(stimulus["slots"].size() == 5);
    std::multiset<std::string> shown;
    std::vector<std::string> order;
    for (std::size_t k = 0; k < 5; ++k) {
      const auto& row = paradigm.conditions.rows[t * 5 + k];
      const auto& slot = stimulus["slots"][k];
      CHECK(row.run == "c" + std::to_string(t));
      CHECK(row.slot == k);
      CHECK(row.start_ms == 100 + 250 * static_cast<double>(k));
      CHECK(row.end_ms == row.start_ms + 200);
      CHECK(row.values[0] == std::to_string(t));
      CHECK((slot["dur"] == 200 && slot["gray"] == 50));
      CHECK(row.blank == slot.contains("blank"));
      if (row.blank) {
        CHECK((row.values[1].empty() && row.values[2].empty() && !slot.contains("theta")));
      } else {
        CHECK(std::to_string(slot["theta"].get<int>()) == row.values[1]);
        CHECK(slot["aperture"]["diameter"] == std::stod(row.values[2]) + 1);
        CHECK(slot["aperture"]["shape"] == "disk");
      }
      order.push_back(row.values[1] + " " + row.values[2]);
    }
    shown.insert(order.begin(), order.end());
    CHECK(shown == std::multiset<std::string>{" ", "0 5", "0 8", "90 5", "90 8"});
    orders.insert(order);
  }
  CHECK(orders.size() > 1);
  // What tells slots apart cannot be set for all.
  CHECK(std::set<std::string>(paradigm.trial_keys.begin(), paradigm.trial_keys.end()) ==
        std::set<std::string>{"theta", "aperture", "trial", "slots", "gray_screen_dur"});
  // The table is that of the whole paradigm.
  CHECK(with_only(paradigm, {"chunk=2"}).conditions.rows.size() == 20);
}

TEST_CASE_METHOD(SequenceFile,
                 "a listed sequence shows its conditions as they stand, repeats and blanks last") {
  sequence =
      "{vary: [{angle: [0], size: [5, 8]}, {size: [9], angle: [4]}], repeats: 2, blanks: 1, order: "
      "listed, dur_ms: 10}";
  const auto rows = read().conditions.rows;
  REQUIRE(rows.size() == 28);
  std::vector<std::string> shown;
  for (std::size_t k = 0; k < 7; ++k) shown.push_back(rows[k].values[1] + " " + rows[k].values[2]);
  CHECK(shown == std::vector<std::string>{"0 5", "0 8", "4 9", "0 5", "0 8", "4 9", " "});
  CHECK(rows[6].end_ms == 170);
}

TEST_CASE_METHOD(SequenceFile, "values can be chosen by a variable and added") {
  stimulus =
      "{theta: {sum: [\"{angle}\", {by: size, values: {5: 0, 8: 90}}]}, gray_screen_dur: 0, "
      "components: [{contrast: {by: size, values: {5: 0.5, 8: 0.25}}}, {contrast: 0.1}]}";
  sequence = "{vary: {angle: [1], size: [5, 8]}, order: listed, dur_ms: 10}";
  const auto slots = read().trials[0].stimulus["slots"];
  CHECK(slots[0]["theta"] == 1);
  CHECK(slots[1]["theta"] == 91);
  CHECK(slots[1]["components"] == Json{{{"contrast", 0.25}}, {{"contrast", 0.1}}});
}

TEST_CASE_METHOD(SequenceFile, "a random value is each trial's own, in slots too") {
  stimulus =
      "{theta: \"{angle}\", cpd: \"{size}\", phase: {random: [0, 360], seed: 7}, gray_screen_dur: 0, "
      "components: [{theta: \"{angle}\", phase: {random: [0, 360], seed: 8}}]}";
  std::set<double> phases;
  for (const auto& trial : read().trials) {
    phases.insert(trial.stimulus["phase"].get<double>());
    for (const auto& slot : trial.stimulus["slots"])
      if (slot.contains("components")) phases.insert(slot["components"][0]["phase"].get<double>());
  }
  CHECK(phases.size() == 8);  // two in each of four trials
}

TEST_CASE_METHOD(SequenceFile, "sequences that cannot be shown, or would show another thing, are refused") {
  const auto with_sequence = [&](const std::string& text, const std::string& why) {
    sequence = text;
    refuses(why);
    sequence = SequenceFile().sequence;
  };
  const auto with_stimulus = [&](const std::string& text, const std::string& why) {
    stimulus = text;
    refuses(why);
    stimulus = SequenceFile().stimulus;
  };
  CHECK_NOTHROW(read());
  with_sequence("7", "lgn.sequence (must be a map");
  with_sequence("{order: listed, dur_ms: 5}", "missing key 'lgn.sequence.vary'");
  with_sequence("{vary: {angle: [0], size: [5]}, dur_ms: 5}", "missing key 'lgn.sequence.order'");
  with_sequence("{vary: {angle: [0], size: [5]}, order: random, dur_ms: 5}", "must be one of");
  with_sequence("{vary: {angle: [0], size: [5]}, order: shuffled, dur_ms: 5}", "lgn.sequence.seed");
  with_sequence("{vary: {angle: [0], size: [5]}, order: listed}", "lgn.sequence.dur_ms");
  with_sequence("{vary: {angle: [0], size: [5]}, order: listed, dur_ms: 0}", "lgn.sequence.dur_ms");
  with_sequence("{vary: {angle: [0], size: [5]}, order: listed, dur_ms: 5, gray_ms: -1}", "gray_ms");
  with_sequence("{vary: {angle: [0], size: [5]}, order: listed, dur_ms: 5, pause_ms: 1}", "pause_ms");
  with_sequence("{vary: {angle: [0], size: [5]}, order: listed, dur_ms: 5, blanks: -1}", "blanks");
  with_sequence("{vary: {angle: [0, 0], size: [5]}, order: listed, dur_ms: 5}", "a value occurs twice");
  with_sequence("{vary: {angle: [0, 90]}, order: listed, dur_ms: 5}", "'{size}'");
  with_sequence("{vary: {angle: [0], size: [5], tilt: [1, 2]}, order: listed, dur_ms: 5}",
                "varies tilt, which no key");
  with_sequence("{vary: [{angle: [0], size: [5]}, {angle: [1]}], order: listed, dur_ms: 5}",
                "different variables");
  with_sequence("{vary: {angle: [0], size: [5], chunk: [1]}, order: listed, dur_ms: 5}",
                "'chunk' is one of the trials");
  with_sequence("{vary: {angle: [0], size: [5], slot: [1]}, order: listed, dur_ms: 5}",
                "cannot be named 'slot'");
  with_sequence("{vary: {angle: [0], size: [5]}, order: listed, dur_ms: 1400}", "until 1500 ms");
  with_sequence("{vary: {angle: 0..999, size: 0..999}, order: listed, dur_ms: 1}", "too many slots");
  with_stimulus("{theta: \"{angle}\", cpd: \"{size}\"}", "missing lgn.stimulus.gray_screen_dur");
  with_stimulus("{theta: \"{angle}\", cpd: \"{size}\", gray_screen_dur: 0, slots: [{dur: 5}]}",
                "cannot be together");
  with_stimulus("{theta: \"{angle}\", cpd: \"{size}\", gray_screen_dur: 0, order: [1]}",
                "cannot be together");
  with_stimulus("{theta: \"{angle}\", cpd: {by: size, values: {5: 1}}, gray_screen_dur: 0}",
                "no value for size=8");
  with_stimulus("{theta: \"{angle}\", cpd: {by: siz, values: {5: 1}}, gray_screen_dur: 0}",
                "varies size, which no key");
  with_stimulus("{theta: {sum: [\"{angle}\", up]}, cpd: \"{size}\", gray_screen_dur: 0}", "must be a number");
  with_stimulus("{theta: {sum: []}, cpd: \"{size}{angle}\", gray_screen_dur: 0}", "list of numbers");
  trials = "\n  - chunk: [0]\n  - {chunk: [1], day: [2]}";
  refuses("different variables");
}

TEST_CASE("orders of images are conditions too") {
  const auto bo = read_paradigm("bo", nullptr);
  CHECK(bo.conditions.variables == std::vector<std::string>{"chunk", "image"});
  REQUIRE(bo.conditions.rows.size() == 50 * 119);
  std::size_t blanks = 0;
  for (std::size_t k = 0; k < bo.conditions.rows.size(); ++k) {
    const auto& row = bo.conditions.rows[k];
    const auto image = bo.orders[k / 119][k % 119];
    CHECK(row.blank == (image == 118));
    CHECK(row.values[1] == (row.blank ? "" : std::to_string(image)));
    CHECK(row.start_ms == 250.0 * (1 + static_cast<double>(k % 119)));
    blanks += row.blank ? 1 : 0;
  }
  CHECK(blanks == 50);
  CHECK(bo.shown_files().size() == 2);
  const auto gratings = read_paradigm("8dir_10trials", nullptr);
  CHECK(gratings.conditions.empty());
  CHECK(gratings.shown_files().empty());
}

TEST_CASE("shipped sets of stimuli show every condition once in a chunk") {
  struct Expected {
    const char* name;
    std::size_t chunks, slots, blanks;
    double shown_ms, end_ms;
  };
  for (const auto& [name, chunks, slots, blanks, shown_ms, end_ms] :
       std::vector<Expected>{{"dg_tf", 15, 42, 2, 2000, 126250},
                             {"static_gratings", 50, 124, 4, 250, 31500},
                             {"gabors", 15, 243, 0, 250, 61250},
                             {"flashes", 15, 10, 0, 250, 20250},
                             {"dg_contrast9", 15, 36, 0, 500, 36250},
                             {"dg_75", 75, 8, 0, 2000, 24250},
                             {"spatial_frequency", 10, 48, 0, 2000, 120250},
                             {"size", 10, 32, 0, 1000, 48250},
                             {"orientation_contrast", 10, 24, 0, 1000, 36250}}) {
    INFO(name);
    const auto paradigm = read_paradigm(name, nullptr);
    const auto quick = read_paradigm(std::string(name) + "_quick", nullptr);
    CHECK(paradigm.duration_ms == end_ms);
    CHECK(paradigm.trials.size() == chunks);
    CHECK(quick.trials.size() == chunks / 5);
    CHECK(quick.lgn_folder != paradigm.lgn_folder);
    CHECK(quick.background_folder != paradigm.background_folder);
    REQUIRE(paradigm.conditions.rows.size() == chunks * slots);
    for (std::size_t k = 0; k < quick.conditions.rows.size(); ++k)
      REQUIRE(quick.conditions.rows[k].values == paradigm.conditions.rows[k].values);
    std::map<std::vector<std::string>, std::size_t> shown;
    std::size_t grey = 0;
    for (const auto& row : paradigm.conditions.rows) {
      CHECK(row.end_ms - row.start_ms == shown_ms);
      CHECK(row.end_ms <= end_ms);
      grey += row.blank ? 1 : 0;
      if (!row.blank) ++shown[row.values];
    }
    CHECK(grey == blanks * chunks);
    const std::size_t repeats = std::string(name) == "flashes" ? 5 : 1;
    CHECK(shown.size() * repeats == chunks * (slots - blanks));
    for (const auto& [condition, count] : shown) CHECK(count == repeats);
  }
  CHECK(read_paradigm("natural_movie", nullptr).trials.size() == 20);
  CHECK(read_paradigm("natural_movie_quick", nullptr).trials.size() == 4);
}
