// SPDX-License-Identifier: BSD-3-Clause
#include "core/pulse/stand_still.hpp"

#include <catch2/catch.hpp>

#include "support/temporary_folder.hpp"

using namespace striate::core::pulse;
using Catch::Contains;

namespace {

using Ranks = std::vector<std::size_t>;

/// Three ranks that are looked at each second, with a limit of ten.
struct Job {
  StandStill still{3, 10, 1};
  std::vector<Slot> slots{3};
  double now = 0;

  Job() {
    std::int32_t pid = 100;
    for (auto& slot : slots) slot.pid = pid++, slot.host = fitted("n1"), slot.phase = fitted("simulate");
  }
  /// Seconds in which each rank of `alive` writes and each of `at_work` makes steps.
  std::vector<Finding> pass(int seconds, Ranks alive, Ranks at_work) {
    std::vector<Finding> all;
    for (int s = 0; s < seconds; ++s) {
      for (const std::size_t rank : alive) ++slots[rank].rounds;
      for (const std::size_t rank : at_work) ++slots[rank].beats;
      for (const auto& finding : still.look(slots, ++now)) all.push_back(finding);
    }
    return all;
  }
  void wait_in_call(Ranks ranks, std::uint64_t calls) {
    for (const std::size_t rank : ranks) slots[rank].call = fitted("MPI_Alltoall"), slots[rank].calls = calls;
  }
};

const Ranks everybody{0, 1, 2}, nobody;

}  // namespace

TEST_CASE("a rank that is stopped is named once, not those that wait for it") {
  Job job;
  CHECK(job.pass(30, everybody, everybody).empty());
  job.wait_in_call({0, 2}, 7);
  CHECK(job.pass(10, {0, 2}, nobody).empty());
  const auto findings = job.pass(20, {0, 2}, nobody);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rank == 1);
  CHECK(findings[0].hang == Hang::silent);
  CHECK(job.still.is_silent(1));
  CHECK_FALSE(job.still.is_silent(0));
  CHECK(
      described(findings[0]) ==
      "rank 1 (process 101 on n1) has made no progress for 11 s in 'simulate' (it does not answer: stopped, "
      "or its machine or file system hangs)");
  const auto over = job.pass(1, everybody, everybody);
  REQUIRE(over.size() == 1);
  CHECK(over[0].over);
  CHECK(described(over[0]) == "rank 1 (process 101 on n1) goes on");
  CHECK(job.pass(30, everybody, everybody).empty());
}

TEST_CASE("a rank that is stopped inside the call is named as well") {
  Job job;
  job.pass(3, everybody, everybody);
  job.wait_in_call(everybody, 7);
  const auto findings = job.pass(20, {1, 2}, nobody);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rank == 0);
  CHECK(findings[0].hang == Hang::silent);
}

TEST_CASE("a rank that runs in a circle is named, as long as others wait for it") {
  Job job;
  job.pass(3, everybody, everybody);
  job.wait_in_call({0, 1}, 7);
  const auto findings = job.pass(20, everybody, nobody);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rank == 2);
  CHECK(findings[0].hang == Hang::busy);
  CHECK_THAT(described(findings[0]), Contains("runs in a circle"));
}

TEST_CASE("who waits long for one that is at work is not named") {
  Job job;
  job.wait_in_call({0, 1}, 7);
  CHECK(job.pass(100, everybody, {2}).empty());
  job.slots[1].ended = true;
  CHECK(job.pass(100, {0, 2}, {2}).empty());
}

TEST_CASE("where all wait, the one in an earlier call is named, or all") {
  Job job;
  job.pass(3, everybody, everybody);
  job.wait_in_call({0, 2}, 8);
  job.wait_in_call({1}, 7);
  auto findings = job.pass(20, everybody, nobody);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rank == 1);
  CHECK(findings[0].hang == Hang::behind);
  job.wait_in_call(everybody, 9);
  CHECK(job.pass(1, everybody, nobody).size() == 1);  // it went on
  findings = job.pass(20, everybody, nobody);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].hang == Hang::together);
  CHECK_THAT(described(findings[0]),
             Contains("all ranks have waited for each other for 11 s in MPI_Alltoall"));
}

TEST_CASE("who was stopped while it should have looked blames nobody") {
  Job job;
  job.pass(3, everybody, everybody);
  job.now += 1000;  // then it sees what the others wrote while they waited for it
  CHECK(job.pass(11, everybody, nobody).empty());
  CHECK(job.pass(1, everybody, nobody).size() == 3);
}

TEST_CASE("slots are read as they were written, by all who opened the file") {
  const striate::test::TemporaryFolder folder;
  const auto path = folder.path() / "slots";
  for (const bool shared : {false, true}) {
    SlotFile first(path, true, shared), second(path, false, shared);
    CHECK_THROWS_AS(SlotFile(path, true, shared), std::system_error);
    Slot slot{.rounds = 3, .beats = 4, .calls = 5, .pid = 6, .host = fitted("h"), .phase = fitted("p")};
    CHECK(second.write(2, slot));
    const auto slots = first.read(4);
    CHECK(slots[0].rounds == 0);
    CHECK(slots[3].rounds == 0);
    CHECK(slots[2].beats == 4);
    CHECK(std::string(slots[2].phase.data()) == "p");
    std::filesystem::remove(path);
    CHECK(second.write(1, slot) != shared);
    CHECK(first.read(2)[1].rounds == (shared ? 0 : 3));
  }
  CHECK_THROWS_AS(SlotFile(path, false, false), std::system_error);
}

TEST_CASE("what a process does is read from elsewhere") {
  const auto before = state();
  {
    begin_phase("reading a name that is much longer than what fits into a slot of the file");
    const Waiting waiting("MPI_Barrier");
    const auto now = state();
    CHECK(now.calls == before.calls + 1);
    CHECK(now.call == std::string("MPI_Barrier"));
    CHECK_THAT(std::string(now.phase.data()), Catch::StartsWith("reading a name"));
    { const Waiting alone(nullptr); }
    CHECK(state().calls == now.calls);
    end_phase();
  }
  const auto after = state();
  CHECK(after.call == nullptr);
  CHECK(after.phase == before.phase);
  CHECK(after.beats > before.beats);
}
