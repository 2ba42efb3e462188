// SPDX-License-Identifier: BSD-3-Clause
#include "core/errors/problems.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <ctime>

using striate::core::FormatError;
using striate::core::Problems;

TEST_CASE("each problem is told once, in the order found") {
  Problems problems;
  for (const char* text : {"b", "a", "b", "c", "a"}) problems.add(FormatError("{}", text));
  REQUIRE(problems.errors.size() == 3);
  CHECK(problems.errors[0].text == "b");
  CHECK(problems.errors[1].text == "a");
  CHECK(problems.errors[2].text == "c");
}

TEST_CASE("the cost of a problem does not grow with the number of problems") {
  const auto cost = [](int count) {
    double least = 1e9;
    for (int repeat = 0; repeat < 3; ++repeat) {
      Problems problems;
      const auto start = std::clock();  // of this process, whatever else the machine does
      for (int i = 0; i < count; ++i)
        problems.add(FormatError("/a/rather/long/path/to/some/node_types.csv:{} has 2 cells", i));
      least = std::min(least, static_cast<double>(std::clock() - start));
    }
    return least;
  };
  // Eight times as many take eight times as long, give or take; compared one with another: 64 times.
  CHECK(cost(20'000) < 24 * cost(2'500));
}
