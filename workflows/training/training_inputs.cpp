// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/training/training_inputs.hpp"

#include <algorithm>
#include <unordered_map>

#include "lgn/filters/lgn_cells.hpp"

namespace striate::workflows {
namespace {

/// Sources with a synapse on any rank; of them this rank's share.
std::vector<std::uint32_t> own_sources(const TrainingNetwork& network, const training::Ranks& ranks) {
  const auto& drive = network.made.circuit.drive;
  std::vector<std::int64_t> edges(drive.sources, 0);
  for (const auto source : drive.source) ++edges[source];
  ranks.sum(edges);
  std::vector<std::uint32_t> own;
  std::size_t reached = 0;
  for (std::uint32_t source = 0; source < edges.size(); ++source)
    if (edges[source] > 0 &&
        reached++ % static_cast<std::size_t>(ranks.size) == static_cast<std::size_t>(ranks.rank))
      own.push_back(source);
  return own;
}

lgn::GratingSeries make_series(const TrainingNetwork& network, std::span<const std::uint32_t> sources,
                               const lgn::GratingParameters& grating, std::size_t steps) {
  const lgn::Cells cells = lgn::make_cells(network.lgn_nodes);
  std::unordered_map<std::uint64_t, std::uint32_t> cell_of;
  for (std::uint32_t i = 0; i < cells.cells.size(); ++i) cell_of.emplace(cells.cells[i].node_id, i);
  std::vector<std::uint32_t> chosen;
  for (const auto source : sources) chosen.push_back(cell_of.at(network.lgn_nodes.node_id[source]));
  return {cells, chosen, grating, steps};
}

}  // namespace

TrainingInputs::TrainingInputs(const TrainingNetwork& network, const lgn::GratingParameters& grating,
                               std::size_t steps, double background_rate_hz, const training::Ranks& ranks)
    : sources_(own_sources(network, ranks)),
      series_(make_series(network, sources_, grating, steps)),
      noise_nodes_(network.made.circuit.noise.nodes),
      mean_count_(background_rate_hz * training::step_ms / 1000),
      ranks_(ranks) {}

training::Inputs TrainingInputs::make(const training::TrialRange& range) const {
  training::Inputs inputs{.trials = range.count, .steps = range.steps, .drive = {}, .noise = {}};
  std::vector<training::DriveSpike> own;
  std::vector<lgn::Grating> gratings;
  for (const auto& stimulus : range.stimuli)
    gratings.push_back(series_.grating(stimulus.direction_deg, stimulus.phase_deg));
  std::vector<float> rates(range.steps);
  for (std::size_t i = 0; i < sources_.size(); ++i)
    for (std::size_t trial = 0; trial < range.count; ++trial) {
      auto random =
          training::stream(range.occasion, core::Purpose::training_drive, range.first + trial, sources_[i]);
      const auto number = static_cast<std::uint16_t>(trial);
      if (gratings.empty()) {
        training::append_train(series_.gray_rate(i), range.steps, random, sources_[i], number, own);
      } else {
        series_.rates(i, gratings[trial], rates);
        training::append_train(rates, random, sources_[i], number, own);
      }
    }
  inputs.drive = ranks_.gather(std::span<const training::DriveSpike>(own));
  if (ranks_.size > 1)
    std::ranges::sort(inputs.drive, [](const auto& a, const auto& b) {
      return a.source != b.source ? a.source < b.source
             : a.trial != b.trial ? a.trial < b.trial
                                  : a.step < b.step;
    });
  inputs.noise =
      training::draw_noise(range.occasion, range.first, range.count, range.steps, noise_nodes_, mean_count_);
  return inputs;
}

}  // namespace striate::workflows
