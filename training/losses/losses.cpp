// SPDX-License-Identifier: BSD-3-Clause
#include "training/losses/losses.hpp"

#include <algorithm>

namespace striate::training {
namespace {

template <class Real>
std::size_t total_trials(std::span<const Trace<Real>> traces) {
  std::size_t trials = 0;
  for (const auto& trace : traces) trials += trace.trials;
  return trials;
}

/// Spikes of each cell and trial, [cell][trial].
template <class Real>
std::vector<std::uint32_t> count_spikes(std::span<const Trace<Real>> traces, std::uint32_t cells,
                                        std::size_t trials) {
  std::vector<std::uint32_t> counts(cells * trials, 0);
  std::size_t first_trial = 0;
  for (const auto& trace : traces) {
    for (int step = 0; step < static_cast<int>(trace.steps); ++step)
      for (const StepSpikes& spike : trace.spikes.at(step))
        for (unsigned bits = spike.trials; bits != 0; bits &= bits - 1)
          ++counts[spike.cell * trials + first_trial + static_cast<unsigned>(__builtin_ctz(bits))];
    first_trial += trace.trials;
  }
  return counts;
}

/// Lays the derivatives out for one group of trials and this rank's cells.
template <class Real>
DirectGradient<Real> direct_gradient(std::span<const double> of_cell, std::span<const double> of_trial,
                                     std::size_t trials, std::size_t first_trial, std::size_t count,
                                     std::uint32_t cells, const Ranks& ranks) {
  DirectGradient<Real> direct;
  const std::uint32_t own = ranks.own_cells(cells);
  direct.spikes.resize(own * lanes);
  std::ranges::fill(direct.spikes, Real{0});
  for (std::uint32_t i = 0; i < own; ++i) {
    const std::uint32_t cell = ranks.global(i);
    for (std::size_t lane = 0; lane < count; ++lane) {
      double sum = of_cell[cell];
      if (!of_trial.empty()) sum += of_trial[cell * trials + first_trial + lane];
      direct.spikes[i * lanes + lane] = static_cast<Real>(sum);
    }
  }
  return direct;
}

/// Adds what groups of the synchrony loss want of their cells, one row per (cell, trial).
template <class Real>
void add_timed(const RunTrials<Real>& run, const SynchronyLoss& synchrony, const SynchronyOptions& options,
               std::size_t first_trial, std::size_t count, std::uint32_t cells, const Ranks& ranks,
               DirectGradient<Real>& direct) {
  constexpr std::uint32_t none = ~0u;
  direct.first_step = options.first_step;
  direct.steps = options.end_step - options.first_step;
  const std::vector<Real> course(synchrony.gradient.begin(), synchrony.gradient.end());
  std::vector<std::uint32_t> row_of(ranks.own_cells(cells) * count, none);
  for (const SynchronyGroup& group : run.groups) {
    if (group.trial < first_trial || group.trial >= first_trial + count) continue;
    for (const auto cell : group.cells) {
      if (ranks.owner(cell) != ranks.rank) continue;
      auto& row = row_of[ranks.local(cell) * count + (group.trial - first_trial)];
      if (row != none) continue;
      row = static_cast<std::uint32_t>(direct.rows.size());
      direct.rows.push_back(
          {.cell = ranks.local(cell), .trial = static_cast<std::uint32_t>(group.trial - first_trial)});
    }
  }
  direct.timed.resize(direct.rows.size() * direct.steps);
  std::ranges::fill(direct.timed, Real{0});
  for (std::size_t g = 0; g < run.groups.size(); ++g) {
    const SynchronyGroup& group = run.groups[g];
    if (group.trial < first_trial || group.trial >= first_trial + count) continue;
    const Real* from = course.data() + g * direct.steps;
    for (const auto cell : group.cells) {
      if (ranks.owner(cell) != ranks.rank) continue;
      const auto row = row_of[ranks.local(cell) * count + (group.trial - first_trial)];
      Real* to = direct.timed.data() + row * direct.steps;
      for (std::size_t i = 0; i < direct.steps; ++i) to[i] += from[i];
    }
  }
}

}  // namespace

template <class Real>
ActivityLosses<Real> activity_losses(const Objective& objective, const RunTrials<Real>& run,
                                     std::uint32_t cells, const Ranks& ranks,
                                     std::vector<double>& mean_rate) {
  const auto& wanted = objective.of(run.activity);
  const std::size_t trials = total_trials(run.traces);
  const std::size_t steps = run.traces.front().steps;
  const auto trial_steps = static_cast<double>(trials * steps);
  ActivityLosses<Real> result;
  const auto counts = count_spikes(run.traces, cells, trials);
  result.spikes.assign(cells, 0);
  for (std::uint32_t cell = 0; cell < cells; ++cell)
    for (std::size_t trial = 0; trial < trials; ++trial) result.spikes[cell] += counts[cell * trials + trial];

  std::vector<double> of_cell(cells, 0.0), of_trial;
  result.terms.rate = rate_loss(wanted.rates, result.spikes, run.order, trial_steps, objective.rate, of_cell);
  RateLossOptions outer = objective.rate;
  outer.strength *= objective.outer_factor;
  result.terms.outer_rate =
      rate_loss(wanted.outer_rates, result.spikes, run.order, trial_steps, outer, of_cell);

  if (run.activity == Activity::evoked) {
    for (std::uint32_t cell = 0; cell < cells; ++cell)
      mean_rate[cell] =
          objective.mean_rate_keep * mean_rate[cell] +
          (1 - objective.mean_rate_keep) * static_cast<double>(result.spikes[cell]) / trial_steps;
    of_trial.assign(cells * trials, 0.0);
    const auto selectivity = [&](const SelectivityCells& some, double factor) {
      return selectivity_loss(some, counts, mean_rate, run.direction_deg, static_cast<double>(steps),
                              objective.selectivity_options, factor, of_trial);
    };
    result.terms.selectivity = selectivity(objective.selectivity, 1);
    result.terms.outer_selectivity = selectivity(objective.outer_selectivity, objective.outer_factor);
  }

  std::vector<std::uint32_t> summed(
      run.groups.size() * (wanted.synchrony.end_step - wanted.synchrony.first_step), 0);
  std::size_t first_trial = 0;
  for (const auto& trace : run.traces) {
    add_group_counts(run.groups, trace.spikes, static_cast<std::uint32_t>(first_trial),
                     static_cast<std::uint32_t>(trace.trials), cells, wanted.synchrony, summed);
    first_trial += trace.trials;
  }
  const SynchronyLoss synchrony = synchrony_loss(run.groups.size(), summed, wanted.synchrony);
  result.terms.synchrony = synchrony.loss;

  std::vector<double> distance(ranks.own_cells(cells), 0.0);
  first_trial = 0;
  for (const auto& trace : run.traces) {
    for (std::size_t i = 0; i < distance.size(); ++i) distance[i] += trace.voltage_loss[i];
    auto direct = direct_gradient<Real>(of_cell, of_trial, trials, first_trial, trace.trials, cells, ranks);
    add_timed(run, synchrony, wanted.synchrony, first_trial, trace.trials, cells, ranks, direct);
    direct.voltage_factor = 2 * objective.voltage_strength / (trial_steps * cells);
    result.direct.push_back(std::move(direct));
    first_trial += trace.trials;
  }
  double sum = 0;  // in the order of cells, whoever owns them
  for (const double x : ranks.gather_cells(std::span<const double>(distance), cells)) sum += x;
  result.terms.voltage = objective.voltage_strength * sum / (trial_steps * cells);
  return result;
}

template ActivityLosses<float> activity_losses<float>(const Objective&, const RunTrials<float>&,
                                                      std::uint32_t, const Ranks&, std::vector<double>&);
template ActivityLosses<double> activity_losses<double>(const Objective&, const RunTrials<double>&,
                                                        std::uint32_t, const Ranks&, std::vector<double>&);

}  // namespace striate::training
