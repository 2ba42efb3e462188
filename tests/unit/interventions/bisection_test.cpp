// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/bisection.hpp"

#include <catch2/catch.hpp>

using striate::interventions::Bisection;

TEST_CASE("a bisection tries the left end, the right end, then midpoints") {
  Bisection solver(10);
  CHECK(solver.value() == 0);
  solver.report(1);
  CHECK(solver.value() == 64);
  solver.report(100);
  CHECK(solver.value() == 32);
  solver.report(40);  // too high: 0 to 32
  CHECK(solver.value() == 16);
  solver.report(9);  // too low: 16 to 32
  CHECK(solver.value() == 24);
  CHECK_FALSE(solver.solved());
  solver.report(10.05);
  CHECK(solver.solved());
  CHECK(solver.value() == 24);
  CHECK(solver.target() == 10);
  solver.report(1000);  // what comes later does not matter
  CHECK(solver.value() == 24);
  CHECK_FALSE(solver.out_of_reach());
}

TEST_CASE("a bisection is solved strictly within one percent") {
  for (const double outside : {9.9, 10.1}) {
    Bisection solver(10);
    solver.report(0);
    solver.report(outside);
    CHECK_FALSE(solver.solved());
  }
  for (const double inside : {9.901, 10.099}) {
    Bisection solver(10);
    solver.report(0);
    solver.report(inside);
    CHECK(solver.solved());
    CHECK(solver.value() == 64);
  }
}

TEST_CASE("a bisection raises a target below what comes out at the left end") {
  Bisection solver(2);
  solver.report(5);
  CHECK(solver.target() == Approx(5.5));
  CHECK_FALSE(solver.solved());
  CHECK(solver.value() == 64);
  solver.report(20);
  solver.report(5.5);
  CHECK(solver.solved());
  CHECK(solver.value() == 32);

  Bisection equal(5);  // not below: within one percent at once
  equal.report(5);
  CHECK(equal.target() == 5);
  CHECK(equal.solved());
  CHECK(equal.value() == 0);
}

TEST_CASE("a bisection over a step ends when its right end closes in") {
  // 0 below 10 and 2 from there on; the target 1 lies in the step.
  Bisection solver(1);
  int calls = 0;
  double last = 0;
  while (!solver.solved() && calls < 30) {
    last = solver.value();
    solver.report(last < 10 ? 0 : 2);
    ++calls;
  }
  // 10 is the fifth midpoint and stays the right end, far from the left one; then only that one moves.
  CHECK_FALSE(solver.solved());
  CHECK(solver.value() == Approx(10).epsilon(1e-6));

  Bisection other(1);
  calls = 0;
  while (!other.solved() && calls < 100) {
    last = other.value();
    other.report(last < 9.9 ? 0 : 2);
    ++calls;
  }
  CHECK(other.solved());
  CHECK(other.value() == last);  // the last one measured
  CHECK(last == Approx(9.9).margin(0.02));
  CHECK(calls <= 20);
}

TEST_CASE("a target of zero is reached through the right end") {
  Bisection solver(0);
  int calls = 0;
  for (; !solver.solved() && calls < 100; ++calls) solver.report(0);
  // 0, 64, 32, 16, … 2^-6: the bracket [0, 2^-6] has the first half below 0.01, so 2^-7 is taken.
  CHECK(calls == 15);
  CHECK(solver.value() == 1.0 / 128);
}

TEST_CASE("a bisection knows when the right end is too low") {
  Bisection solver(10);
  solver.report(0);
  solver.report(5);
  CHECK(solver.out_of_reach());
  CHECK(solver.value() == 32);
  solver.report(3);
  CHECK(solver.value() == 48);
  CHECK_FALSE(solver.solved());
}
