// SPDX-License-Identifier: BSD-3-Clause
// How to train: a file of configs/training, or a user's of that kind, as plain checked data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lgn/stimuli/stimulus.hpp"
#include "training/losses/loss_targets.hpp"
#include "training/session.hpp"

namespace striate::workflows {

enum class StartWeights { built, uniform };
enum class GrayStart { epoch, step };

/// Connections that stay as they are, between types of cells. A source may be of the LGN too: a type of its
/// cells, or "lgn" for all; "*" is any.
struct FrozenConnection {
  std::string source, target;
};

struct TrainingPreset {
  std::string name, description;
  std::vector<std::filesystem::path> files;  ///< read for it
  StartWeights start = StartWeights::built;
  double core_radius_um = 200;
  training::SessionOptions session;
  training::Activity first_update = training::Activity::spontaneous;
  std::string dialect;
  GrayStart gray_start = GrayStart::epoch;
  lgn::GratingParameters grating;  ///< duration covers a trial
  double background_hz = 250, one_unit_background_hz = 1000;
  std::uint64_t epochs = 75, steps = 25;
  std::vector<FrozenConnection> frozen;
  bool train_background = true, train_lgn = false;
  training::Objective objective;  ///< strengths and options; cells and targets are filled in for a network
  training::WeightDistance weight_distance = training::WeightDistance::absolute;
  training::TargetDraw target_draw = training::TargetDraw::random;
  std::filesystem::path recorded, selectivity_targets, fano_targets;
};

/// What the command line says against the preset.
struct PresetOverrides {
  std::optional<std::string> start = {}, dialect = {}, propagators = {};
  std::optional<double> weight_term = {}, recurrent_credit = {}, duration_ms = {};
  std::optional<std::uint64_t> epochs = {}, steps = {}, trials = {}, seed = {};
};

/// A shipped preset's name or a file. Throws ConfigError with all that is wrong.
TrainingPreset read_training_preset(const std::string& name_or_file, const PresetOverrides& overrides);

/// All values of the preset, for provenance and for comparing runs.
std::string to_text(const TrainingPreset& preset);

}  // namespace striate::workflows
