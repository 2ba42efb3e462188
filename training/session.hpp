// SPDX-License-Identifier: BSD-3-Clause
// Training itself: updates of the weights from trials, and the judgement on held-out ones. What the caller
// gives: the circuit, what the activity shall be like, and a function that makes inputs.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "training/losses/loss_draws.hpp"
#include "training/losses/losses.hpp"
#include "training/losses/weight_term.hpp"
#include "training/model/backward.hpp"
#include "training/optimizer.hpp"

namespace striate::training {

struct SessionOptions {
  ModelOptions model;
  GradientOptions gradient;
  OptimizerOptions optimizer;
  double weight_strength = 10;
  std::uint64_t seed = 3000;
  std::size_t trials = 5, steps = 500, gray_steps = 500;
  std::size_t held_out_directions = 8;
};

/// Inputs of trials first … first + count - 1 of an occasion, at most `lanes`. `directions` is empty for
/// gray.
struct TrialRange {
  Occasion occasion;
  std::size_t first = 0, count = 0, steps = 0;
  std::span<const TrialStimulus> stimuli;  ///< of these trials
};
using InputMaker = std::function<Inputs(const TrialRange&)>;

/// All that training changes: what a checkpoint holds.
template <class Real>
struct Learner {
  PerSynapse<Real> weights;
  Moments<Real> recurrent, noise, drive;  ///< of the drive: empty unless it is trained
  std::vector<double> mean_rate;  ///< [cell], spikes per ms
  std::uint64_t iteration = 0;  ///< updates done
};

/// A flag per weight that stays as it is; empty: all are trained.
struct Frozen {
  std::vector<std::uint8_t> recurrent, noise, drive;
};

/// How an update's trials came out, before the weights changed.
struct UpdateReport {
  Terms terms;
  std::vector<std::uint32_t> spikes;  ///< [cell], in all trials
  double seconds_of_trials = 0;  ///< all trials together
  double untouched_share = 0;  ///< of recurrent synapses: no spike crossed them
};

/// Parts of an update, as they begin; `pause` ends the last. For whoever watches the time.
enum class Part { inputs, forward, losses, backward, weights, pause };
using Watch = std::function<void(Part)>;

template <class Real>
class Session {
 public:
  /// References must outlive the session. `weight_term` may be null; `frozen`: flags per synapse, or empty.
  Session(const Circuit<Real>& circuit, const Objective& objective, const SessionOptions& options,
          const WeightTerm<Real>* weight_term, Frozen frozen, InputMaker make_inputs, const Ranks& ranks,
          Learner<Real> learner, Watch watch = {});

  /// States after gray from rest, with the weights of now; the start of all trials of an epoch. Collective.
  void make_gray_start(std::uint64_t epoch);
  bool has_gray_start() const { return !start_.empty(); }
  /// Collective.
  UpdateReport update(Activity activity);
  /// Losses on trials that are never trained on: directions evenly spaced, then gray. Changes nothing.
  /// Collective.
  struct Judgement {
    Terms evoked, spontaneous;  ///< both with the weight term
    double total() const { return evoked.total() + spontaneous.total() - spontaneous.weights; }
  };
  Judgement judge();

  const Learner<Real>& learner() const { return learner_; }
  Learner<Real>& learner() { return learner_; }
  const std::vector<State<Real>>& gray_start() const { return start_; }
  void set_gray_start(std::vector<State<Real>> states) { start_ = std::move(states); }

 private:
  std::vector<State<Real>> gray_states(const Occasion& occasion);
  UpdateReport run(const Occasion& occasion, Activity activity, std::span<const TrialRange> groups,
                   const std::vector<State<Real>>& start, std::vector<double>& mean_rate,
                   PerSynapse<Real>* gradient);
  void watch(Part part) const {
    if (watch_) watch_(part);
  }

  const Circuit<Real>& circuit_;
  const Objective& objective_;
  SessionOptions options_;
  const WeightTerm<Real>* weight_term_;
  Frozen frozen_;
  InputMaker make_inputs_;
  const Ranks& ranks_;
  Learner<Real> learner_;
  std::vector<State<Real>> start_;
  PerSynapse<Real> gradient_;
  Trace<Real> spare_;  ///< memory of the last one
  Watch watch_;
};

}  // namespace striate::training
