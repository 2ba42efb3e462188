// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/network_directory.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "core/error.hpp"
#include "core/text.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::vector<fs::path> files_in(const fs::path& folder, const std::string& extension) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == extension) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

/// Of a network option, such as "config_plain.json".
bool is_of_option(const std::string& config) {
  return config.starts_with("config_") && config.ends_with(".json") &&
         !config.starts_with("config_filternet");
}

std::string option_of(const std::string& config) {
  return config.substr(7, config.size() - 12);
}

std::vector<io::Paradigm> all_paradigms(const fs::path& base, const std::vector<io::Paradigm>& own) {
  std::vector<io::Paradigm> all;
  std::set<std::string> names;
  const auto add = [&](io::Paradigm paradigm) {
    if (names.insert(paradigm.name).second) all.push_back(io::for_network(std::move(paradigm), base));
  };
  for (const auto& paradigm : own) add(paradigm);
  for (const auto& file : files_in(base / "configs/paradigms", ".yaml"))
    if (!names.contains(file.stem())) add(io::read_paradigm(file));
  for (const auto& shipped : io::shipped_paradigms())
    if (!names.contains(shipped)) add(io::read_paradigm(shipped));
  return all;
}

}  // namespace

NetworkDirectory::NetworkDirectory(fs::path base, const ShippedNetworks& shipped,
                                   std::vector<io::Paradigm> own_paradigms)
    : base_(std::move(base)), own_paradigms_(std::move(own_paradigms)) {
  find_state(shipped);
  find_configs();
}

std::string NetworkDirectory::name() const {
  const auto path = fs::absolute(base_).lexically_normal();
  return path.has_filename() ? path.filename() : path.parent_path().filename();
}

void NetworkDirectory::find_state(const ShippedNetworks& shipped) {
  const auto files = shipped(name());
  if (!files) return;
  build_ = *files;
  const auto made = [&](const fs::path& file) { return is_there(base_ / file); };
  if (std::ranges::all_of(build_.network, made))
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

const std::vector<io::Paradigm>& NetworkDirectory::paradigms() const {
  if (!paradigms_) paradigms_ = all_paradigms(base_, own_paradigms_);
  return *paradigms_;
}

const io::Json& NetworkDirectory::config(const std::string& file_name) const {
  auto found = documents_.find(file_name);
  if (found == documents_.end()) {
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

fs::path NetworkDirectory::plan_name(const fs::path& path) const {
  const auto whole = fs::absolute(path).lexically_normal();
  const auto below = whole.lexically_relative(fs::absolute(base_).lexically_normal());
  if (below.empty() || *below.begin() == "..") return whole;
  return base_ / below;
}

NetworkDirectory existing_network(const fs::path& base) {
  return {base, [](const std::string&) { return std::optional<BuildFiles>(); }, {}};
}

}  // namespace striate::slurm
