// SPDX-License-Identifier: BSD-3-Clause
#include "engine/checkpoint/pauses.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <string>

using namespace striate;
using namespace striate::engine;

namespace {

constexpr core::Step never = std::numeric_limits<core::Step>::max();
constexpr core::TimeGrid quarter{.dt_ms = 0.25};

core::Clock::time_point ago(double seconds) {
  return core::Clock::now() -
         std::chrono::duration_cast<core::Clock::duration>(std::chrono::duration<double>(seconds));
}

CheckpointOptions options(const char* every, const char* stop_after) {
  CheckpointOptions options;
  if (every != nullptr) options.every = core::parse_run_length(every, "checkpoint-every");
  if (stop_after != nullptr) options.stop_after = core::parse_run_length(stop_after, "stop-after");
  return options;
}

struct JobEnd {
  explicit JobEnd(double in_seconds) {
    ::setenv("SLURM_JOB_END_TIME", std::to_string(std::time(nullptr) + std::int64_t(in_seconds)).c_str(), 1);
  }
  ~JobEnd() { ::unsetenv("SLURM_JOB_END_TIME"); }
};

}  // namespace

TEST_CASE("checkpoints are wanted when something asks for them") {
  CHECK_FALSE(CheckpointOptions{}.wanted());
  CHECK(options("1h", nullptr).wanted());
  CHECK(options("1ms", nullptr).wanted());
  CHECK(options(nullptr, "1h").wanted());
  CHECK(options(nullptr, "1ms").wanted());
  CheckpointOptions named, resumed;
  named.file = "x.h5";
  resumed.resume = true;
  CHECK(named.wanted());
  CHECK(resumed.wanted());
}

TEST_CASE("checkpoints at multiples of simulated time, whatever step a run goes on from") {
  Pauses pauses(options("10ms", nullptr), core::Clock::now(), quarter, {});
  for (const core::Step start : {0, 7}) {
    pauses.begin_trial(start);
    CHECK_FALSE(pauses.due(start));
    CHECK(pauses.next_after(start) == 40);
    CHECK(pauses.next_after(39) == 40);
    CHECK(pauses.next_after(40) == 80);
    CHECK_FALSE(pauses.due(39));
    CHECK(pauses.due(40));
    const auto decision = pauses.decide(40);
    CHECK(decision.checkpoint);
    CHECK_FALSE(decision.stop);
  }
  pauses.begin_trial(40);
  CHECK_FALSE(pauses.due(40));  // it is there
  CHECK_THROWS_AS(Pauses(options("0.1ms", nullptr), core::Clock::now(), quarter, {}), core::UsageError);
  CHECK(Pauses(options("0.25ms", nullptr), core::Clock::now(), quarter, {}).next_after(3) == 4);
}

TEST_CASE("a length of simulated time is that of the whole call, over its trials") {
  Pauses pauses(options(nullptr, "10ms"), core::Clock::now(), quarter, {});
  pauses.begin_trial(100);  // goes on
  CHECK(pauses.next_after(100) == 140);
  CHECK_FALSE(pauses.due(139));
  pauses.end_trial(125);
  pauses.begin_trial(0);
  CHECK(pauses.next_after(0) == 15);
  CHECK_FALSE(pauses.due(14));
  CHECK(pauses.due(15));
  const auto decision = pauses.decide(15);
  CHECK(decision.checkpoint);
  CHECK(decision.stop == core::ExitCode::checkpointed);
  pauses.end_trial(15);  // just the length of the trial
  pauses.begin_trial(0);
  CHECK(pauses.due(0));
  CHECK(pauses.decide(0).stop == core::ExitCode::checkpointed);
}

TEST_CASE("by the clock") {
  Pauses pauses(options("1h", "2h"), ago(7199), quarter, {});
  pauses.begin_trial(0);
  CHECK_FALSE(pauses.due(1));
  CHECK(pauses.next_after(0) == never);
  Pauses late(options("1h", "2h"), ago(7201), quarter, {});
  late.begin_trial(0);
  CHECK(late.due(1));
  CHECK(late.decide(1).stop == core::ExitCode::checkpointed);
  Pauses often(options("0.000001s", nullptr), core::Clock::now(), quarter, {});
  often.begin_trial(0);
  while (!often.due(1)) {
  }
  const auto decision = often.decide(1);
  CHECK(decision.checkpoint);
  CHECK_FALSE(decision.stop);
}

TEST_CASE("before a job ends, a run stops in time for a checkpoint, but not before half of the job") {
  const auto stops = [](double ran_s, double left_s, double checkpoint_s) {
    const JobEnd end(left_s);
    Pauses pauses(options("1h", nullptr), ago(ran_s), quarter, {});
    pauses.begin_trial(0);
    pauses.wrote_checkpoint(checkpoint_s);
    return pauses.due(1);
  };
  CHECK_FALSE(stops(1000, 63, 1));
  CHECK(stops(1000, 58, 1));
  CHECK_FALSE(stops(1000, 153, 50));
  CHECK(stops(1000, 148, 50));
  CHECK_FALSE(stops(5, 10, 1));
  CHECK(stops(10, 8, 1));
}

TEST_CASE("signals: USR1 stops to be continued, TERM and INT for good, and both with a checkpoint") {
  for (const auto& [number, code] : {std::pair{SIGUSR1, 75}, {SIGTERM, 143}, {SIGINT, 130}}) {
    Pauses pauses(options("1h", nullptr), core::Clock::now(), quarter, {});
    pauses.begin_trial(0);
    CHECK_FALSE(pauses.due(5));
    std::raise(number);
    CHECK(pauses.due(5));
    const auto decision = pauses.decide(5);
    CHECK(decision.checkpoint);
    CHECK(static_cast<int>(decision.stop.value()) == code);
  }
}
