// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <iostream>

#include "builder/build.hpp"
#include "cli/arguments/network_options.hpp"
#include "cli/jobs/jobs_kinds.hpp"
#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "io/text/atomic_file.hpp"
#include "slurm/jobs/submit.hpp"
#include "slurm/plan/shell_text.hpp"

namespace striate::cli {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t bytes_besides_share = 250'000'000;  // program, buffers, nodes: each rank has them
constexpr double write_bytes_per_second = 1e8;  // of a slow shared file system
constexpr double edges_per_rank = 5e6;

int usual_build_ranks(const builder::Estimate& estimate, const slurm::Wishes& wishes,
                      const slurm::Site& site) {
  const int nodes = wishes.nodes.value_or(1);
  const int wanted = 1 + static_cast<int>(estimate.recurrent_edges / edges_per_rank);
  return wishes.ranks.value_or(std::clamp(wanted, nodes, nodes * site.node_cores));
}

slurm::Cost build_cost(const builder::Estimate& estimate, int ranks) {
  return {.start_s = 5,
          .item_s = (estimate.compute_seconds + 2 * estimate.compute_error) / ranks +
                    static_cast<double>(estimate.disk_bytes) / write_bytes_per_second,
          .bytes_per_rank =
              bytes_besides_share + estimate.memory_bytes_per_rank / static_cast<std::uint64_t>(ranks),
          .disk_bytes_per_item = estimate.disk_bytes};
}

}  // namespace

BuildJob build_job(const builder::NetworkSpec& spec, const builder::Estimate& estimate,
                   const slurm::Wishes& wishes, const slurm::Site& site) {
  slurm::require_option_name(spec.name, "name of the network");
  BuildJob job{.script = "build_" + spec.name, .request = {}, .cost = {}};
  const int ranks = usual_build_ranks(estimate, wishes, site);
  job.cost = build_cost(estimate, ranks);
  job.request = slurm::request_for(job.cost, 1, ranks, wishes, site);
  return job;
}

double core_hours(const BuildJob& job) {
  return (job.cost.start_s + job.cost.item_s) * job.request.ranks / 3600;
}

void print_build_job(const BuildJob& job, const std::string& name) {
  if (const auto text = slurm::short_time_text(job.request, job.cost, 1); !text.empty())
    core::log::warning("the time limit is {} give more --time or --ranks", text);
  if (core::log::level() == core::log::Level::quiet) return;
  std::cout << fmt::format(
      "build of {}: {} ranks on {} node(s), {} of memory each, time limit {}, about {:.2f} core-hours, {} of "
      "disk\n",
      name, job.request.ranks, job.request.nodes, core::human_bytes(job.request.memory_mb * 1'000'000),
      slurm::job_time(job.request.minutes), core_hours(job), core::human_bytes(job.cost.disk_bytes_per_item));
}

fs::path write_build_job(const BuildJob& job, const std::vector<std::string>& words,
                         std::span<const std::vector<std::string>> afterwards,
                         const slurm::JobSetting& setting) {
  const auto submission = slurm::script_path(setting.base, "submit_" + job.script);
  const io::TextFile scripts[] = {
      {slurm::script_path(setting.base, job.script),
       slurm::single_script(job.script, job.request, words, setting, afterwards)},
      {submission, slurm::submit_script(job.script, slurm::work_of_building, setting)}};
  io::make_folder(setting.base / "jobs/logs");
  io::write_text_files(scripts);
  return submission;
}

Files run_jobs_build(const core::Call& call, const core::Comm& world) {
  if (!world.is_root()) return {};
  const auto& values = call.values;
  const auto network = call.argument("NAME");
  const auto spec = read_network_spec(network, values);
  const fs::path base = values.text_if("output").value_or(spec.name);
  const auto setting = job_setting(base, values.text("site"), given_site_changes(call));
  const auto job = build_job(spec, builder::estimate(spec, {.base = base, .parts = {}}, {}),
                             given_wishes(call), setting.site);
  print_build_job(job, spec.name);
  if (values.given("dry-run")) return {};

  std::vector<std::string> words{"build", network, "-o", base.string()};
  for (const auto& word : network_option_words(values)) words.push_back(word);
  if (values.given("force")) words.emplace_back("--force");
  const auto submission = write_build_job(job, words, {}, setting);
  core::log::info("written: {} and {}", slurm::script_path(base, job.script), submission);
  if (values.given("submit")) submit(submission);
  return {};
}

}  // namespace striate::cli
