// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/make/make_rules.hpp"

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"
#include "slurm/make/run_make.hpp"

using namespace striate;
using Catch::Contains;
using slurm::MadeStep;

namespace {

const slurm::MakeFile make_file{.file = "n/jobs/pipeline.mk",
                                .logs = "n/jobs/logs",
                                .program = "/opt/$ro#ot/it's/striate",
                                .launch = "mpirun -n 2"};

MadeStep simulation() {
  MadeStep made;
  made.step = {.stage = slurm::Stage::simulate,
               .label = "simulation of out",
               .inputs = {"n/a=1/x.h5", "n/config.json", "n/config.json"},
               .outputs = {"n/out/spikes.h5", "n/out/spikes.csv"},
               .arguments = {"simulate", "n/config.json", "it's $(touch x) #1"},
               .parallel = true};
  return made;
}

}  // namespace

TEST_CASE("A step becomes a rule with grouped targets and a quoted call") {
  const std::vector<MadeStep> steps{simulation()};
  const auto text = slurm::make_text(steps, make_file);
  CHECK_THAT(text,
             Contains("n/out/spikes.h5 \\\n  n/out/spikes.csv &: \\\n  n/a$(EQ)1/x.h5 \\\n  n/config.json\n"
                      "\t@mkdir -p n/jobs/logs && echo 'simulation of out'\n"
                      "\t@exec $(LAUNCH) $(STRIATE) simulate n/config.json 'it'\\''s $$(touch x) #1' "
                      ">n/jobs/logs/simulation_of_out.log 2>&1 </dev/null\n"
                      "\t@echo 'done: simulation of out'\n"));
  CHECK_THAT(text, Contains("STRIATE = '/opt/$$ro\\#ot/it'\\''s/striate'\n"));
  CHECK_THAT(text, Contains("LAUNCH = mpirun -n 2\n"));
  CHECK_THAT(text, Contains("FILES := \\\n  n/out/spikes.h5 \\\n  n/out/spikes.csv\n"));
  CHECK_THAT(text, Contains("all: $(FILES)\n") && Contains(".PRECIOUS: $(FILES)\n"));
}

TEST_CASE("A step of one rank and one output has a plain rule") {
  auto made = simulation();
  made.step.parallel = false;
  made.step.outputs.pop_back();
  const std::vector<MadeStep> steps{made};
  const auto text = slurm::make_text(steps, make_file);
  CHECK_THAT(text, Contains("n/out/spikes.h5: \\\n  n/a"));
  CHECK_THAT(text, Contains("\t@exec $(STRIATE) simulate"));
}

TEST_CASE("Make does not compare the date of an input whose date tells nothing") {
  auto made = simulation();
  made.undated = {"n/config.json"};
  const std::vector<MadeStep> steps{made};
  CHECK_THAT(slurm::make_text(steps, make_file),
             Contains(" &: \\\n  n/a$(EQ)1/x.h5 \\\n  | \\\n  n/config.json\n\t@mkdir"));
}

TEST_CASE("Names that cannot stand in a rule are refused when the plan is written") {
  for (const std::string name : {"a b", "a:b", "a%b", "$(x)", "a\nb"}) {
    CAPTURE(name);
    auto input = simulation(), output = simulation();
    input.step.inputs.emplace_back(name);
    output.step.outputs.emplace_back(name);
    const std::vector<MadeStep> with_input{input}, with_output{output};
    CHECK_THROWS_AS(slurm::make_text(with_input, make_file), core::UsageError);
    CHECK_THROWS_AS(slurm::make_text(with_output, make_file), core::UsageError);
  }
  auto argument = simulation();
  argument.step.arguments.emplace_back("a\nb");
  const std::vector<MadeStep> steps{argument};
  CHECK_THROWS_AS(slurm::make_text(steps, make_file), core::UsageError);
}

TEST_CASE("Logs of steps have names of their own") {
  std::vector<MadeStep> steps(3);
  steps[0].step.label = "simulation of a/b";
  steps[1].step.label = "simulation of a b";
  steps[2].step.label = "LGN of x … y (2 trials)";
  const auto logs = slurm::log_files(steps, "logs");
  CHECK(logs[0] == "logs/simulation_of_a_b.log");
  CHECK(logs[1] == "logs/simulation_of_a_b_2.log");
  CHECK(logs[2] == "logs/LGN_of_x_y_2_trials_.log");
}

TEST_CASE("Versions of make are read from its first line") {
  CHECK(slurm::make_version("GNU Make 4.3") == std::pair(4, 3));
  CHECK(slurm::make_version("GNU Make 4.2.1") == std::pair(4, 2));
  CHECK(slurm::make_version("GNU Make 10.0.90") == std::pair(10, 0));
  CHECK(slurm::make_version("bmake 4.3") == std::nullopt);
  CHECK(slurm::make_version("GNU Make ?") == std::nullopt);
  CHECK(slurm::make_version("") == std::nullopt);
}

TEST_CASE("What make says of failures is understood") {
  const auto error = slurm::parse_failure("make: *** [n/jobs/pipeline.mk:30: n/a/spikes.h5] Error 65");
  REQUIRE(error);
  CHECK(error->target == "n/a/spikes.h5");
  CHECK(error->exit_code == 65);
  CHECK(slurm::parse_failure("gmake: *** [p:1: x] Killed")->exit_code == 137);
  CHECK(slurm::parse_failure("make: *** [p:1: x] Terminated")->exit_code == 143);
  CHECK(slurm::parse_failure("make: *** [p:1: x] Segmentation fault (core dumped)")->exit_code == 139);
  CHECK(slurm::parse_failure("make: *** Waiting for unfinished jobs....") == std::nullopt);
  CHECK(slurm::parse_failure("simulation of make: *** [x] Error 1") == std::nullopt);
}
