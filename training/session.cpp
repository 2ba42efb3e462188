// SPDX-License-Identifier: BSD-3-Clause
#include "training/session.hpp"

#include <algorithm>
#include <utility>

namespace striate::training {
namespace {

/// Trials in groups of at most `lanes`.
std::vector<TrialRange> groups_of(const Occasion& occasion, std::size_t trials, std::size_t steps,
                                  std::span<const TrialStimulus> stimuli) {
  std::vector<TrialRange> groups;
  for (std::size_t first = 0; first < trials; first += lanes) {
    const std::size_t count = std::min(lanes, trials - first);
    groups.push_back({.occasion = occasion,
                      .first = first,
                      .count = count,
                      .steps = steps,
                      .stimuli = stimuli.empty() ? stimuli : stimuli.subspan(first, count)});
  }
  return groups;
}

template <class Real>
void set_zero(const Circuit<Real>& circuit, PerSynapse<Real>& gradient) {
  const auto reset = [](core::HugeVector<Real>& values, std::size_t count) {
    values.resize(count);
    std::ranges::fill(values, Real{0});
  };
  reset(gradient.recurrent, circuit.recurrent.size());
  reset(gradient.noise, circuit.noise.size());
  if (circuit.drive.trained) reset(gradient.drive, circuit.drive.size());
}

}  // namespace

template <class Real>
Session<Real>::Session(const Circuit<Real>& circuit, const Objective& objective,
                       const SessionOptions& options, const WeightTerm<Real>* weight_term, Frozen frozen,
                       InputMaker make_inputs, const Ranks& ranks, Learner<Real> learner, Watch watch)
    : circuit_(circuit),
      objective_(objective),
      options_(options),
      weight_term_(weight_term),
      frozen_(std::move(frozen)),
      make_inputs_(std::move(make_inputs)),
      ranks_(ranks),
      learner_(std::move(learner)),
      watch_(std::move(watch)) {}

template <class Real>
std::vector<State<Real>> Session<Real>::gray_states(const Occasion& occasion) {
  std::vector<State<Real>> states;
  for (const TrialRange& group : groups_of(occasion, options_.trials, options_.gray_steps, {})) {
    watch(Part::inputs);
    const Inputs inputs = make_inputs_(group);
    watch(Part::forward);
    states.push_back(rest(circuit_));
    spare_ = forward(circuit_, learner_.weights, inputs, options_.model, ranks_, states.back(), Keep::spikes,
                     std::exchange(spare_, {}));
  }
  watch(Part::pause);
  return states;
}

template <class Real>
void Session<Real>::make_gray_start(std::uint64_t epoch) {
  start_ = gray_states({.seed = options_.seed, .phase = Phase::gray_start, .number = epoch});
}

template <class Real>
UpdateReport Session<Real>::run(const Occasion& occasion, Activity activity,
                                std::span<const TrialRange> groups, const std::vector<State<Real>>& start,
                                std::vector<double>& mean_rate, PerSynapse<Real>* gradient) {
  RunTrials<Real> trials{.activity = activity, .traces = {}, .direction_deg = {}, .groups = {}, .order = {}};
  std::vector<Trace<Real>> traces;
  std::vector<Inputs> inputs;
  std::size_t count = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    watch(Part::inputs);
    inputs.push_back(make_inputs_(groups[g]));
    watch(Part::forward);
    State<Real> state = start[g % start.size()];
    traces.push_back(forward(circuit_, learner_.weights, inputs.back(), options_.model, ranks_, state,
                             gradient != nullptr ? Keep::voltages : Keep::spikes, std::exchange(spare_, {})));
    if (gradient == nullptr) {
      spare_.scratch = std::move(traces.back().scratch);
      inputs.back() = {};
    }
    count += groups[g].count;
    for (const TrialStimulus& stimulus : groups[g].stimuli)
      trials.direction_deg.push_back(stimulus.direction_deg);
  }
  watch(Part::losses);
  trials.traces = traces;
  if (!objective_.synchrony_cells.empty())
    trials.groups = draw_groups(occasion, objective_.synchrony_cells, count, objective_.groups);
  trials.order = draw_order(occasion, circuit_.cells);
  auto losses = activity_losses(objective_, trials, circuit_.cells, ranks_, mean_rate);
  UpdateReport report{
      .terms = losses.terms,
      .spikes = std::move(losses.spikes),
      .seconds_of_trials = static_cast<double>(count * traces.front().steps) * step_ms / 1000};
  if (gradient != nullptr) {
    watch(Part::backward);
    for (std::size_t g = 0; g < groups.size(); ++g) {
      backward(circuit_, learner_.weights, inputs[g], traces[g], losses.direct[g], options_.model,
               options_.gradient, ranks_, *gradient);
      spare_ = std::move(traces[g]);  // the voltages are the largest array there is
      traces[g].steps = spare_.steps;
    }
  }
  watch(Part::weights);
  if (gradient != nullptr) {
    const auto untouched = static_cast<std::int64_t>(std::ranges::count(gradient->recurrent, Real{0}));
    const std::int64_t synapses = ranks_.sum(static_cast<std::int64_t>(gradient->recurrent.size()));
    const std::int64_t all_untouched = ranks_.sum(untouched);
    report.untouched_share =
        synapses > 0 ? static_cast<double>(all_untouched) / static_cast<double>(synapses) : 0;
  }
  if (weight_term_ != nullptr && options_.weight_strength > 0)
    report.terms.weights = weight_term_->add(learner_.weights.recurrent, options_.weight_strength,
                                             gradient != nullptr ? &gradient->recurrent : nullptr);
  return report;
}

