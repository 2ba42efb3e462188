// SPDX-License-Identifier: BSD-3-Clause
#include "core/problems.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>

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
  const auto seconds = [](int count) {
    double least = 1e9;
    for (int repeat = 0; repeat < 3; ++repeat) {
      Problems problems;
      const auto start = std::chrono::steady_clock::now();
      for (int i = 0; i < count; ++i)
        problems.add(FormatError("/a/rather/long/path/to/some/node_types.csv:{} has 2 cells", i));
      least =
          std::min(least, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return least;
  };
  // Eight times as many take eight times as long, give or take; compared one with another: 64 times.
  CHECK(seconds(20'000) < 24 * seconds(2'500));
}
