// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/network_directory.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "core/text.hpp"
#include "io/generation/manifest.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;
using io::files_in;
using io::is_there;

/// Of a network option, such as "config_plain.json".
bool is_of_option(const std::string& config) {
  return config.starts_with("config_") && config.ends_with(".json") &&
         !config.starts_with("config_filternet");
}

std::string option_of(const std::string& config) {
  return config.substr(7, config.size() - 12);
}

std::string config_of(const std::string& option) {
  return "config_" + option + ".json";
}

std::vector<io::Paradigm> all_paradigms(const fs::path& base, const std::vector<io::Paradigm>& own,
                                        const TableRules& rules) {
  auto all = io::paradigms_of(base, own, rules.paradigm_metrics);
  for (auto& paradigm : all) paradigm = io::for_network(std::move(paradigm), base);
  return all;
}

}  // namespace

std::string network_name(const fs::path& base) {
  const auto path = fs::absolute(base).lexically_normal();
  return path.has_filename() ? path.filename() : path.parent_path().filename();
}

NetworkDirectory::NetworkDirectory(fs::path base, const ShippedNetworks& shipped,
                                   std::vector<io::Paradigm> own_paradigms, const TableRules& rules)
    : base_(std::move(base)), rules_(rules), own_paradigms_(std::move(own_paradigms)) {
  find_state(shipped);
  find_configs();
  find_conditions();
}

void NetworkDirectory::find_state(const ShippedNetworks& shipped) {
  const auto files = shipped(name());
  if (!files) return;
  build_ = *files;
  const auto made = [&](const fs::path& file) { return is_there(base_ / file); };
  if (io::is_unfinished(core::NetworkPaths{base_}.network()))
    state_ = State::interrupted;
  else if (std::ranges::all_of(build_.network, made))
    state_ = State::built;
  else if (!files_in(base_ / "network", ".incomplete").empty())
    state_ = State::interrupted;
  else
    state_ = std::ranges::none_of(build_.network, made) ? State::absent : State::foreign;
}

void NetworkDirectory::find_configs() {
  std::set<std::string> names;
  for (const auto& file : files_in(base_ / "configs", ".json"))
    if (file.filename().string().starts_with("config")) names.insert(file.filename());
  if (state_ == State::absent || state_ == State::interrupted)
    for (const auto& [config, document] : build_.configs)
      if (names.insert(config).second) documents_[config] = document;
  config_names_.assign(names.begin(), names.end());
  for (const auto& config : config_names_)
    if (is_of_option(config)) options_.push_back(option_of(config));
}

void NetworkDirectory::find_conditions() {
  if (rules_.conditions == nullptr) return;
  for (const auto& condition : rules_.conditions->conditions) {
    if (!std::ranges::binary_search(config_names_, config_of(condition.option)) ||
        std::ranges::binary_search(config_names_, config_of(condition.name)))
      continue;
    absent_conditions_.push_back(&condition);
    options_.push_back(condition.name);
  }
}

io::Json NetworkDirectory::planned_config(const Condition& condition) const {
  const auto option = config_of(condition.option);
  return rules_.conditions->planned_config(condition, config(option), base_ / "configs" / option);
}

const Condition* NetworkDirectory::made_condition(const std::string& option) const {
  const auto found = made_conditions_.find(option);
  if (found != made_conditions_.end()) return found->second;
  return made_conditions_.emplace(option, find_made_condition(option)).first->second;
}

const Condition* NetworkDirectory::find_made_condition(const std::string& option) const {
  if (rules_.conditions == nullptr) return nullptr;
  const auto& conditions = rules_.conditions->conditions;
  const auto found = std::ranges::find(conditions, option, &Condition::name);
  if (found == conditions.end() || std::ranges::find(options_, option) == options_.end() ||
      std::ranges::find(options_, found->option) == options_.end())
    return nullptr;
  if (std::ranges::find(absent_conditions_, &*found) != absent_conditions_.end()) return &*found;
  const auto& there = config(config_of(option));
  const auto planned = planned_config(*found);
  const auto& plain = config(config_of(found->option));
  const auto section = [](const io::Json& document, const char* key) {
    return document.is_object() ? document.value(key, io::Json::object()) : io::Json::object();
  };
  if (section(there, "networks") != section(planned, "networks")) return nullptr;
  const auto inputs = section(there, "inputs"), before = section(plain, "inputs"),
             after = section(planned, "inputs");
  for (const auto& [key, input] : after.items())
    if (!before.contains(key) && inputs.value(key, io::Json()) != input) return nullptr;
  return &*found;
}

const std::vector<io::Paradigm>& NetworkDirectory::paradigms() const {
  if (!paradigms_) paradigms_ = all_paradigms(base_, own_paradigms_, rules_);
  return *paradigms_;
}

const io::Json& NetworkDirectory::config(const std::string& file_name) const {
  auto found = documents_.find(file_name);
  if (found == documents_.end()) {
    const auto absent = std::ranges::find(absent_conditions_, file_name,
                                          [](const auto* each) { return config_of(each->name); });
    if (absent != absent_conditions_.end())
      return documents_.emplace(file_name, planned_config(**absent)).first->second;
    const auto file = base_ / "configs" / file_name;
    if (is_of_option(file_name) && !is_there(file))
      throw core::MissingFileError(
          "no {} (options here: {}){} 'striate nodesets silence' makes those that silence a cohort", file,
          fmt::join(options_, ", "), core::did_you_mean(option_of(file_name), options_));
    core::require_readable(file, "configurations of trials begin with it");
    found = documents_.emplace(file_name, io::read_json(file)).first;
  }
  return found->second;
}

const io::ConfigFiles& NetworkDirectory::files(const std::string& file_name) const {
  auto found = files_.find(file_name);
  if (found == files_.end()) {
    const auto& document = config(file_name);
    const auto file = base_ / "configs" / file_name;
    found = files_.emplace(file_name, files_of(document, file, io::kind_of_config(document, file))).first;
  }
  return found->second;
}

io::ConfigFiles NetworkDirectory::files_of(const io::Json& document, const fs::path& file,
                                           io::RunKind kind) const {
  return io::files_of_config(io::planned_config(document, file), kind, &component_names_);
}

const fs::path& NetworkDirectory::plan_name(const fs::path& path) const {
  const auto [found, is_new] = plan_names_.try_emplace(path.native());
  if (is_new) {
    const auto whole = fs::absolute(path).lexically_normal();
    const auto below = whole.lexically_relative(fs::absolute(base_).lexically_normal());
    found->second = below.empty() || *below.begin() == ".." ? whole : base_ / below;
  }
  return found->second;
}

NetworkDirectory existing_network(const fs::path& base) {
  return {base, [](const std::string&) { return std::optional<BuildFiles>(); }, {}, {}};
}

}  // namespace striate::slurm
