// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>

#include "io/hdf5/h5.hpp"
#include "io/sonata/spikes.hpp"
#include "slurm/jobs/job_chain.hpp"
#include "slurm/jobs/job_end.hpp"
#include "slurm/jobs/status.hpp"
#include "slurm/jobs/status_table.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::slurm;
using Catch::Contains;
using Catch::StartsWith;
namespace fs = std::filesystem;

namespace {

void write_spikes(const fs::path& file, const std::string& population) {
  const std::vector<io::OutputSpikes> spikes{{.population = population, .time_ms = {1.0}, .node_id = {0}}};
  io::write_spikes_h5(file, spikes, {}, {});
}

void write_text(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

/// `seconds` later than now.
void set_age(const fs::path& file, int seconds) {
  fs::last_write_time(file, fs::file_time_type::clock::now() + std::chrono::seconds(seconds));
}

/// LGN and simulation of two trials and a table; nothing has run.
struct Chain {
  test::TemporaryFolder folder;
  fs::path base = folder.path();
  std::vector<StageItems> stages;

  Chain() {
    StageItems lgn{.stage = Stage::lgn, .script = "lgn", .work = "lgn", .items = {}},
        runs{.stage = Stage::simulate, .script = "runs", .work = "runs", .items = {}};
    StageItems tables{.stage = Stage::metrics, .script = "tables", .work = "tables", .items = {}};
    Step table;
    table.stage = Stage::metrics;
    table.outputs = {base / "table.csv"};
    for (const std::size_t trial : {3u, 4u}) {
      Step first, second;
      first.stage = Stage::lgn;
      first.inputs = {config(trial)};
      first.outputs = {lgn_file(trial)};
      second.stage = Stage::simulate;
      second.inputs = {config(trial), lgn_file(trial)};
      second.outputs = {run_file(trial)};
      write_text(config(trial), "{}");
      set_age(config(trial), -100);
      table.inputs.push_back(run_file(trial));
      lgn.items.push_back({.index = trial, .name = "trial", .step = first});
      runs.items.push_back({.index = trial, .name = "trial", .step = second});
    }
    tables.items.push_back({.index = 0, .name = "odsi", .step = table});
    stages = {lgn, runs, tables};
  }
  fs::path config(std::size_t trial) const { return base / ("config" + std::to_string(trial)); }
  fs::path lgn_file(std::size_t trial) const { return base / ("lgn" + std::to_string(trial) + ".h5"); }
  fs::path run_file(std::size_t trial) const { return base / ("run" + std::to_string(trial) + ".h5"); }
  void run_all() const {
    for (const std::size_t trial : {3u, 4u}) {
      write_spikes(lgn_file(trial), "lgn");
      set_age(lgn_file(trial), -50);
      write_spikes(run_file(trial), "v1");
      set_age(run_file(trial), -40);
    }
    write_text(base / "table.csv", "a\n");
  }
  std::vector<StageStatus> status(const Queue& queue = {}) const { return status_of(base, stages, queue); }
  std::vector<StageItems> left() const { return unfinished(stages, status()); }
};

}  // namespace

TEST_CASE("a trial is done when its output is complete and not older than its inputs") {
  const Chain chain;
  const auto& step = chain.stages[1].items[0].step;
  CHECK_THAT(problem_with_outputs(step), Contains("no "));
  chain.run_all();
  CHECK(problem_with_outputs(step).empty());
  set_age(chain.config(3), -39);
  CHECK_THAT(problem_with_outputs(step), Contains("config3 is newer"));
  set_age(chain.config(3), -41);
  CHECK(problem_with_outputs(step).empty());
  fs::resize_file(chain.run_file(3), fs::file_size(chain.run_file(3)) / 2);
  CHECK_FALSE(problem_with_outputs(step).empty());
  fs::resize_file(chain.run_file(3), 0);
  CHECK_THAT(problem_with_outputs(step), Contains("is empty"));
  write_spikes(chain.run_file(3), "lgn");
  CHECK_THAT(problem_with_outputs(step), Contains("no spikes of population v1"));
}

TEST_CASE("reports and rates beside the spikes need no population") {
  const Chain chain;
  chain.run_all();
  auto step = chain.stages[1].items[0].step;
  step.outputs.push_back(chain.base / "report.h5");
  CHECK_THAT(problem_with_outputs(step), Contains("no ") && Contains("report.h5"));
  io::h5::File::create(step.outputs.back()).close();
  CHECK(problem_with_outputs(step).empty());
  write_text(step.outputs.back(), "cut");
  CHECK_FALSE(problem_with_outputs(step).empty());
}

TEST_CASE("status tells failed from missing and names job and log") {
  const Chain chain;
  chain.run_all();
  fs::remove(chain.run_file(3));
  fs::remove(chain.run_file(4));
  write_text(chain.base / "jobs/state/runs/3.failed", "exit=66\njob=7_3\nlog=a log.out\n");
  write_text(chain.base / "jobs/state/runs/4.started", "job=7_4\nlog=b.out\n");
  const auto status = chain.status();
  CHECK(status[0].count(ItemState::done) == 2);
  CHECK(status[1].items[0].state == ItemState::failed);
  CHECK(status[1].items[1].state == ItemState::missing);
  const auto text = unfinished_list(status, 20);
  CHECK_THAT(text, Contains("failed: simulate trial (exit code 66, job 7_3, see a log.out)"));
  CHECK_THAT(text, Contains("job 7_4 is at work or was killed"));
  chain.run_all();
  CHECK(chain.status()[1].count(ItemState::done) == 2);
}

TEST_CASE("the queue tells what is at work from what was killed") {
  const Chain chain;
  const auto state = chain.base / "jobs/state/runs";
  write_text(state / "3.started", "job=7_3\nlog=a.out\n");
  write_text(state / "4.failed", "exit=75\njob=7_4\nlog=b.out\n");
  const auto item = [&](std::size_t k, const Queue& queue) { return chain.status(queue)[1].items[k]; };
  const auto queue = parse_queue("7_3|RUNNING|net_runs\n7_4|PENDING|net_runs\n70_3|RUNNING|x|y\n", true);
  CHECK(queue.jobs.size() == 3);
  CHECK(queue.jobs[2].name == "x|y");
  CHECK(item(0, queue).state == ItemState::running);
  CHECK(item(0, queue).reason == "job 7_3 is at work");
  CHECK(item(1, queue).state == ItemState::missing);
  CHECK(item(1, queue).reason == "job 7_4 stopped with a checkpoint, see b.out; it waits in the queue again");
  const auto again = parse_queue("7_3|PENDING|net_runs\n7_4|COMPLETING|net_runs\n", true);
  CHECK(item(0, again).state == ItemState::missing);
  CHECK(item(0, again).reason == "job 7_3 waits in the queue again");
  CHECK(item(1, again).reason == "job 7_4 stopped with a checkpoint, see b.out");
  // None of them any more; and a queue that does not answer.
  CHECK(item(0, parse_queue("", true)).reason == "job 7_3 was killed, see a.out");
  CHECK(item(0, parse_queue("slurm_load_jobs error: Invalid job id specified\n", false)).reason ==
        "job 7_3 was killed, see a.out");
  CHECK(item(0, parse_queue("Unable to contact slurm controller\n", false)).reason ==
        "job 7_3 is at work or was killed, see a.out");
}

TEST_CASE("the numbers of jobs are those submitted and those that noted their beginning") {
  const Chain chain;
  CHECK(job_ids(chain.base, {"runs"}, chain.stages).empty());
  write_text(submitted_file(chain.base), "5 runs runs\n6 lgn_a lgn\nx runs runs\n\n9 runs runs\n");
  write_text(chain.base / "jobs/state/lgn/3.started", "job=12_3\nlog=a\n");
  write_text(chain.base / "jobs/state/lgn/4.started", "job=none_3\nlog=a\n");
  CHECK(job_ids(chain.base, {"runs"}, chain.stages) == std::set<std::string>{"5", "9", "12"});
  CHECK(job_ids(chain.base, {"runs", "lgn_a"}, {}) == std::set<std::string>{"5", "6", "9"});
}

TEST_CASE("runs are summed up by trial, their inputs included") {
  const Chain chain;
  chain.run_all();
  auto row = summary_of(chain.status());
  CHECK(row.trials == 2);
  CHECK(row.done == 2);
  CHECK(row.tables == 1);
  CHECK(row.tables_done == 1);
  fs::remove(chain.run_file(3));
  fs::remove(chain.lgn_file(3));
  write_text(chain.base / "jobs/state/lgn/3.failed", "exit=66\njob=7_3\nlog=a\n");
  row = summary_of(chain.status());
  CHECK(row.done == 1);
  CHECK(row.failed == 1);
  CHECK(row.missing == 0);
  CHECK(row.tables_done == 0);
  fs::remove(chain.base / "jobs/state/lgn/3.failed");
  CHECK(summary_of(chain.status()).missing == 1);
  write_text(chain.base / "jobs/state/runs/3.started", "job=8_3\nlog=a\n");
  CHECK(summary_of(chain.status(parse_queue("8_3|RUNNING|x\n", true))).running == 1);

  write_text(used_directory(chain.base, "runs") / "7_3", "1800.25\n1799.75\n");
  write_text(used_directory(chain.base, "lgn") / "6", "3600\n");
  CHECK(used_core_hours(chain.base, chain.stages) == 2);
  RunsStatus first{
      .network = "a", .paradigm = "p", .option = "plain", .trials = 3, .core_hours = 1.5, .queued = 4};
  auto second = first;
  const auto table = status_table(std::vector{first, second});
  CHECK_THAT(table, Contains("\nall ") && Contains("3.00\n"));
  second.queued = {};
  CHECK_THAT(status_table(std::vector{first, second}), Contains(" ? "));
}

TEST_CASE("work that stopped with a checkpoint has not failed") {
  const Chain chain;
  write_text(chain.base / "jobs/state/runs/3.failed", "exit=75\njob=7\nlog=a.out\n");
  write_text(chain.base / "jobs/state/runs/4.failed", "exit=7\njob=8\nlog=b.out\n");
  const auto status = chain.status();
  CHECK(status[1].items[0].state == ItemState::missing);
  CHECK(status[1].items[0].reason == "job 7 stopped with a checkpoint, see a.out");
  CHECK(status[1].items[1].state == ItemState::failed);
}

TEST_CASE("how a job ended that left no word stands in its log") {
  const test::TemporaryFolder folder;
  const auto log = folder.path() / "log.out";
  const auto end = [&](const std::string& text) {
    write_text(log, text);
    return end_in_log(log, "7_3");
  };
  CHECK(end_in_log(folder.path() / "none", "7_3") == JobEnd::unknown);
  CHECK(end("simulate 50 %\n") == JobEnd::unknown);
  CHECK(end("slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-01-01T00:00:00 ***\n") ==
        JobEnd::cancelled);
  CHECK(end("slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-01-01T00:00:00 DUE TO TIME LIMIT ***\n") ==
        JobEnd::time);
  CHECK(end("slurmstepd: error: *** STEP 7.0 ON n1 CANCELLED AT 2026-01-01T00:00:00 DUE TO NODE FAILURE, SEE "
            "SLURMCTLD LOG FOR DETAILS ***\n") == JobEnd::node);
  const std::string memory =
      "slurmstepd-n1: error: StepId=7.batch exceeded memory limit (174936064 > 157286400), being killed\n";
  CHECK(end(memory + "slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-01-01T00:00:00 ***\n") ==
        JobEnd::memory);
  CHECK(end("slurmstepd: error: Detected 1 oom-kill event(s) in StepId=7.batch. Some of your processes may "
            "have been killed by the cgroup out-of-memory handler.\n") == JobEnd::memory);
  CHECK(end("srun: error: n1: task 0: Out Of Memory\n") == JobEnd::memory);
  // Of another start of the job, or somebody else's words.
  CHECK(end(memory + "job 7_3 on n2: striate 1.0\n") == JobEnd::unknown);
  CHECK(end(memory + "job 7_31 on n2: striate 1.0\n") == JobEnd::memory);
  CHECK(end("warning: exceeded memory limit, CANCELLED AT\n") == JobEnd::unknown);
  CHECK(end(memory + std::string(100'000, 'x') + "\n") == JobEnd::unknown);
}

TEST_CASE("status tells cancelled, killed and paused work from what failed") {
  const Chain chain;
  const auto state = chain.base / "jobs/state/runs";
  const auto log = chain.base / "log.out";
  const auto reason = [&](const std::string& note, const std::string& text, const std::string& lines) {
    fs::remove_all(state);
    write_text(state / note, text + "job=7\nlog=" + log.string() + "\n");
    write_text(log, lines);
    const auto item = chain.status()[1].items[0];
    return std::pair(item.state, item.reason);
  };
  const std::string see = ", see " + log.string();
  const std::string cancelled = "slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-01-01T00:00:00 ***\n";
  const std::string memory =
      "slurmstepd: error: StepId=7.batch exceeded memory limit (2 > 1), being killed\n";
  using Known = std::pair<ItemState, std::string>;
  CHECK(reason("3.failed", "exit=143\n", "") == Known{ItemState::missing, "job 7 was cancelled" + see});
  CHECK(reason("3.started", "", cancelled) == Known{ItemState::missing, "job 7 was cancelled" + see});
  CHECK(reason("3.failed", "exit=1\n", cancelled) == Known{ItemState::failed, "exit code 1, job 7" + see});
  for (const auto& note : {std::pair("3.failed", "exit=137\n"), std::pair("3.started", "")})
    CHECK(reason(note.first, note.second, memory) ==
          Known{ItemState::failed,
                "job 7 was killed for its memory" + see + "; continue with more --memory or --ranks"});
  CHECK(reason("3.failed", "exit=138\n", "") ==
        Known{ItemState::failed, "job 7 ran out of time" + see + "; continue with more --time"});
  CHECK(reason("3.failed", "exit=73\n", "") == Known{ItemState::failed, "exit code 73, job 7" + see});
}

TEST_CASE("status tells how far a simulation with a checkpoint is") {
  Chain chain;
  for (auto& item : chain.stages[1].items) item.step.outputs = {chain.base / item.name / "spikes.h5"};
  fs::create_directories(chain.base / "trial");
  const auto write = [&](const char* name, const std::string& simulated) {
    auto file = io::h5::File::create(chain.base / "trial" / name);
    io::h5::write_attribute(file, "/", "simulated_ms", simulated);
    io::h5::write_attribute(file, "/", "tstop_ms", std::string("3000"));
    file.close();
  };
  const auto reason = [&] { return chain.status()[1].items[0].reason; };
  write("checkpoint_before.h5", "600");
  write_text(chain.base / "trial/checkpoint.h5", "cut");
  CHECK_THAT(reason(), StartsWith("paused at 600 of 3000 ms; no "));
  write("checkpoint.h5", "1200");
  write_text(chain.base / "jobs/state/runs/3.failed", "exit=75\njob=7\nlog=a.out\n");
  CHECK(reason() == "paused at 1200 of 3000 ms; job 7 stopped with a checkpoint, see a.out");
  CHECK(chain.status()[1].items[0].state == ItemState::missing);
  write_spikes(chain.base / "trial/spikes.h5", "v1");
  CHECK(chain.status()[1].count(ItemState::done) + chain.status()[1].count(ItemState::missing) == 2);
}

TEST_CASE("only what is missing runs again") {
  const Chain chain;
  CHECK(chain.left().size() == 3);
  chain.run_all();
  CHECK(chain.left().empty());
  fs::remove(chain.lgn_file(3));
  CHECK(chain.left().empty());
  fs::remove(chain.run_file(4));
  CHECK(chain.status()[2].items[0].state == ItemState::missing);
  CHECK_THAT(chain.status()[2].items[0].reason, Contains("run4.h5 must be made first"));
  auto left = chain.left();
  REQUIRE(left.size() == 2);
  CHECK(left[0].stage == Stage::simulate);
  REQUIRE(left[0].items.size() == 1);
  CHECK(left[0].items[0].index == 4);
  CHECK(left[1].stage == Stage::metrics);
  fs::remove(chain.run_file(3));
  left = chain.left();
  REQUIRE(left.size() == 3);
  CHECK(left[0].items.size() == 2);
  CHECK(left[1].items.size() == 2);
}

TEST_CASE("a finished simulation runs again when its LGN spikes must be made again") {
  const Chain chain;
  chain.run_all();
  write_spikes(chain.lgn_file(4), "wrong");
  set_age(chain.lgn_file(4), -50);
  const auto left = chain.left();
  REQUIRE(left.size() == 3);
  REQUIRE(left[1].items.size() == 1);
  CHECK(left[1].items[0].index == 4);
}

TEST_CASE("options of jobs are kept") {
  const test::TemporaryFolder folder;
  CHECK_FALSE(read_job_options(folder.path(), "runs"));
  JobOptions options{.only = {"angle=0,45"},
                     .stimulus = {"temporal_f=1"},
                     .site = "a b.yaml",
                     .modfile = "m.csv",
                     .wishes = {}};
  options.wishes.ranks = 3;
  options.wishes.throttle = 0;
  options.wishes.memory_mb = 500;
  options.arguments = {"--suffix=x", "--epochs=2"};
  options.jobs = 4;
  options.site_changes = {.partition = "big", .account = {}, .mail = "me@x", .requeue = false};
  write_job_options(folder.path(), "runs", options);
  const auto kept = read_job_options(folder.path(), "runs");
  REQUIRE(kept);
  CHECK(kept->only == options.only);
  CHECK(kept->stimulus == options.stimulus);
  CHECK(kept->site == options.site);
  CHECK(kept->modfile == options.modfile);
  CHECK(kept->wishes.ranks == 3);
  CHECK(kept->wishes.throttle == 0);
  CHECK(kept->wishes.memory_mb == 500);
  CHECK_FALSE(kept->wishes.nodes);
  CHECK(kept->arguments == options.arguments);
  CHECK(kept->jobs == 4);
  CHECK(kept->site_changes.partition == "big");
  CHECK_FALSE(kept->site_changes.account);
  CHECK(kept->site_changes.mail == "me@x");
  CHECK(kept->site_changes.requeue == false);
}
