// SPDX-License-Identifier: BSD-3-Clause
#include "training/losses/weight_term.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "support/random_circuit.hpp"

namespace striate::test {

using namespace training;

namespace {

struct Example {
  RandomNetwork network;
  Ranks ranks;
  MadeCircuit<float> made;
  WeightGroups groups;
  Example() {
    auto parts = network.parts(ranks);
    made = make_circuit<float>(parts, ranks);
    groups = weight_groups(made.circuit, made.weights.recurrent, network.types(), ranks);
  }
  std::vector<float> gradient(const WeightTerm<float>& term, const core::HugeVector<float>& weights,
                              double& loss) const {
    core::HugeVector<float> gradient(weights.size());
    std::ranges::fill(gradient, 0.0f);
    loss = term.add(weights, 10, &gradient);
    return {gradient.begin(), gradient.end()};
  }
};

}  // namespace

TEST_CASE("connection types are told apart by the types of both ends, and weights by sign") {
  const Example example;
  CHECK(example.groups.connection_types == 9);
  double synapses = 0;
  for (const double size : example.groups.size) synapses += size;
  CHECK(synapses == 60 * 12);
  for (std::size_t i = 0; i < example.made.weights.recurrent.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (example.groups.of_synapse[i] == example.groups.of_synapse[j])
        REQUIRE(std::signbit(example.made.weights.recurrent[i]) ==
                std::signbit(example.made.weights.recurrent[j]));
}

TEST_CASE("weights that are as wanted have no distance and no derivative, whatever way ranks are found") {
  const Example example;
  for (const auto ranking : {Ranking::sort, Ranking::histogram})
    for (const auto distance : {WeightDistance::absolute, WeightDistance::relative}) {
      const WeightTerm<float> term(example.made.circuit, example.groups, example.made.weights.recurrent,
                                   distance, example.ranks, ranking);
      double loss = 1;
      const auto gradient = example.gradient(term, example.made.weights.recurrent, loss);
      CHECK(loss == 0);
      CHECK(std::ranges::all_of(gradient, [](float g) { return g == 0; }));
    }
}

TEST_CASE("weights all scaled up: every derivative points away from the start, distances follow") {
  const Example example;
  auto weights = example.made.weights.recurrent;
  for (float& w : weights) w *= 1.25f;
  double sorted_loss = 0, histogram_loss = 0;
  const WeightTerm<float> sorted(example.made.circuit, example.groups, example.made.weights.recurrent,
                                 WeightDistance::absolute, example.ranks, Ranking::sort);
  const WeightTerm<float> histogram(example.made.circuit, example.groups, example.made.weights.recurrent,
                                    WeightDistance::absolute, example.ranks, Ranking::histogram);
  const auto exact = example.gradient(sorted, weights, sorted_loss);
  const auto binned = example.gradient(histogram, weights, histogram_loss);
  for (std::size_t i = 0; i < exact.size(); ++i) {
    CHECK((exact[i] > 0) == (weights[i] > 0));
    CHECK(exact[i] == binned[i]);
  }
  CHECK(histogram_loss == Approx(sorted_loss).epsilon(0.01));
  const WeightTerm<float> relative(example.made.circuit, example.groups, example.made.weights.recurrent,
                                   WeightDistance::relative, example.ranks, Ranking::sort);
  double relative_loss = 0;
  example.gradient(relative, weights, relative_loss);
  // Each sign of a connection type is scaled by its own mean: 10 × 0.25 where types have one sign only.
  CHECK(relative_loss == Approx(2.5).epsilon(1e-4));
}

TEST_CASE("the derivative of the sorted distance against differences") {
  const Example example;
  auto weights = example.made.weights.recurrent;
  core::RandomStream random(3, core::Purpose::test, 9);
  for (float& w : weights) w *= static_cast<float>(0.8 + 0.4 * random.uniform());
  const WeightTerm<float> term(example.made.circuit, example.groups, example.made.weights.recurrent,
                               WeightDistance::absolute, example.ranks, Ranking::sort);
  double loss = 0, up = 0;
  const auto gradient = example.gradient(term, weights, loss);
  int agree = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    const float saved = weights[i];
    weights[i] = saved + 0.0005f;
    example.gradient(term, weights, up);
    weights[i] = saved;
    agree += std::abs((up - loss) / 0.0005 - gradient[i]) < 0.05 * std::abs(gradient[i]) + 1e-9;
  }
  CHECK(agree > 90);  // a few change their rank or cross the wanted weight
}

}  // namespace striate::test
