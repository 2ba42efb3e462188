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

Files run_jobs_build(const core::Call& call, const core::Comm& world) {
  if (!world.is_root()) return {};
  const auto& values = call.values;
  const auto network = call.argument("NAME");
  const auto spec = read_network_spec(network, values);
  slurm::require_option_name(spec.name, "name of the network");
  const fs::path base = values.text_if("output").value_or(spec.name);
  const auto setting = job_setting(base, values.text("site"));
  const auto wishes = given_wishes(call);
  const auto estimate = builder::estimate(spec, {.base = base, .parts = {}}, {});
  const int ranks = usual_build_ranks(estimate, wishes, setting.site);
  const auto cost = build_cost(estimate, ranks);
  const auto request = slurm::request_for(cost, 1, ranks, wishes, setting.site);
  std::cout << fmt::format(
      "build of {}: {} ranks on {} node(s), {} of memory each, time limit {}, about {:.2f} core-hours, {} of "
      "disk\n",
      spec.name, request.ranks, request.nodes, core::human_bytes(request.memory_mb * 1'000'000),
      slurm::job_time(request.minutes), (cost.start_s + cost.item_s) * ranks / 3600,
      core::human_bytes(estimate.disk_bytes));
  if (const auto text = slurm::short_time_text(request, cost, 1); !text.empty())
    core::log::warning("the time limit is {} give more --time or --ranks", text);
  if (values.given("dry-run")) return {};

  std::vector<std::string> words{"build", network, "-o", base.string()};
  for (const auto& word : network_option_words(values)) words.push_back(word);
  if (values.given("force")) words.emplace_back("--force");
  const auto name = "build_" + spec.name, submission = "submit_" + name;
  const auto script = slurm::single_script(name, request, words, setting);
  const auto submit_text = slurm::submit_script(name, setting);
  io::make_folder(base / "jobs/logs");
  const io::TextFile scripts[] = {{slurm::script_path(base, name), script},
                                  {slurm::script_path(base, submission), submit_text}};
  io::write_text_files(scripts);
  core::log::info("written: {} and {}", slurm::script_path(base, name), slurm::script_path(base, submission));
  if (values.given("submit")) submit(slurm::script_path(base, submission));
  return {};
}

}  // namespace striate::cli