template <class Real>
UpdateReport Session<Real>::update(Activity activity) {
  const Phase phase = activity == Activity::evoked ? Phase::evoked : Phase::spontaneous;
  const Occasion occasion{.seed = options_.seed, .phase = phase, .number = learner_.iteration};
  std::vector<TrialStimulus> stimuli;
  if (activity == Activity::evoked) stimuli = draw_stimuli(occasion, options_.trials);
  set_zero(circuit_, gradient_);
  UpdateReport report = run(occasion, activity, groups_of(occasion, options_.trials, options_.steps, stimuli),
                            start_, learner_.mean_rate, &gradient_);
  ++learner_.iteration;
  const auto step = [&](core::HugeVector<Real>& weights, const core::HugeVector<Real>& gradient,
                        const std::vector<std::uint8_t>& frozen, Moments<Real>& moments) {
    update_weights<Real>(options_.optimizer, learner_.iteration, gradient, frozen, moments, weights);
  };
  step(learner_.weights.recurrent, gradient_.recurrent, frozen_.recurrent, learner_.recurrent);
  step(learner_.weights.noise, gradient_.noise, frozen_.noise, learner_.noise);
  if (circuit_.drive.trained) step(learner_.weights.drive, gradient_.drive, frozen_.drive, learner_.drive);
  watch(Part::pause);
  return report;
}

template <class Real>
typename Session<Real>::Judgement Session<Real>::judge() {
  const auto start = gray_states({.seed = options_.seed, .phase = Phase::held_out_gray, .number = 0});
  Judgement judgement;
  for (const Activity activity : {Activity::evoked, Activity::spontaneous}) {
    const bool evoked = activity == Activity::evoked;
    const Occasion occasion{.seed = options_.seed,
                            .phase = evoked ? Phase::held_out_evoked : Phase::held_out_spontaneous,
                            .number = 0};
    std::vector<TrialStimulus> stimuli;
    std::vector<TrialRange> groups;
    if (evoked) {
      stimuli = draw_stimuli(occasion, options_.trials * options_.held_out_directions);
      for (std::size_t i = 0; i < stimuli.size(); ++i)
        stimuli[i].direction_deg = 360.0 * static_cast<double>(i / options_.trials) /
                                   static_cast<double>(options_.held_out_directions);
    }
    // Every direction begins from the same gray states.
    for (std::size_t d = 0; d < (evoked ? options_.held_out_directions : 1); ++d) {
      const auto some = std::span<const TrialStimulus>(stimuli);
      for (TrialRange group : groups_of(occasion, options_.trials, options_.steps,
                                        evoked ? some.subspan(d * options_.trials, options_.trials) : some)) {
        group.first += d * options_.trials;
        groups.push_back(group);
      }
    }
    std::vector<double> mean_rate = learner_.mean_rate;
    (evoked ? judgement.evoked : judgement.spontaneous) =
        run(occasion, activity, groups, start, mean_rate, nullptr).terms;
  }
  watch(Part::pause);
  return judgement;
}

template class Session<float>;

}  // namespace striate::training
