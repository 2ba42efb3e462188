// SPDX-License-Identifier: BSD-3-Clause
// A small random network for tests of training: three cell types, delays of one to three steps, several
// synapses between some pairs, inputs that make it fire.
#pragma once

#include "core/values/random.hpp"
#include "training/losses/loss_draws.hpp"
#include "training/session.hpp"

namespace striate::test {

struct RandomNetwork {
  std::uint32_t cells = 60, units = 30, nodes = 10;

  training::CircuitParts parts(const training::Ranks& ranks,
                               training::Propagators propagators = training::Propagators::reference) const {
    using namespace training;
    CircuitParts parts;
    parts.cells = cells;
    parts.drive_sources = units;
    parts.noise_nodes = nodes;
    for (int k = 0; k < 4; ++k) parts.kinds.push_back(fit_basis(2.0 + k, 6.0 + 2 * k, 0.1 * k));
    core::RandomStream random(7, core::Purpose::test, 1);
    const auto below = [&](std::uint32_t count) {
      return static_cast<std::uint32_t>(random.uniform() * count);
    };
    for (std::uint32_t cell = 0; cell < cells; ++cell) {
      const GlifNumbers model{.C_m = 60 + 40 * random.uniform(),
                              .g = 4 + 4 * random.uniform(),
                              .E_L = -75,
                              .V_th = -50 + 5 * random.uniform(),
                              .t_ref = 2 + 3 * random.uniform(),
                              .asc_decay = {0.003, 0.1},
                              .asc_amps = {-9, -50}};
      if (ranks.owner(cell) == ranks.rank) parts.constants.push_back(cell_constants(model, propagators));
    }
    std::uint64_t row = 0;
    const auto add = [&](std::vector<Edge>& edges, std::uint32_t sources, std::uint32_t count, double weight,
                         bool recurrent) {
      for (std::uint32_t target = 0; target < cells; ++target)
        for (std::uint32_t i = 0; i < count; ++i) {
          const std::uint32_t source = below(sources);
          const bool inhibitory = recurrent && source % 5 == 0;
          const Edge edge{
              .row = row++,
              .weight = weight * (0.5 + random.uniform()) * (inhibitory ? -3 : 1),
              .source = source,
              .target = target,
              .kind = static_cast<std::uint16_t>(recurrent ? (inhibitory ? 2 : 0) + target % 2 : 3),
              .delay = static_cast<std::uint16_t>(1 + (source + target) % 3)};
          if (ranks.owner(target) == ranks.rank) edges.push_back(edge);
        }
      row = 0;
    };
    add(parts.recurrent, cells, 12, 1.0, true);
    add(parts.drive, units, 8, 2.5, false);
    add(parts.noise, nodes, 4, 0.6, false);
    return parts;
  }

  training::Inputs inputs(const training::TrialRange& range) const {
    training::Inputs inputs{.trials = range.count, .steps = range.steps, .drive = {}, .noise = {}};
    for (std::uint32_t unit = 0; unit < units; ++unit)
      for (std::size_t trial = 0; trial < range.count; ++trial)
        training::append_train(
            12.0f, range.steps,
            training::stream(range.occasion, core::Purpose::training_drive, range.first + trial, unit), unit,
            static_cast<std::uint16_t>(trial), inputs.drive);
    inputs.noise = training::draw_noise(range.occasion, range.first, range.count, range.steps, nodes, 0.25);
    return inputs;
  }

  training::Objective objective(std::size_t steps) const {
    training::Objective objective;
    objective.groups = {.count = 10, .mean_size = 20, .size_deviation = 5, .least_size = 15};
    for (auto& of : objective.by_activity) {
      of.rates.resize(3);
      for (std::uint32_t cell = 0; cell < cells; ++cell) {
        of.rates[cell % 3].cells.push_back(cell);
        of.rates[cell % 3].targets.push_back(0.001 * static_cast<double>(cell / 3 + 1));
      }
      of.synchrony = {.strength = 1.5,
                      .widths = {1, 2, 5, 10},
                      .targets = {1.0, 1.1, 1.2, 1.2},
                      .first_step = 20,
                      .end_step = steps};
    }
    for (std::uint32_t cell = 0; cell < cells; ++cell) {
      objective.selectivity.cells.push_back(cell);
      objective.selectivity.kind.push_back(cell % 3);
      objective.selectivity.tuning_deg.push_back(7.0 * cell);
      objective.synchrony_cells.push_back(cell);
    }
    objective.selectivity.targets = {
        {.osi = 0.3, .dsi = 0.2}, {.osi = 0.2, .dsi = 0.1}, {.osi = 0.1, .dsi = 0.1}};
    return objective;
  }
  std::vector<std::uint8_t> types() const {
    std::vector<std::uint8_t> types;
    for (std::uint32_t cell = 0; cell < cells; ++cell) types.push_back(static_cast<std::uint8_t>(cell % 3));
    return types;
  }
};

/// Weights by row of the files after some steps of training on these ranks.
struct Trained {
  std::vector<float> recurrent, noise, drive;  ///< of the drive: if trained
  std::vector<float> moments;  ///< first and second of recurrent, then of background and drive weights
  std::vector<double> mean_rate;
  std::vector<double> totals;  ///< of the updates
  double judged = 0;
  bool judging_changed_nothing = false;
};

}  // namespace striate::test
