// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/generate_all.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "io/generation/generation.hpp"
#include "io/generation/output_lock.hpp"
#include "io/generation/run_record.hpp"
#include "io/sonata/config/config_hash.hpp"

namespace striate::lgn {
namespace {

namespace fs = std::filesystem;

LgnPlan plan_of(const fs::path& config, const LgnOptions& options) {
  return make_plan(io::load_sonata_config(config), options);
}

/// All files that a plan will write.
void add_outputs(const LgnPlan& plan, std::vector<io::NamedPath>& outputs) {
  for (const auto trial : plan.trials) {
    for (const auto& file : trial_files(plan, trial))
      outputs.push_back({file, fmt::format("{}:/output", plan.config_file)});
    if (auto copy = config_copy(plan, trial))
      outputs.push_back({*std::move(copy), fmt::format("the copy of {}", plan.config_file)});
    outputs.push_back({output_directory(plan, trial) / io::run_record_name,
                       fmt::format("the record of {}", plan.config_file), io::shared_output});
  }
  if (plan.output.log_file)
    outputs.push_back({output_path(plan, plan.trials.front(), *plan.output.log_file),
                       fmt::format("{}:/output/log_file", plan.config_file)});
}

/// No configuration may write where another one does, and none over what one reads.
void check_outputs(const std::vector<LgnPlan>& plans) {
  std::map<fs::path, const LgnPlan*> owners;
  const auto claim = [&](const LgnPlan& plan, const fs::path& path) {
    const auto [owner, is_new] = owners.emplace(io::resolved(path), &plan);
    if (!is_new && owner->second != &plan)
      throw core::ConfigError(
          "{} and {} both write to {} (the second would replace the first) give each an "
          "output_dir of its own",
          owner->second->config_file, plan.config_file, path);
  };
  std::vector<io::NamedPath> outputs, inputs;
  for (const auto& plan : plans) {
    add_outputs(plan, outputs);
    inputs.insert(inputs.end(), plan.inputs.begin(), plan.inputs.end());
    for (const auto trial : plan.trials) {
      claim(plan, output_directory(plan, trial) / "");
      for (const auto& file : trial_files(plan, trial)) claim(plan, file);
    }
  }
  io::check_outputs(outputs, inputs);
}

/// What the results say of the network and configuration that they were made with, after a look whether the
/// network's files belong together.
void describe_origin(std::vector<LgnPlan>& plans, const core::Comm& comm) {
  std::map<std::vector<fs::path>, io::RunAttributes> networks;
  for (auto& plan : plans) {
    std::vector<fs::path> files;
    for (const auto& entry : plan.nodes) files.push_back(entry.nodes_file);
    const auto [network, is_new] = networks.try_emplace(files);
    if (is_new) {
      network->second = io::require_one_generation(files, comm);
      io::note_unknown_origin(network->second, comm);
    }
    plan.attributes = network->second;
    plan.attributes.seed = plan.seed;
    plan.attributes.config_hash = io::config_hash(plan.document);
  }
}

/// One lock for each output directory.
std::vector<io::OutputLock> lock_outputs(const std::vector<LgnPlan>& plans, const core::Comm& comm) {
  std::set<fs::path> folders;
  for (const auto& plan : plans)
    for (const auto trial : plan.trials) {
      std::error_code ignored;
      folders.insert(fs::weakly_canonical(output_directory(plan, trial) / "", ignored));
    }
  std::vector<io::OutputLock> locks;
  for (const auto& folder : folders) locks.push_back(io::lock_folder(folder, comm));
  return locks;
}

/// Trials whose spikes may wait in memory together: 16 bytes a spike, at twice the usual rate of the LGN.
std::size_t most_trials_of(const std::vector<LgnPlan>& plans, std::size_t cells) {
  constexpr double most_bytes = 512 << 20, rate_hz = 20, bytes_per_spike = 16;
  double longest_s = 1e-3;
  for (const auto& plan : plans)
    longest_s = std::max(longest_s, static_cast<double>(plan.stimulus.frames) / plan.stimulus.frame_rate_hz);
  const double bytes =
      static_cast<double>(std::max<std::size_t>(cells, 1)) * rate_hz * bytes_per_spike * longest_s;
  return static_cast<std::size_t>(std::clamp(most_bytes / bytes, 1.0, 1e6));
}

}  // namespace

std::vector<std::vector<std::size_t>> plans_by_rates(const std::vector<LgnPlan>& plans,
                                                     std::size_t most_trials) {
  struct Group {
    std::vector<std::size_t> members;
    std::size_t trials = 0;
  };
  std::vector<Group> groups;
  for (std::size_t k = 0; k < plans.size(); ++k) {
    const std::size_t trials = plans[k].trials.size();
    const auto group = std::ranges::find_if(groups, [&](const Group& g) {
      return g.trials + trials <= most_trials && same_rates(plans[g.members.front()], plans[k]);
    });
    auto& chosen = group != groups.end() ? *group : groups.emplace_back();
    chosen.members.push_back(k);
    chosen.trials += trials;
  }
  std::vector<std::vector<std::size_t>> members;
  for (auto& group : groups) members.push_back(std::move(group.members));
  return members;
}

GenerationSummary generate_all(const std::vector<fs::path>& configs, const LgnOptions& options,
                               const core::Comm& comm) {
  std::vector<LgnPlan> plans;
  for (const auto& config : configs) {
    plans.push_back(plan_of(config, options));
    if (configs.size() > 1 && std::holds_alternative<Movie>(plans.back().stimulus.pattern))
      plans.back().stimulus.pattern = Movie{};  // read again when its turn comes
  }
  check_outputs(plans);
  describe_origin(plans, comm);
  for (const auto& plan : plans) require_new_files(plan);  // nothing is made for a run that is refused
  const auto locks = lock_outputs(plans, comm);
  for (const auto& plan : plans) require_new_files(plan);  // nor has another run made them meanwhile
  auto nodes_read = plans.front().nodes;
  auto nodes = io::read_node_populations(nodes_read);
  std::size_t cells = 0;
  for (const auto& population : nodes) cells += population.size();
  const auto groups = plans_by_rates(plans, most_trials_of(plans, cells));
  GenerationSummary all;
  std::vector<LgnPlan> together;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    together.clear();
    for (const auto k : groups[g]) together.push_back(plans[k]);
    if (configs.size() > 1 && std::holds_alternative<Movie>(together.front().stimulus.pattern))
      together.front().stimulus = plan_of(configs[groups[g].front()], options).stimulus;
    if (together.front().nodes != nodes_read) {
      nodes_read = together.front().nodes;
      nodes = io::read_node_populations(nodes_read);
    }
    const auto summary = generate(together, nodes, comm);
    if (g == 0) all.cells = summary.cells;
    all.spikes += summary.spikes;
    all.cells_off_screen = std::max(all.cells_off_screen, summary.cells_off_screen);
  }
  if (configs.size() > 1)
    core::log::info("{} configurations, rates computed {} times", configs.size(), groups.size());
  return all;
}

}  // namespace striate::lgn
