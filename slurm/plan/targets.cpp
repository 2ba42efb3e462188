// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/targets.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/text/atomic_file.hpp"
#include "slurm/plan/network_steps.hpp"
#include "slurm/plan/paradigm_steps.hpp"
#include "slurm/plan/table_steps.hpp"
#include "slurm/plan/target_names.hpp"
#include "slurm/plan/training_step.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;
using io::is_there;

fs::path normal(const fs::path& path) {
  const auto plain = path.lexically_normal();
  return plain.has_filename() || plain == plain.root_path() ? plain : plain.parent_path();
}

std::optional<MadeStep> step_for(const NetworkDirectory& network, const fs::path& rest) {
  for (auto* make : {build_step, training_step, usual_run_step, background_files_step})
    if (auto step = make(network, rest)) return step;
  for (const auto& paradigm : network.paradigms())
    if (auto step = paradigm_step(network, paradigm, rest)) return step;
  for (auto* make : {table_step, figure_step, any_run_step})
    if (auto step = make(network, rest)) return step;
  return std::nullopt;
}

[[noreturn]] void throw_unknown_target(const NetworkDirectory& network, const fs::path& target,
                                       const fs::path& rest) {
  std::vector<std::string> names = network_targets(network);
  for (const auto& option : network.options()) {
    std::ranges::move(table_targets(network.rules(), option), std::back_inserter(names));
    for (const auto& paradigm : network.paradigms())
      std::ranges::move(paradigm_targets(paradigm, option), std::back_inserter(names));
  }
  const auto nearest = core::nearest(rest.string(), names);
  throw core::UsageError(
      "unknown target {} (nothing makes it and it is not there){} targets are files such as "
      "output_plain/spikes.h5, metrics/rates_plain.csv, figures/raster_plain.png below a network directory; "
      "options here: {}; 'striate nodesets silence' makes those that silence a cohort",
      target, nearest.empty() ? "" : fmt::format(" did you mean {}?", network.base() / nearest),
      fmt::join(network.options(), ", "));
}

const io::Paradigm* paradigm_of_labels(const NetworkDirectory& network, const fs::path& rest) {
  for (const auto& paradigm : network.paradigms())
    if (!paradigm.orders.empty() && paradigm.labels_file() == rest) return &paradigm;
  return nullptr;
}

class Collector {
 public:
  Collector(const ShippedNetworks& shipped, const std::vector<io::Paradigm>& own, const TableRules& rules)
      : shipped_(shipped), own_(own), rules_(rules) {}

  void add_target(const fs::path& given) {
    require_make_name(given, "target");
    const auto target = normal(given);
    const NetworkDirectory* nearest = nullptr;
    fs::path rest;
    for (const auto& cut : cuts_of(target)) {
      const auto* network = network_at(cut.base);
      if (network == nullptr) continue;
      const bool whole = cut.rest.empty() || cut.rest == "components";
      if (whole || step_for(*network, cut.rest)) return add_goal(*network, target, whole);
      nearest = network;
      rest = cut.rest;
    }
    if (is_there(target)) {
      if (nearest != nullptr) note_base(*nearest);
      return;
    }
    if (nearest == nullptr)
      throw core::UsageError(
          "no network directory in target {} (its first part must be one that is there, or be named as a "
          "network that 'striate build' makes) see 'striate build --help'",
          target);
    throw_unknown_target(*nearest, target, rest);
  }

  /// See makes_more().
  bool goes_first(const fs::path& given) {
    const auto cuts = cuts_of(normal(given));
    return std::ranges::any_of(cuts, [&](const auto& cut) {
      const auto* network = network_at(cut.base);
      return network != nullptr && std::ranges::any_of(network->paradigms(), [&](const auto& paradigm) {
               return makes_more(paradigm, cut.rest, network->options());
             });
    });
  }

  TargetPlan plan() { return std::move(plan_); }

 private:
  /// The network directory there, or null where there is none and none can be made.
  const NetworkDirectory* network_at(const fs::path& base) {
    auto found = networks_.find(base);
    if (found == networks_.end()) {
      std::unique_ptr<NetworkDirectory> network;
      if (fs::is_directory(base / "network") || shipped_(fs::absolute(base).lexically_normal().filename()))
        network = std::make_unique<NetworkDirectory>(base, shipped_, own_, rules_);
      found = networks_.emplace(base, std::move(network)).first;
    }
    return found->second.get();
  }

  void note_base(const NetworkDirectory& network) {
    if (plan_.bases.empty()) plan_.base = network.base();
    if (std::ranges::find(plan_.bases, network.base()) == plan_.bases.end())
      plan_.bases.push_back(network.base());
  }

  void add_goal(const NetworkDirectory& network, const fs::path& target, bool whole) {
    note_base(network);
    std::vector<fs::path> files{target};
    if (whole) {
      files.clear();
      for (const auto& file : network.build_files().network) files.push_back(network.base() / file);
    }
    for (const auto& file : files) require(network, file, "the command line");
  }

  /// Sees to it that `path` is made before whatever comes next.
  void require(const NetworkDirectory& network, const fs::path& path, const std::string& reader) {
    if (made_.contains(path) || sources_.contains(path)) return;
    if (!in_progress_.insert(path).second)
      throw core::ConfigError(
          "{} is needed to make itself ({} reads it) correct the configurations on this way", path, reader);
    const auto rest = path.lexically_relative(network.base());
    const bool below = !rest.empty() && *rest.begin() != "..";
    auto step = below ? step_for(network, rest) : std::nullopt;
    if (const auto* shown = paradigm_of_labels(network, rest)) {
      plan_.labels.push_back({network.base(), *shown});
      sources_.insert(path);
    } else if (step)
      add(network, std::move(*step));
    else if (!is_there(path))
      throw core::MissingFileError("no {} ({} needs it, and nothing here makes it){}", path, reader,
                                   missing_file_hint(network, rest));
    else
      sources_.insert(path);
    in_progress_.erase(path);
  }

  void add(const NetworkDirectory& network, MadeStep made) {
    for (const auto& config : made.configs) sources_.insert(config.file);
    for (const auto& output : made.step.outputs) in_progress_.insert(output);
    for (const auto& input : made.step.inputs) {
      require_make_name(input, "input of " + made.step.label + ":");
      require(network, input, made.step.label);
    }
    for (const auto& output : made.step.outputs) {
      require_make_name(output, "output of " + made.step.label + ":");
      in_progress_.erase(output);
      if (!made_.insert(output).second)
        throw core::ConfigError("{} is made by two steps (one is the {}) give one another output", output,
                                made.step.label);
    }
    plan_.steps.push_back(std::move(made));
  }

  const ShippedNetworks& shipped_;
  const std::vector<io::Paradigm>& own_;
  const TableRules& rules_;
  std::map<fs::path, std::unique_ptr<NetworkDirectory>> networks_;
  std::set<fs::path> made_, sources_, in_progress_;
  TargetPlan plan_;
};

}  // namespace

TargetPlan plan_of(const std::vector<fs::path>& targets, const ShippedNetworks& shipped,
                   const std::vector<io::Paradigm>& own_paradigms, const TableRules& rules) {
  Collector collector(shipped, own_paradigms, rules);
  auto in_order = targets;
  std::stable_partition(in_order.begin(), in_order.end(),
                        [&](const auto& target) { return collector.goes_first(target); });
  for (const auto& target : in_order) collector.add_target(target);
  return collector.plan();
}

}  // namespace striate::slurm
