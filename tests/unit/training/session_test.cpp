// SPDX-License-Identifier: BSD-3-Clause
// Training as a whole on a small network: the same bits on any number of ranks, and what must never change.
#include "training/session.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <mutex>

#include "support/random_circuit.hpp"
#include "support/training_ranks.hpp"

namespace striate::test {
namespace {

using namespace training;

struct Setting {
  int ranks = 1;
  std::size_t trials = 3, steps = 80;
  int updates = 3;
  Ranking ranking = Ranking::sort;
  Propagators propagators = Propagators::reference;
};

Trained train(const Setting& setting) {
  const RandomNetwork network;
  Trained trained;
  trained.recurrent.resize(60 * 12);
  trained.noise.resize(60 * 4);
  trained.moments.resize(2 * (60 * 12 + 60 * 4));
  std::mutex mutex;
  run_ranks(setting.ranks, [&](const Ranks& ranks) {
    auto parts = network.parts(ranks, setting.propagators);
    auto made = make_circuit<float>(parts, ranks);
    const auto groups = weight_groups(made.circuit, made.weights.recurrent, network.types(), ranks);
    const WeightTerm<float> term(made.circuit, groups, made.weights.recurrent, WeightDistance::absolute,
                                 ranks, setting.ranking);
    SessionOptions options;
    options.model.propagators = setting.propagators;
    options.trials = setting.trials;
    options.steps = setting.steps;
    options.gray_steps = 50;
    options.held_out_directions = 2;
    const auto objective = network.objective(setting.steps);
    Learner<float> learner{
        .weights = made.weights,
        .recurrent = no_moments<float>(made.weights.recurrent.size(), options.optimizer.method),
        .noise = no_moments<float>(made.weights.noise.size(), options.optimizer.method),
        .mean_rate = std::vector<double>(network.cells, 0.003)};
    Session<float> session(
        made.circuit, objective, options, &term, {},
        [&](const TrialRange& range) { return network.inputs(range); }, ranks, std::move(learner));
    session.make_gray_start(0);
    std::vector<double> totals;
    for (int i = 0; i < setting.updates; ++i)
      totals.push_back(session.update(i % 2 == 0 ? Activity::spontaneous : Activity::evoked).terms.total());
    const std::vector<double> mean_rate = session.learner().mean_rate;
    const double judged = session.judge().total();
    const std::scoped_lock lock(mutex);
    const auto& learner_then = session.learner();
    const auto& weights = learner_then.weights;
    float* moments = trained.moments.data();
    for (std::size_t i = 0; i < weights.recurrent.size(); ++i) {
      const auto row = made.circuit.recurrent.row(i);
      trained.recurrent[row] = weights.recurrent[i];
      moments[row] = learner_then.recurrent.first[i];
      moments[60 * 12 + row] = learner_then.recurrent.second[i];
    }
    moments += 2 * 60 * 12;
    for (std::size_t i = 0; i < weights.noise.size(); ++i) {
      const auto row = made.circuit.noise.row[i];
      trained.noise[row] = weights.noise[i];
      moments[row] = learner_then.noise.first[i];
      moments[60 * 4 + row] = learner_then.noise.second[i];
    }
    if (ranks.rank == 0) {
      trained.totals = totals, trained.judged = judged, trained.mean_rate = mean_rate;
      trained.judging_changed_nothing = mean_rate == learner_then.mean_rate;
    }
  });
  return trained;
}

void require_equal(const Trained& a, const Trained& b) {
  CHECK(a.recurrent == b.recurrent);
  CHECK(a.noise == b.noise);
  CHECK(a.totals == b.totals);
  CHECK(a.judged == b.judged);
  CHECK(a.moments == b.moments);
  CHECK(a.mean_rate == b.mean_rate);
  CHECK(b.judging_changed_nothing);
}

}  // namespace

TEST_CASE("training gives the same bits on any number of ranks") {
  const auto ranking = GENERATE(Ranking::sort, Ranking::histogram);
  const auto propagators = GENERATE(Propagators::reference, Propagators::exact);
  const Trained one = train({.ranking = ranking, .propagators = propagators});
  CHECK(std::ranges::count(one.moments, 0.0f) < 100);  // there is something to compare
  CHECK(one.mean_rate != std::vector<double>(60, 0.003));
  for (const int ranks : {2, 3, 4}) {
    INFO(ranks << " ranks");
    require_equal(train({.ranks = ranks, .ranking = ranking, .propagators = propagators}), one);
  }
}

TEST_CASE("more trials than lanes are trained in groups, on any number of ranks") {
  const Trained one = train({.trials = 11, .updates = 2});
  require_equal(train({.ranks = 3, .trials = 11, .updates = 2}), one);
}

TEST_CASE("one trial, and trials that fill all lanes") {
  for (const std::size_t trials : {1u, 8u}) {
    const Trained one = train({.trials = trials, .updates = 2});
    require_equal(train({.ranks = 2, .trials = trials, .updates = 2}), one);
    for (const double total : one.totals) CHECK(std::isfinite(total));
  }
}

TEST_CASE("no weight changes its sign, and updates move weights by little") {
  const RandomNetwork network;
  auto parts = network.parts({});
  const auto edges = parts.recurrent;
  const Trained trained = train({.updates = 6});
  for (const auto& edge : edges) {
    const double ratio = static_cast<double>(trained.recurrent[edge.row]) / edge.weight;
    CHECK(ratio > 0.88);
    CHECK(ratio < 1.12);
  }
}

}  // namespace striate::test
