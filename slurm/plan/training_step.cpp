// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/training_step.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "io/text/atomic_file.hpp"
#include "slurm/plan/config_step.hpp"
#include "slurm/plan/shell_text.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

/// "bio_trained" of "v1_v1_edges_bio_trained.h5", else empty.
std::string variant_of(const fs::path& file) {
  const auto stem = file.stem().string();
  const auto mark = std::string(core::edges_mark) + "_";
  const auto at = stem.find(mark);
  return file.extension() != core::data_ending || at == std::string::npos ? ""
                                                                          : stem.substr(at + mark.size());
}

struct Trained {
  std::string option;
  TrainedFiles files;
};

/// Whose trained edges `file` is. Names tell, so that presets are read for these files only: a plan asks of
/// every file that is not there.
std::optional<Trained> trained_by(const NetworkDirectory& network, const TrainingRule& rule,
                                  const fs::path& file) {
  const auto option = variant_of(file);
  if (option.empty() || std::ranges::find(network.options(), option) == network.options().end() ||
      !rule.is_known(option))
    return std::nullopt;
  auto files = rule.files(network.base(), option);
  if (std::ranges::find(files.edges, file) == files.edges.end()) return std::nullopt;
  return Trained{option, std::move(files)};
}

}  // namespace

Step training_run(const NetworkDirectory& network, const TrainedFiles& files,
                  std::vector<std::string> arguments) {
  // Training makes its input by itself: of the configuration only the network counts.
  auto document = network.config(files.config.filename());
  for (const char* section : {"inputs", "reports"})
    if (document.is_object()) document.erase(section);
  constexpr auto kind = io::RunKind::simulation;
  auto step = config_step(network, files.config, kind, network.files_of(document, files.config, kind)).step;
  step.stage = Stage::train;
  step.outputs = files.edges;
  step.arguments = std::move(arguments);
  return step;
}

std::optional<MadeStep> training_step(const NetworkDirectory& network, const fs::path& rest) {
  const auto* rule = network.rules().training;
  const auto file = network.base() / rest;
  if (rule == nullptr || io::is_there(file)) return std::nullopt;
  const auto trained = trained_by(network, *rule, file);
  if (!trained) return std::nullopt;
  const auto& [option, files] = *trained;
  if (!rule->wanted) {
    const auto estimate = rule->estimate(network.base(), network.name(), option);
    throw core::MissingFileError(
        "no {} (option {} is not trained yet, which takes {}) add --train to train it here, or train it "
        "with '{}', on a cluster with 'striate jobs train {} --suffix {}'",
        file, option, estimate, how_edges_are_made(network.base(), file), shell_word(network.base().string()),
        option);
  }
  std::vector<std::string> arguments{"train", network.base(), "--suffix", option};
  if (io::is_there(files.checkpoint)) arguments.emplace_back("--resume");
  MadeStep made{.step = training_run(network, files, std::move(arguments))};
  made.step.label = fmt::format("training of {} {}", network.base(), option);
  return made;
}

std::string how_edges_are_made(const fs::path& base, const fs::path& file) {
  const auto variant = variant_of(file);
  if (variant.empty()) return {};
  const auto network = shell_word(base.string());
  return variant == "adjusted" ? fmt::format("striate adjust {}", network)
                               : fmt::format("striate train {} --suffix {}", network, variant);
}

}  // namespace striate::slurm
