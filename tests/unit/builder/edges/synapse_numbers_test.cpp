// SPDX-License-Identifier: BSD-3-Clause
#include "builder/edges/synapse_numbers.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

using namespace striate;
using namespace striate::builder;

TEST_CASE("Yule-Simon numbers have the probabilities of their closed form") {
  core::RandomStream random(1, core::Purpose::test, 0);
  constexpr int draws = 200'000;
  for (const double y : {1.5, 2.8, 4.0}) {
    std::map<std::uint32_t, double> counts;
    YuleSimon yule_simon(y);
    for (int i = 0; i < draws; ++i) ++counts[std::min(yule_simon.draw(random), 12u)];
    double tail = 1;
    for (std::uint32_t k = 1; k < 12; ++k) {
      const double p = y * boost::math::beta(static_cast<double>(k), y + 1);
      CAPTURE(y, k);
      CHECK(std::abs(counts[k] - draws * p) < 4.5 * std::sqrt(draws * p * (1 - p)));
      tail -= p;
    }
    CHECK(std::abs(counts[12] - draws * tail) < 4.5 * std::sqrt(draws * tail));
    CHECK(counts[0] == 0);
  }
}

TEST_CASE("numbers of synapses are dealt once each, large ones to near connections") {
  core::RandomStream random(2, core::Purpose::test, 0);
  const std::vector<double> half_distance2{0.1, 3.0};
  constexpr int trials = 40'000;
  constexpr double y = 2;
  // With a larger number k and a smaller one, the first gets k with probability 1 / (1 + exp(-2.9 k)); when
  // both have the same, each gets it.
  double near_larger = 0, different = 0, expected = 0, variance = 0;
  std::map<std::uint32_t, double> near_count, count;
  std::vector<std::uint32_t> synapses;
  for (int i = 0; i < trials; ++i) {
    deal_synapse_numbers(half_distance2, y, random, synapses);
    REQUIRE(synapses.size() == 2);
    REQUIRE(std::min(synapses[0], synapses[1]) >= 1);
    for (const auto k : synapses) ++count[std::min(k, 4u)];
    if (synapses[0] == synapses[1]) continue;
    const double p = 1 / (1 + std::exp(-2.9 * std::max(synapses[0], synapses[1])));
    ++different;
    near_larger += synapses[0] > synapses[1];
    expected += p;
    variance += p * (1 - p);
  }
  CHECK(different > trials / 4);
  CHECK(std::abs(near_larger - expected) < 4.5 * std::sqrt(variance));
  // Dealing changes who has a number, not how many there are of it.
  for (std::uint32_t k = 1; k < 4; ++k) {
    const double p = y * boost::math::beta(static_cast<double>(k), y + 1);
    CHECK(std::abs(count[k] - 2 * trials * p) < 4.5 * std::sqrt(2 * trials * p));
  }
}

TEST_CASE("synapse numbers find connections even where all weights are tiny") {
  core::RandomStream random(3, core::Purpose::test, 0);
  std::vector<double> far(60, 900.0);
  far[0] = 0;
  std::vector<std::uint32_t> synapses;
  for (int i = 0; i < 100; ++i) {
    deal_synapse_numbers(far, 1.2, random, synapses);
    REQUIRE(std::ranges::all_of(synapses, [](auto k) { return k >= 1; }));
  }
  deal_synapse_numbers({}, 2, random, synapses);
  CHECK(synapses.empty());
}
