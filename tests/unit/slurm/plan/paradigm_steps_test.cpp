// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/paradigm_steps.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "io/paradigm/read_paradigm.hpp"
#include "slurm/plan/freshness.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

TEST_CASE("Background files of a paradigm share a call, those that are there stay out of it") {
  const test::TemporaryFolder folder;
  const auto base = folder.path() / "net";
  const auto network = slurm::existing_network(base);
  const auto paradigm = io::read_paradigm("8dir_10trials", nullptr);
  const auto& there = paradigm.trials[1];
  fs::create_directories((base / there.background_file).parent_path());
  std::ofstream(base / there.background_file) << "x";
  std::vector<slurm::MadeStep> steps;
  for (std::size_t k = 0; k < 4; ++k)
    steps.push_back(slurm::background_step(network, paradigm, paradigm.trials[k]));
  slurm::find_reasons(steps);
  const auto packs = slurm::packed(steps, {});
  REQUIRE(packs.size() == 2);
  const auto& call = packs[0].step;
  CHECK(call.label ==
        fmt::format("background of {} … angle0_trial3 (3 trials)", base / "bkg_8dir_10trials/angle0_trial0"));
  CHECK(call.arguments == Texts{"background", base.string(), "--paradigm", "8dir_10trials",
                                "--trial=angle0_trial0", "--trial=angle0_trial2", "--trial=angle0_trial3"});
  CHECK(call.outputs == std::vector<fs::path>{base / paradigm.trials[0].background_file,
                                              base / paradigm.trials[2].background_file,
                                              base / paradigm.trials[3].background_file});
  CHECK(call.inputs == std::vector<fs::path>{base / "network/bkg_nodes.h5"});
  CHECK(packs[1].reason.empty());
}

TEST_CASE("Background files of two paradigms never share a call, even in one folder") {
  const test::TemporaryFolder folder;
  const auto network = slurm::existing_network(folder.path() / "net");
  std::vector<slurm::MadeStep> steps;
  for (const std::string name : {"one", "two"}) {
    const auto file = folder.path() / (name + ".yaml");
    std::ofstream(file) << "extends: spontaneous\ntrial_name: " << name << "{trial}\nruns: " << name
                        << "_{option}\n";
    const auto paradigm = io::read_paradigm(file, nullptr);
    CHECK(paradigm.background_folder == "bkg_spontaneous");
    for (std::size_t k = 0; k < 2; ++k)
      steps.push_back(slurm::background_step(network, paradigm, paradigm.trials[k]));
  }
  slurm::find_reasons(steps);
  const auto packs = slurm::packed(steps, {});
  REQUIRE(packs.size() == 2);
  for (const auto& pack : packs) CHECK(pack.step.arguments.size() == 6);
  CHECK(packs[1].step.arguments[3] == (folder.path() / "two.yaml").string());
  CHECK(packs[1].step.arguments[4] == "--trial=two0");
}
