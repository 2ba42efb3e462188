// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/current_response.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace striate;
using namespace striate::engine;

namespace {

/// Of a leaky neuron without after-spike currents: the potential passes the threshold in the first step k
/// with (I/g) (1 - exp(-k h g/C)) > theta, then again k steps after the refractory time.
std::int64_t expected_spikes(const GlifParameters& p, double current, double duration_ms, double h) {
  const double level = current / p.g, theta = p.V_th - p.E_L;
  if (level <= theta) return 0;
  const double steps = -p.C_m / p.g * std::log(1 - theta / level) / h;
  const auto to_threshold = static_cast<std::int64_t>(std::ceil(steps));
  const auto period = to_threshold + static_cast<std::int64_t>(std::ceil(p.t_ref / h));
  const auto total = static_cast<std::int64_t>(duration_ms / h);
  return total < to_threshold ? 0 : (total - to_threshold) / period + 1;
}

}  // namespace

TEST_CASE("a leaky neuron fires as often as the exponential says") {
  GlifParameters p;
  p.V_reset = p.E_L;
  const core::TimeGrid grid{0.25};
  const double rheobase = p.g * (p.V_th - p.E_L);
  std::vector<double> currents{0, -100, rheobase - 0.01, rheobase + 0.5, 300, 333, 400, 500, 5000};
  for (int i = 0; i < 100; ++i) currents.push_back(260 + 3.7 * i);  // more than a register of them
  const auto counts = spikes_under_current(p, currents, 2000, grid);
  REQUIRE(counts.size() == currents.size());
  for (std::size_t i = 0; i < currents.size(); ++i) {
    CAPTURE(currents[i]);
    CHECK(counts[i] == expected_spikes(p, currents[i], 2000, 0.25));
  }
  CHECK(counts[7] > 50);
  CHECK(spikes_under_current(p, currents, 100, grid)[7] == expected_spikes(p, 500, 100, 0.25));
}

TEST_CASE("after-spike currents that hyperpolarise slow a neuron down") {
  GlifParameters plain, adapting;
  adapting.after_spike_currents = true;
  const double currents[] = {500};
  const auto fast = spikes_under_current(plain, currents, 2000, core::TimeGrid{0.25});
  const auto slow = spikes_under_current(adapting, currents, 2000, core::TimeGrid{0.25});
  CHECK(slow[0] > 0);
  CHECK(slow[0] < fast[0]);
}
