// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/training_job.hpp"

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"
#include "slurm/jobs/submit.hpp"

using namespace striate;
using namespace striate::slurm;
using Catch::Contains;

namespace {

Site site() {
  Site site;
  site.name = "here";
  site.node_cores = 4;
  site.node_memory_gb = 8;
  site.longest_hours = 2;
  return site;
}

StageItems items() {
  Step step;
  step.stage = Stage::train;
  step.arguments = {"train", "a b", "--suffix=x"};
  return {.stage = Stage::train,
          .script = "train_x",
          .work = "train_x",
          .items = {{.index = 0, .name = "x", .step = step}}};
}

Wishes minutes(int wanted) {
  Wishes wishes;
  wishes.minutes = wanted;
  return wishes;
}

TrainingJob job(double seconds, Wishes wishes = {}, std::optional<int> jobs = {}, double unit_s = 10) {
  const Cost cost{.start_s = 20, .item_s = seconds, .bytes_per_rank = 100'000'000, .disk_bytes_per_item = 0};
  return training_job(items(), "a b/training/x/checkpoint.h5", cost, wishes.ranks.value_or(8), unit_s, wishes,
                      jobs, site());
}

}  // namespace

TEST_CASE("as many jobs as the estimate and the limit of one ask for, with a warning for the checkpoint") {
  const auto one = job(600);
  CHECK(one.count == 1);
  CHECK(one.job.request.minutes == 40);  // 3 x 620 s and five minutes, in steps of five
  CHECK(one.job.request.nodes == 2);
  CHECK(one.job.request.warning_s == 120);
  // Of two hours 120 s are for the end and 20 s for the beginning: 7060 s are left, for 3 x 40000 s.
  CHECK(job(40000).job.request.minutes == 120);
  CHECK(job(40000).count == 17);
  CHECK(job(40000, {}, 3).count == 3);
  CHECK(job(1e9).count == 100);
  CHECK(job(600, minutes(1)).job.request.warning_s == 30);
  CHECK(job(600, minutes(10), {}, 100).job.request.warning_s == 300);
  CHECK_THROWS_WITH(job(600, minutes(1), {}, 20), Contains("would not get to a checkpoint"));
  CHECK_NOTHROW(job(600, minutes(1), {}, 13));
}

TEST_CASE("a chain that is expected to end before the work is warned of") {
  CHECK(short_chain_text(job(40000)).empty());
  CHECK(short_chain_text(job(40000, {}, 6)).empty());
  CHECK(short_chain_text(job(40000, {}, 5)) == "5 job(s) of 2:00:00 (about 6 are expected)");
  CHECK(short_chain_text(job(600, minutes(30))).empty());
  CHECK_FALSE(short_chain_text(job(1800, minutes(30), 1)).empty());
}

TEST_CASE("jobs of training go on from a checkpoint, and are submitted one after the other") {
  const JobSetting setting{.directory = "/home/me", .program = "/opt/striate", .base = "a b", .site = site()};
  const Runs runs{.paradigm = "train", .base = "a b", .option = "x", .modfile = {}};
  auto training = job(600);
  const auto text = training_script(training, runs, setting);
  for (const char* line :
       {"#SBATCH --job-name=a_b_train_x\n", "#SBATCH --nodes=2\n", "#SBATCH --ntasks=8\n",
        "#SBATCH --signal=B:USR1@120\n", "stage=train\nruns=(train 'a b' x)\n", "todo=(0)\n",
        "checkpoint='a b/training/x/checkpoint.h5'\n", "command=(train 'a b' --suffix=x)\n",
        "[[ ! -e \"$checkpoint\" ]] || resume=(--resume)\n", "--stop-on-usr1"})
    CHECK_THAT(text, Contains(line));
  CHECK_THAT(text, !Contains("--array"));
  // Whether an earlier job failed is asked before this one's notes replace its.
  CHECK(text.find("an earlier job of the chain failed") < text.find("trap note_end EXIT"));

  const auto submission = repeated_submit_script(items(), 3, "collect", setting);
  for (const char* line : {"|| rm -f -- 'a b/jobs/state/train_x'/*.failed", "for ((n = 0; n < 3; ++n)); do\n",
                           "submit train_x train_x "
                           "\"${id:+,afterany:$id}${network:+,afterok$network}${same:+,afterany$same}\" "
                           "'a b/jobs/train_x.sh'\n",
                           "submit collect collect \",afterany:$id\" 'a b/jobs/collect.sh'\n"})
    CHECK_THAT(submission, Contains(line));
}
