// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "core/errors/error.hpp"
#include "slurm/jobs/array_plan.hpp"
#include "slurm/jobs/job_chain.hpp"
#include "slurm/jobs/job_resources.hpp"

using namespace striate;
using namespace striate::slurm;

TEST_CASE("array elements hold several trials and are numbered by the first") {
  const std::vector<std::size_t> trials{0, 1, 2, 3, 10, 11, 40};
  const auto elements = pack_trials(trials, 3);
  REQUIRE(elements.size() == 3);
  CHECK(elements[0].number == 0);
  CHECK(elements[1].trials == std::vector<std::size_t>{3, 10, 11});
  CHECK(elements[2].number == 40);
  CHECK(pack_trials({}, 3).empty());
}

TEST_CASE("array ids stay below MaxArraySize") {
  std::vector<std::size_t> trials;
  for (std::size_t i = 998; i < 1004; ++i) trials.push_back(i);
  const auto parts = array_parts(pack_trials(trials, 1), 1001);
  REQUIRE(parts.size() == 2);
  CHECK(array_text(parts[0], 0) == "998-1000");
  CHECK(parts[1].offset == 1001);
  CHECK(array_text(parts[1], 0) == "0-2");
  const std::vector<std::size_t> far{3000, 3199};
  const auto third = array_parts(pack_trials(far, 1), 1001);
  REQUIRE(third.size() == 2);
  CHECK(third[0].offset == 2002);
  CHECK(third[1].offset == 3003);
  CHECK(third[1].ids == std::vector<std::size_t>{196});
}

TEST_CASE("array ids are explicit and throttled") {
  CHECK(array_text({.offset = 0, .ids = {0, 4, 8}}, 10) == "0,4,8%10");
  CHECK(array_text({.offset = 0, .ids = {0, 1, 5, 7, 8, 9}}, 0) == "0-1,5,7-9");
}

namespace {

const Workload full{.neurons = 203816,
                    .synapses = 180503090,
                    .lgn_cells = 17400,
                    .bytes_per_rank = 250'000'000,
                    .shared_bytes = 2'300'000'000,
                    .duration_ms = 3000,
                    .dt_ms = 0.25,
                    .trials = 80};

Site site(int cores, double memory_gb) {
  Site result;
  result.name = "test";
  result.node_cores = cores;
  result.node_memory_gb = memory_gb;
  result.longest_hours = 10;
  return result;
}

}  // namespace

TEST_CASE("expected time of the full network is the measured one") {
  const auto cost = cost_of(Stage::simulate, full, 2);
  CHECK(cost.start_s == Approx(14.3).margin(0.1));  // 12.3 s of loading and 2 s to start
  CHECK(cost.item_s == Approx(7.2).margin(0.5));  // measured: 6.9 s
  CHECK(cost_of(Stage::simulate, full, 4).item_s < cost.item_s * 0.6);
}

