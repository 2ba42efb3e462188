// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/input_times.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace striate::engine;
using Catch::Contains;

namespace {

const SpikeInput lgn_input{
    .name = "LGN", .file = "lgn.h5", .node_set = "lgn", .population = {}, .where = "c.json:/inputs/LGN"};

/// Poisson trains of `hz` in total from `begin` to `end`.
InputTimes poisson(double hz, double begin_ms, double end_ms, double run_ms, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::exponential_distribution<double> wait(hz / 1000);
  InputTimes times(run_ms, 0.25);
  for (double t = begin_ms + wait(random); t < end_ms; t += wait(random)) times.add(t);
  return times;
}

std::string stops(const InputTimes& times) {
  return times.stops_early({lgn_input}, "lgn");
}

}  // namespace

TEST_CASE("A train that stops long before the run is told with its end") {
  const auto text = stops(poisson(1000, 0, 1500, 3000));
  CHECK_THAT(text,
             Contains("lgn.h5") && Contains("end at 149") && Contains("run ends at 3000 ms (run.tstop)"));
  CHECK_FALSE(stops(poisson(200, 0, 1500, 3000)).empty());
  CHECK_FALSE(stops(poisson(1000, 500, 1500, 3000)).empty());  // begins late as well
  CHECK_FALSE(stops(poisson(2000, 0, 2900, 3000)).empty());
  CHECK_FALSE(stops(poisson(2000, 0, 400, 20000)).empty());
}

TEST_CASE("Trains that last, sparse ones and single volleys do not stop early") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    CHECK(stops(poisson(1000, 0, 3000, 3000, seed)).empty());
    CHECK(stops(poisson(10, 0, 3000, 3000, seed)).empty());
    CHECK(stops(poisson(30, 0, 3000, 3000, seed)).empty());
    CHECK(stops(poisson(1000, 0, 2996, 3000, seed)).empty());  // a frame early
  }
  CHECK(stops(poisson(8, 0, 1500, 3000)).empty());  // a dozen spikes
  InputTimes volley(3000, 0.25);
  for (int i = 0; i < 500; ++i) volley.add(400 + 0.01 * i);
  CHECK(stops(volley).empty());
  CHECK(stops(InputTimes(3000, 0.25)).empty());
  // What one file leaves out another one brings.
  auto both = poisson(1000, 0, 1500, 3000);
  both.add(poisson(1000, 1500, 3000, 3000));
  CHECK(stops(both).empty());
}

TEST_CASE("Times beyond the run, and seconds, are told of each file") {
  CHECK_THAT(poisson(1000, 0, 3000, 1000).warning(lgn_input),
             Contains("left out") && Contains("run ends at 1000"));
  CHECK(poisson(1000, 0, 1005, 1000).warning(lgn_input).empty());
  CHECK_THAT(poisson(1000, 4000, 5000, 3000).warning(lgn_input), Contains("none of"));
  const auto seconds = poisson(1e6, 0, 2.9, 3000);
  CHECK_THAT(seconds.warning(lgn_input), Contains("are they in seconds?"));
  CHECK(stops(seconds).empty());
}
