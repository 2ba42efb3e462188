// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/targets/targets.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "io/text/atomic_file.hpp"
#include "slurm/plan/condition_steps.hpp"
#include "slurm/plan/maker_steps.hpp"
#include "slurm/plan/network_steps.hpp"
#include "slurm/plan/paradigm_steps.hpp"
#include "slurm/plan/table_steps.hpp"
#include "slurm/plan/target_names.hpp"
#include "slurm/plan/training_step.hpp"
#include "slurm/targets/aggregates.hpp"
#include "slurm/targets/target_patterns.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;
using io::is_there;

fs::path normal(const fs::path& path) {
  const auto plain = path.lexically_normal();
  return plain.has_filename() || plain == plain.root_path() ? plain : plain.parent_path();
}

std::optional<MadeStep> step_for(const NetworkDirectory& network, const fs::path& rest) {
  for (auto* make :
       {build_step, training_step, maker_step, condition_step, usual_run_step, background_files_step})
    if (auto step = make(network, rest)) return step;
  for (const auto& paradigm : network.paradigms())
    if (auto step = paradigm_step(network, paradigm, rest)) return step;
  for (auto* make : {table_step, figure_step, any_run_step})
    if (auto step = make(network, rest)) return step;
  return std::nullopt;
}

/// Names below the network directory of all that can be made, each once.
std::vector<std::string> all_targets(const NetworkDirectory& network) {
  std::vector<std::string> names = network_targets(network);
  const auto add = [&](std::vector<std::string> more) { std::ranges::move(more, std::back_inserter(names)); };
  add(maker_targets(network.rules()));
  add(condition_targets(network));
  for (const auto& option : network.options()) {
    add(table_targets(network.rules(), option));
    for (const auto& paradigm : network.paradigms()) add(paradigm_targets(paradigm, option));
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

[[noreturn]] void throw_unknown_target(const NetworkDirectory& network, const fs::path& target,
                                       const fs::path& rest) {
  const auto nearest = core::nearest(rest.string(), all_targets(network));
  throw core::UsageError(
      "unknown target {} (nothing makes it and it is not there){} targets are files such as "
      "output_plain/spikes.h5, metrics/rates_plain.csv, figures/raster_plain.png below a network directory; "
      "options here: {}",
      target, nearest.empty() ? "" : fmt::format(" did you mean {}?", network.base() / nearest),
      fmt::join(network.options(), ", "));
}

const io::Paradigm* paradigm_that_shows(const NetworkDirectory& network, const fs::path& rest) {
  for (const auto& paradigm : network.paradigms()) {
    const auto files = paradigm.shown_files();
    if (std::ranges::find(files, rest) != files.end()) return &paradigm;
  }
  return nullptr;
}

class Collector {
 public:
  Collector(const ShippedNetworks& shipped, const std::vector<io::Paradigm>& own, const TableRules& rules)
      : shipped_(shipped), own_(own), rules_(rules) {}

  /// What a name with % in it stands for. Throws UsageError where that is nothing.
  std::vector<fs::path> matches_of(const std::string& pattern) {
    std::vector<fs::path> matches;
    auto others = pattern;
    std::erase(others, '%');
    require_make_name(others, "target");
    for (const auto& cut : cuts_of(normal(pattern))) {
      for (const auto& base : bases_of(cut.base)) add_matches(base, cut.rest, matches);
      if (!matches.empty()) return matches;
    }
    throw core::UsageError(
        "nothing to make is named like {} (% stands for any text within a name) see docs/pipeline.md for "
        "what can be made",
        pattern);
  }

  /// Of names that a pattern stands for, those that cannot be made are left out: `false`.
  bool add_if_possible(const fs::path& target) {
    const auto steps = plan_.steps.size(), labels = plan_.labels.size();
    try {
      add_target(target);
      return true;
    } catch (const core::MissingFileError& error) {
      core::log::detail("left out: {}", error.what());
      for (auto k = steps; k < plan_.steps.size(); ++k)
        for (const auto& output : plan_.steps[k].step.outputs) made_.erase(output);
      plan_.steps.resize(steps);
      plan_.labels.resize(labels);
      in_progress_.clear();
      return false;
    }
  }

  void add_target(const fs::path& given) {
    require_make_name(given, "target");
    const auto target = normal(given);
    if (add_aggregate(target)) return;
    const NetworkDirectory* nearest = nullptr;
    fs::path rest;
    for (const auto& cut : cuts_of(target)) {
      const auto* network = network_at(cut.base);
      if (network == nullptr) continue;
      const bool whole = cut.rest.empty() || cut.rest == "components";
      if (whole || step_for(*network, cut.rest) || paradigm_that_shows(*network, cut.rest) != nullptr)
        return add_goal(*network, target, whole);
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
  /// Network directories whose name, the path's last part, fits.
  std::vector<fs::path> bases_of(const fs::path& pattern) {
    const auto parent = pattern.parent_path();
    if (parent.string().find('%') != std::string::npos) return {};
    const auto name = pattern.filename().string();
    std::set<std::string> names;
    if (name.find('%') == std::string::npos) {
      names.insert(name);
    } else {
      for (const auto& each : rules_.network_names)
        if (fits(name, each)) names.insert(each);
      std::error_code ignored;
      for (const auto& entry : fs::directory_iterator(parent.empty() ? "." : parent, ignored))
        if (fits(name, entry.path().filename().string())) names.insert(entry.path().filename());
    }
    std::vector<fs::path> bases;
    for (const auto& each : names)
      if (network_at(parent / each) != nullptr) bases.push_back(parent / each);
    return bases;
  }

  void add_matches(const fs::path& base, const fs::path& rest, std::vector<fs::path>& matches) {
    if (rest.string().find('%') == std::string::npos) {
      matches.push_back(rest.empty() ? base : base / rest);
      return;
    }
    for (const auto& name : all_targets(*network_at(base)))
      if (fits(rest.string(), name)) matches.push_back(base / name);
  }

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

  /// A picture over several networks; false where it is none.
  bool add_aggregate(const fs::path& target) {
    const auto found = aggregate_at(target, rules_, [&](const fs::path& base) { return network_at(base); });
    if (!found) return false;
    for (const auto& base : found->bases) {
      const auto* network = network_at(base);
      if (network == nullptr)
        throw core::MissingFileError("no network {} ({} is over it and others) build it", base, target);
      note_base(*network);
      for (const auto& table : found->tables) require(*network, base / table, target.string());
    }
    const auto& first = *network_at(found->bases.front());
    const auto step = step_for(first, found->tables.front());
    if (!step) return false;
    for (auto& made : aggregate_steps(*found, *step)) add(first, std::move(made));
    return true;
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
    if (const auto* shown = paradigm_that_shows(network, rest)) {
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
    if (!made.origin.empty()) require(network, made.origin, made.step.label);
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
  struct Goal {
    fs::path target, pattern;  ///< pattern: empty for a name that was given as it is
  };
  std::vector<Goal> goals;
  for (const auto& target : targets) {
    if (target.string().find('%') == std::string::npos)
      goals.push_back({target, {}});
    else
      for (const auto& match : collector.matches_of(target)) goals.push_back({match, target});
  }
  std::stable_partition(goals.begin(), goals.end(),
                        [&](const auto& goal) { return collector.goes_first(goal.target); });
  std::map<fs::path, std::vector<std::string>> left_out;
  std::set<fs::path> served;
  for (const auto& [target, pattern] : goals) {
    if (pattern.empty())
      collector.add_target(target);
    else if (collector.add_if_possible(target))
      served.insert(pattern);
    else
      left_out[pattern].push_back(target);
  }
  for (const auto& [pattern, names] : left_out) {
    if (!served.contains(pattern)) collector.add_target(names.front());  // says why
    core::log::warning(
        "{} of the names like {} are left out (what they are made of cannot be made here; name them to be "
        "told "
        "why): {}",
        names.size(), pattern, fmt::join(names, ", "));
  }
  return collector.plan();
}

std::vector<fs::path> unknown_origins(const TargetPlan& plan) {
  std::set<fs::path> origins;
  for (const auto& made : plan.steps)
    if (!made.origin.empty()) origins.insert(made.origin);
  std::vector<fs::path> unknown;
  for (const auto& made : plan.steps)
    if (!made.reason.empty())
      std::ranges::copy_if(made.step.outputs, std::back_inserter(unknown),
                           [&](const auto& output) { return origins.contains(output); });
  return unknown;
}

}  // namespace striate::slurm
