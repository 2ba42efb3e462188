// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/network_directory.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "core/error.hpp"

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

}  // namespace

NetworkDirectory::NetworkDirectory(fs::path base, const ShippedNetworks& shipped,
                                   std::vector<io::Paradigm> own_paradigms)
    : base_(std::move(base)) {
  find_state(shipped);
  find_configs();
  find_paradigms(std::move(own_paradigms));
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
    if (config.starts_with("config_") && !config.starts_with("config_filternet"))
      options_.push_back(config.substr(7, config.size() - 12));
}

void NetworkDirectory::find_paradigms(std::vector<io::Paradigm> own) {
  std::set<std::string> names;
  const auto add = [&](io::Paradigm paradigm) {
    if (names.insert(paradigm.name).second) paradigms_.push_back(std::move(paradigm));
  };
  for (auto& paradigm : own) add(std::move(paradigm));
  for (const auto& file : files_in(base_ / "configs/paradigms", ".yaml"))
    if (!names.contains(file.stem())) add(io::read_paradigm(file));
  for (const auto& shipped : io::shipped_paradigms())
    if (!names.contains(shipped)) add(io::read_paradigm(shipped));
}

const io::Json& NetworkDirectory::config(const std::string& file_name) const {
  auto found = documents_.find(file_name);
  if (found == documents_.end()) {
    const auto file = base_ / "configs" / file_name;
    core::require_readable(file, fmt::format("the options here are {}", fmt::join(options_, ", ")));
    found = documents_.emplace(file_name, io::read_json(file)).first;
  }
  return found->second;
}

fs::path NetworkDirectory::plan_name(const fs::path& path) const {
  const auto whole = fs::absolute(path).lexically_normal();
  const auto below = whole.lexically_relative(fs::absolute(base_).lexically_normal());
  if (below.empty() || *below.begin() == "..") return whole;
  return (base_ / below).lexically_normal();
}

}  // namespace striate::slurm
