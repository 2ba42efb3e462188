// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/cells/neuron_features.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/values/nan.hpp"

using namespace striate;
using namespace striate::metrics;

namespace {

constexpr double none = core::nan;

}  // namespace

TEST_CASE("a score is the mean of the z-scores that a cell has") {
  // z of 1, 2, 3 are -1.2247, 0, 1.2247 (divisor n); a column without spread says nothing.
  const double z = std::sqrt(1.5);
  const std::vector<double> columns[] = {
      {1, 2, 3, none, none}, {0.1, 0.1, 0.1, 0.1, none}, {3, 1, none, 2, none}};
  const auto scores = composite_score(columns);
  REQUIRE(scores.size() == 5);
  CHECK(scores[0] == Approx((-z + z) / 2).margin(1e-15));
  CHECK(scores[1] == Approx(-z / 2));
  CHECK(scores[2] == Approx(z));
  CHECK(scores[3] == Approx(0).margin(1e-15));
  CHECK(std::isnan(scores[4]));
  CHECK(composite_score({}).empty());
}

TEST_CASE("cells are selective above zero, unknown without a score") {
  CHECK(selectivity_label(1e-9) == std::string("selective"));
  CHECK(selectivity_label(0) == std::string("non_selective"));
  CHECK(selectivity_label(none) == std::string("Unknown"));
}
