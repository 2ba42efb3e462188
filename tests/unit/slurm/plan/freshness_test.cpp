// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/freshness.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using slurm::MadeStep;
using striate::test::TemporaryFolder;
namespace fs = std::filesystem;
using Paths = std::vector<fs::path>;

namespace {

MadeStep step(const std::string& label, Paths inputs, Paths outputs, const std::string& family = {}) {
  MadeStep made;
  made.step.stage = slurm::Stage::simulate;
  made.step.label = label;
  made.step.inputs = std::move(inputs);
  made.step.outputs = std::move(outputs);
  made.step.arguments = {"simulate", label};
  made.family = family;
  return made;
}

/// A file that is `age` seconds old.
fs::path file(const TemporaryFolder& folder, const std::string& name, int age) {
  const auto path = folder.path() / name;
  std::ofstream(path) << name;
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::seconds(age));
  return path;
}

std::vector<std::string> labels(const std::vector<MadeStep>& steps) {
  std::vector<std::string> names;
  for (const auto& made : steps) names.push_back(made.step.label);
  return names;
}

}  // namespace

TEST_CASE("Steps run when outputs are missing, inputs newer or made anew") {
  const TemporaryFolder folder;
  const auto old_input = file(folder, "old", 100), new_input = file(folder, "new", 10);
  const auto output = file(folder, "output", 50), other = file(folder, "other", 40);
  const auto missing = folder.path() / "missing";
  std::vector<MadeStep> steps{step("up to date", {old_input}, {output}),
                              step("newer input", {old_input, new_input}, {other}),
                              step("input made anew", {other}, {file(folder, "late", 1)}),
                              step("one output missing", {old_input}, {file(folder, "z", 1), missing})};
  slurm::find_reasons(steps);
  CHECK(steps[0].reason.empty());
  CHECK(steps[1].reason == new_input.string() + " is newer");
  CHECK(steps[2].reason == other.string() + " is made anew");
  CHECK(steps[3].reason == missing.string() + " is missing");
}

TEST_CASE("The oldest output counts, and equal times are up to date") {
  const TemporaryFolder folder;
  const auto input = file(folder, "input", 50), young = file(folder, "young", 1),
             same = file(folder, "same", 1);
  fs::last_write_time(same, fs::last_write_time(input));
  std::vector<MadeStep> steps{step("same", {input}, {young, same})};
  slurm::find_reasons(steps);
  CHECK(steps[0].reason.empty());
  fs::last_write_time(same, fs::last_write_time(input) - std::chrono::seconds(1));
  slurm::find_reasons(steps);
  CHECK_FALSE(steps[0].reason.empty());
}

TEST_CASE("A file dated in the future makes nothing old, one of a clock a little ahead does") {
  const TemporaryFolder folder;
  const auto input = file(folder, "input", -86400), output = file(folder, "output", 50);
  std::vector<MadeStep> steps{step("run", {file(folder, "old", 100), input}, {output})};
  slurm::find_reasons(steps);
  CHECK(steps[0].reason.empty());
  CHECK(steps[0].undated == Paths{input});
  slurm::FileTimes times;
  CHECK(slurm::reason_to_run(steps[0].step, {}, &times).empty());
  CHECK(times.undated == std::set<fs::path>{input});

  // Both from the future: one clock made both, so their order holds.
  file(folder, "output", -86300);
  slurm::find_reasons(steps);
  CHECK(steps[0].reason == input.string() + " is newer");
  CHECK(steps[0].undated.empty());
  file(folder, "output", -86500);
  slurm::find_reasons(steps);
  CHECK(steps[0].reason.empty());
  CHECK(steps[0].undated.empty());

  file(folder, "output", 50), file(folder, "input", -240);
  slurm::find_reasons(steps);
  CHECK(steps[0].reason == input.string() + " is newer");
  file(folder, "input", -360);
  slurm::find_reasons(steps);
  CHECK(steps[0].reason.empty());
  // What is made anew counts, whatever the date of the file that it replaces.
  CHECK(slurm::reason_to_run(steps[0].step, {input}) == input.string() + " is made anew");
}

TEST_CASE("A generated configuration counts as new only when its contents change") {
  const TemporaryFolder folder;
  const auto config = file(folder, "config", 50), output = file(folder, "output", 10);
  std::vector<MadeStep> steps{step("run", {config}, {output})};
  steps[0].configs = {{config, "config"}};
  slurm::find_reasons(steps);
  CHECK(steps[0].reason.empty());
  steps[0].configs = {{config, "changed"}};
  slurm::find_reasons(steps);
  CHECK(steps[0].reason == config.string() + " is made anew");
}

TEST_CASE("Trials that have to run share calls, others stay alone") {
  std::vector<MadeStep> steps;
  for (int k = 0; k < 7; ++k) {
    const auto name = "r/" + std::to_string(k);
    steps.push_back(step("run of " + name, {"config" + name, "shared"}, {name}, "runs"));
    if (k != 2) steps.back().reason = "missing";
  }
  auto alone = step("alone", {}, {"alone"});
  alone.reason = "missing";
  steps.insert(steps.begin() + 3, alone);
  const auto packs = slurm::packed(steps, {.most = 4, .jobs = 1});
  CHECK(labels(packs) == std::vector<std::string>{"run of r/0 … 4 (4 trials)", "run of r/5 … 6 (2 trials)",
                                                  "run of r/2", "alone"});
  CHECK(packs[0].step.arguments ==
        std::vector<std::string>{"simulate", "run of r/0", "run of r/1", "run of r/3", "run of r/4"});
  CHECK(packs[0].step.outputs == Paths{"r/0", "r/1", "r/3", "r/4"});
  CHECK(packs[0].step.inputs == Paths{"configr/0", "shared", "configr/1", "configr/3", "configr/4"});
  CHECK(packs[2].reason.empty());

  const auto spread = slurm::packed(steps, {.most = 10, .jobs = 3});
  CHECK(labels(spread)[0] == "run of r/0 … 1 (2 trials)");
  CHECK(labels(slurm::packed(steps, {.most = 1, .jobs = 1}))[0] == "run of r/0");
}

TEST_CASE("A call is no longer than a shell takes") {
  std::vector<MadeStep> steps;
  for (const char* name : {"a", "b", "c"}) {
    steps.push_back(step(name, {}, {name}, "runs"));
    steps.back().reason = "missing";
    steps.back().step.arguments.back() = std::string(49'999, 'x');
  }
  CHECK(labels(slurm::packed(steps, {})) == std::vector<std::string>{"a … b (2 trials)", "c"});
  steps[0].step.arguments.back() += 'x';
  CHECK(labels(slurm::packed(steps, {})) == std::vector<std::string>{"a", "b … c (2 trials)"});
  for (auto& made : steps) made.step.arguments.back() = std::string(100'000, 'x');
  CHECK(labels(slurm::packed(steps, {})) == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("Steps are put after those that make their inputs, circles are refused") {
  const auto sorted = slurm::in_order({step("c", {"b"}, {"c"}), step("b", {"a"}, {"b", "b2"}),
                                       step("d", {"c", "b2", "b"}, {"d"}), step("a", {"source"}, {"a"})});
  CHECK(labels(sorted) == std::vector<std::string>{"a", "b", "c", "d"});
  CHECK_THROWS_WITH(slurm::in_order({step("x", {"b"}, {"a"}), step("y", {"a"}, {"b"})}),
                    Catch::Contains("circle (one is the x)"));
  CHECK_THROWS_AS(slurm::in_order({step("self", {"a"}, {"a"})}), core::ConfigError);
}