TEST_CASE("expected time and disk of background follow units and duration") {
  Workload work = full;
  work.background_units = 100;
  work.background_hz = 250;
  const auto cost = cost_of(Stage::background, work, 1);
  CHECK(cost.item_s == Approx(0.04).margin(0.01));
  CHECK(cost.disk_bytes_per_item == 150'000);  // measured: 122 kB
  work.duration_ms *= 10;
  CHECK(cost_of(Stage::background, work, 1).item_s == Approx(0.31).margin(0.01));
  work.background_hz = 4000;
  CHECK(cost_of(Stage::background, work, 1).bytes_per_rank > 5 * cost.bytes_per_rank / 4);
}

TEST_CASE("jobs ask for what their trials take, with a margin") {
  CHECK(usual_ranks(full, site(64, 250)) == 19);
  CHECK(usual_ranks(full, site(8, 250)) == 8);
  const auto cost = cost_of(Stage::simulate, full, 2);
  const auto request = request_for(cost, 10, 2, {}, site(8, 16));
  CHECK(request.nodes == 1);
  CHECK(request.memory_mb == 3500);  // 2 * 1.25 * 1.4 GB
  CHECK(request.minutes == 10);  // 3 * 86 s and five minutes, in steps of five
  const auto longer = request_for(cost, 1000, 2, {}, site(8, 16));
  CHECK(longer.minutes == 370);
  CHECK(request_for(cost, 100000, 2, {}, site(8, 16)).minutes == 600);
}

TEST_CASE("memory decides how many nodes a job takes") {
  const auto cost = cost_of(Stage::simulate, full, 4);
  const auto request = request_for(cost, 1, 4, {}, site(4, 2.5));
  CHECK(request.nodes == 2);
  CHECK(request.memory_mb == 2100);
  CHECK_THROWS_AS(request_for(cost, 1, 4, {}, site(4, 0.5)), core::UsageError);
  Wishes wishes;
  wishes.nodes = 5;
  CHECK_THROWS_AS(request_for(cost, 1, 4, wishes, site(4, 16)), core::UsageError);
  wishes = {};
  wishes.minutes = 601;
  CHECK_THROWS_AS(request_for(cost, 1, 4, wishes, site(4, 16)), core::UsageError);
  wishes.minutes = 600;
  CHECK(request_for(cost, 1, 4, wishes, site(4, 16)).minutes == 600);
}

TEST_CASE("tables get more time and memory than the estimate, never less") {
  StageItems tables{.stage = Stage::metrics, .script = "metrics", .work = "metrics", .items = {}};
  tables.items.push_back({.index = 0, .name = "odsi", .step = {}});
  const auto request = [&](const Wishes& wishes) {
    return make_chain("runs", {tables}, full, wishes, site(8, 16)).jobs.front().request;
  };
  const auto usual = request({});
  Wishes wishes;
  wishes.minutes = 1;
  wishes.memory_mb = 1;
  CHECK(request(wishes).minutes == usual.minutes);
  CHECK(request(wishes).memory_mb == usual.memory_mb);
  wishes.minutes = 500;
  wishes.memory_mb = 15'000;
  CHECK(request(wishes).minutes == 500);
  CHECK(request(wishes).memory_mb == 15'000);
  wishes.memory_mb = 17'000;
  CHECK_THROWS_AS(request(wishes), core::UsageError);
}

TEST_CASE("a time limit below the estimate is told") {
  const Cost cost{.start_s = 60, .item_s = 90};
  CHECK(short_time_text({.minutes = 4}, cost, 2).empty());
  CHECK(short_time_text({.minutes = 3}, cost, 2) == "0:03:00 (about 0:04:00 are expected)");
  CHECK(short_time_text({.minutes = 3}, cost, 1).empty());
}

TEST_CASE("elements last ten minutes and are at least eight") {
  CHECK(usual_trials_per_element({.start_s = 10, .item_s = 7}, 80) == 10);
  CHECK(usual_trials_per_element({.start_s = 10, .item_s = 7}, 3200) == 84);
  CHECK(usual_trials_per_element({.start_s = 10, .item_s = 3600}, 80) == 1);
  CHECK(usual_trials_per_element({.start_s = 1, .item_s = 1}, 4) == 1);
}

TEST_CASE("times and memory of jobs are read strictly") {
  CHECK(parse_job_time("90") == 90);
  CHECK(parse_job_time("1:30:01") == 91);
  CHECK(parse_job_time("1-12:00:00") == 36 * 60);
  for (const char* text : {"", "0", "-1", "1:30", "1:60:00", "a", "1;2", "1-2", "1:00:00 ", "9999999999"})
    CHECK_THROWS_AS(parse_job_time(text), core::UsageError);
  CHECK(job_time(91) == "1:31:00");
  CHECK(parse_job_memory("20") == 20000);
  CHECK(parse_job_memory("1.5G") == 1500);
  CHECK(parse_job_memory("500M") == 500);
  for (const char* text : {"", "0", "G", "-5", "20T", "20 G", "nan"})
    CHECK_THROWS_AS(parse_job_memory(text), core::UsageError);
}
