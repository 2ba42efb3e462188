// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/network_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "io/generation/manifest.hpp"
#include "slurm/plan/config_step.hpp"
#include "slurm/plan/training_step.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;
using State = NetworkDirectory::State;

constexpr const char* background_files[] = {"bkg/bkg_spikes_1kHz_10s.h5",  "bkg/bkg_spikes_1kHz_3s.h5",
                                            "bkg/bkg_spikes_250Hz_10s.h5", "bkg/bkg_spikes_250Hz_3s.h5",
                                            "bkg/bkg_spikes_full_10s.h5",  "bkg/bkg_spikes_full_3s.h5",
                                            "bkg/bkg_spikes_regular_1s.h5"};

bool contains(const std::vector<fs::path>& paths, const fs::path& path) {
  return std::ranges::find(paths, path) != paths.end();
}

/// The run of a configuration, if it writes `rest`.
std::optional<MadeStep> run_of(const NetworkDirectory& network, const std::string& config,
                               const fs::path& rest) {
  const auto file = network.base() / "configs" / config;
  const auto& files = network.files(config);
  const auto writes = [&](const auto& result) {
    return network.plan_name(result.path) == network.base() / rest;
  };
  if (std::ranges::none_of(files.results, writes)) return std::nullopt;
  const auto kind = io::kind_of_config(network.config(config), file);
  auto made = config_step(network, file, kind, files);
  made.step.label = fmt::format("{} of {}", kind == io::RunKind::lgn ? "LGN" : "simulation",
                                network.base() / rest.parent_path());
  return made;
}

std::vector<fs::path> build_outputs(const NetworkDirectory& network) {
  std::vector<fs::path> outputs;
  for (const auto* files : {&network.build_files().network, &network.build_files().components})
    for (const auto& file : *files) outputs.push_back(network.base() / file);
  for (const auto& [config, document] : network.build_files().configs)
    outputs.push_back(network.base() / "configs" / config);
  return outputs;
}

}  // namespace

std::optional<MadeStep> build_step(const NetworkDirectory& network, const fs::path& rest) {
  if (network.state() != State::absent && network.state() != State::interrupted) return std::nullopt;
  auto outputs = build_outputs(network);
  if (!contains(outputs, network.base() / rest)) return std::nullopt;
  MadeStep made{.step = {.stage = Stage::build,
                         .label = "build of " + network.base().string(),
                         .inputs = {},
                         .outputs = std::move(outputs),
                         .arguments = {"build", network.name(), "-o", network.base()},
                         .parallel = true}};
  if (network.state() == State::interrupted) made.step.arguments.push_back("--force");
  // All files may be there, of two networks: what says so is newer than they are.
  if (const auto folder = core::NetworkPaths{network.base()}; io::is_unfinished(folder.network()))
    made.step.inputs.push_back(folder.manifest());
  return made;
}

std::optional<MadeStep> usual_run_step(const NetworkDirectory& network, const fs::path& rest) {
  const auto folder = rest.begin() == rest.end() ? std::string() : rest.begin()->string();
  constexpr std::string_view output = "output_";
  if (folder.starts_with(output)) {
    const auto option = folder.substr(output.size());
    const bool known = std::ranges::find(network.options(), option) != network.options().end();
    return known ? run_of(network, "config_" + option + ".json", rest) : std::nullopt;
  }
  const auto config = "config_" + folder + ".json";
  const bool known =
      folder.starts_with("filternet") && std::ranges::binary_search(network.config_names(), config);
  return known ? run_of(network, config, rest) : std::nullopt;
}

std::optional<MadeStep> any_run_step(const NetworkDirectory& network, const fs::path& rest) {
  for (const auto& config : network.config_names())
    if (auto step = run_of(network, config, rest)) return step;
  return std::nullopt;
}

std::optional<MadeStep> background_files_step(const NetworkDirectory& network, const fs::path& rest) {
  if (std::ranges::find(background_files, rest.string()) == std::end(background_files)) return std::nullopt;
  MadeStep made{.step = {.stage = Stage::background,
                         .label = fmt::format("background of {}", network.base() / "bkg"),
                         .inputs = {core::NetworkPaths{network.base()}.nodes(core::background_population)},
                         .outputs = {},
                         .arguments = {"background", network.base()},
                         .parallel = true}};
  for (const auto* file : background_files) made.step.outputs.push_back(network.base() / file);
  return made;
}

std::vector<std::string> network_targets(const NetworkDirectory& network) {
  std::vector<std::string> names(std::begin(background_files), std::end(background_files));
  for (const auto& file : network.build_files().network) names.push_back(file);
  for (const auto& config : network.config_names()) {
    names.push_back("configs/" + config);
    for (const auto& file : network.files(config).results)
      names.push_back(network.plan_name(file.path).lexically_relative(network.base()));
  }
  return names;
}

std::string missing_file_hint(const NetworkDirectory& network, const fs::path& rest) {
  const auto text = rest.string();
  if (std::ranges::find(network.build_files().network, rest) != network.build_files().network.end() ||
      network.build_files().configs.contains(rest.filename()))
    return fmt::format(
        " the network is there in part and is not made again by itself: 'striate build {} -o {} --force' "
        "makes "
        "all of it anew",
        network.name(), network.base());
  if (const auto command = how_edges_are_made(network.base(), rest);
      text.starts_with("network/") && !command.empty())
    return fmt::format(" '{}' makes it, or put it there", command);
  if (text.starts_with("metrics/"))
    return " tables that are told more than BASE and OPT are made with 'striate metrics'";
  return {};
}

}  // namespace striate::slurm
