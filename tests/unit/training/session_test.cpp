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
  bool train_drive = false;
  Method method = Method::exponentiated_adam;
  std::uint32_t freeze_each = 0;  ///< every so manyth row of the drive stays
};

constexpr std::size_t recurrent_rows = 60 * 12, noise_rows = 60 * 4, drive_rows = 60 * 8;

Trained train(const Setting& setting) {
  const RandomNetwork network;
  Trained trained;
  trained.recurrent.resize(recurrent_rows);
  trained.noise.resize(noise_rows);
  if (setting.train_drive) trained.drive.resize(drive_rows);
  trained.moments.resize(2 * (recurrent_rows + noise_rows + trained.drive.size()));
  std::mutex mutex;
  run_ranks(setting.ranks, [&](const Ranks& ranks) {
    auto parts = network.parts(ranks, setting.propagators);
    parts.train_drive = setting.train_drive;
    auto made = make_circuit<float>(parts, ranks);
    const auto groups = weight_groups(made.circuit, made.weights.recurrent, network.types(), ranks);
    const WeightTerm<float> term(made.circuit, groups, made.weights.recurrent, WeightDistance::absolute,
                                 ranks, setting.ranking);
    SessionOptions options;
    options.model.propagators = setting.propagators;
    options.optimizer.method = setting.method;
    options.trials = setting.trials;
    options.steps = setting.steps;
    options.gray_steps = 50;
    options.held_out_directions = 2;
    const auto objective = network.objective(setting.steps);
    Learner<float> learner{
        .weights = made.weights,
        .recurrent = no_moments<float>(made.weights.recurrent.size(), options.optimizer.method),
        .noise = no_moments<float>(made.weights.noise.size(), options.optimizer.method),
        .drive = no_moments<float>(trained.drive.empty() ? 0 : made.weights.drive.size(), setting.method),
        .mean_rate = std::vector<double>(network.cells, 0.003)};
    Frozen frozen;
    for (std::size_t i = 0; setting.freeze_each > 0 && i < made.circuit.drive.size(); ++i)
      frozen.drive.push_back(made.circuit.drive.row[i] % setting.freeze_each == 0);
    Session<float> session(
        made.circuit, objective, options, &term, std::move(frozen),
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
    float* at = trained.moments.data();
    const auto take = [&](const auto& values, const Moments<float>& moments, const auto& row_of,
                          std::vector<float>& to) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        to[row_of[i]] = values[i];
        if (moments.first.empty()) continue;
        at[row_of[i]] = moments.first[i];
        at[to.size() + row_of[i]] = moments.second[i];
      }
      at += 2 * to.size();
    };
    take(weights.recurrent, learner_then.recurrent, made.circuit.recurrent.row, trained.recurrent);
    take(weights.noise, learner_then.noise, made.circuit.noise.row, trained.noise);
    if (setting.train_drive) take(weights.drive, learner_then.drive, made.circuit.drive.row, trained.drive);
    if (ranks.rank == 0) {
      trained.totals = totals, trained.judged = judged, trained.mean_rate = mean_rate;
      trained.judging_changed_nothing = mean_rate == learner_then.mean_rate;
    }
  });
  return trained;
}

std::vector<float> drive_weights() {
  std::vector<float> weights(drive_rows);
  for (const auto& edge : RandomNetwork().parts({}).drive)
    weights[edge.row] = static_cast<float>(edge.weight);
  return weights;
}

void require_equal(const Trained& a, const Trained& b) {
  CHECK(a.recurrent == b.recurrent);
  CHECK(a.noise == b.noise);
  CHECK(a.drive == b.drive);
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

TEST_CASE("a trained drive has the same bits on any number of ranks, by any method") {
  const auto method = GENERATE(Method::exponentiated_adam, Method::adam, Method::sgd);
  const auto propagators = GENERATE(Propagators::reference, Propagators::exact);
  const auto setting = [&](int ranks) {
    return Setting{
        .ranks = ranks, .trials = 9, .propagators = propagators, .train_drive = true, .method = method};
  };
  const Trained one = train(setting(1));
  const auto built = drive_weights();
  std::size_t changed = 0;
  for (std::size_t row = 0; row < drive_rows; ++row) {
    CHECK(one.drive[row] >= 0);
    changed += one.drive[row] != built[row];
  }
  CHECK(changed > drive_rows * 9 / 10);
  for (const int ranks : {2, 3, 4}) {
    INFO(ranks << " ranks");
    require_equal(train(setting(ranks)), one);
  }
}

TEST_CASE("synapses of the drive that are frozen stay, and change the training of others") {
  const Trained all = train({.train_drive = true}), some = train({.train_drive = true, .freeze_each = 3});
  const auto built = drive_weights();
  for (std::size_t row = 0; row < drive_rows; ++row) {
    CHECK((some.drive[row] == built[row]) == (row % 3 == 0));
    CHECK(all.drive[row] != built[row]);
  }
  CHECK(some.recurrent != all.recurrent);
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
