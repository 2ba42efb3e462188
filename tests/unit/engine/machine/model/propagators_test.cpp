// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/model/propagators.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace striate::engine;

namespace {
constexpr striate::core::TimeGrid quarter_grid{0.25};
}

TEST_CASE("propagators of the default cell have their published values") {
  const auto p = make_propagators(GlifParameters{}, quarter_grid);
  CHECK(p.components[0].alpha.y1_to_v == 0.00048322334695811455);
  CHECK(p.components[0].alpha.y2_to_v == 0.003921234110201364);
  CHECK(p.components[1].alpha.y1_to_v == 0.0005107263033761932);
  CHECK(p.components[1].alpha.y2_to_v == 0.004086844743281483);
  CHECK(p.v_decay == 0.9606470984009086);
  CHECK(p.current_to_v == 0.004173160296828361);
  CHECK(p.refractory_steps == 15);
}

TEST_CASE("merged receptors share a port only where both time constants and the amplitude are equal") {
  GlifParameters cell;
  cell.tau_syn_fast = {1, 1, 1, 1, 2};
  cell.tau_syn_slow = {5, 6, 5, 5, 5};
  cell.amp_slow = {0.3, 0.3, 0.4, 0.3, 0.3};
  const auto merged = make_propagators(cell, quarter_grid, Ports::merged);
  CHECK(merged.port_of_receptor == std::vector<std::uint16_t>{0, 1, 2, 0, 3});
  CHECK(merged.ports.size() == 4);
  const auto reference = make_propagators(cell, quarter_grid, Ports::reference);
  CHECK(reference.port_of_receptor == std::vector<std::uint16_t>{0, 1, 2, 3, 4});
}

TEST_CASE("ports share the components whose time constants are equal, and only those") {
  GlifParameters cell;
  cell.tau_syn_fast = {1, 1, 2, 3, 4, 5};
  cell.tau_syn_slow = {5, 6, 7, 7, 8, 9};
  cell.amp_slow = {0.3, 0.4, 0.5, 0.25, 0.7, 0};
  const auto merged = make_propagators(cell, quarter_grid, Ports::merged);
  const auto feeds_of = [&](std::size_t component) {
    std::vector<std::pair<std::uint32_t, double>> feeds;
    const auto& [alpha, first, end] = merged.components.at(component);
    for (auto feed = first; feed < end; ++feed)
      feeds.emplace_back(merged.feeds.at(feed).port, merged.feeds.at(feed).gain);
    return feeds;
  };
  using Feeds = std::vector<std::pair<std::uint32_t, double>>;
  // Port 4 has both of its components for itself; they come first.
  CHECK(merged.unshared == 1);
  CHECK(merged.ports == std::vector<std::uint32_t>{4, 0, 1, 2, 3, 5});
  REQUIRE(merged.components.size() == 8);  // instead of 12: a slow part of no amplitude needs none
  CHECK(feeds_of(0) == Feeds{{4, 1}});
  CHECK(feeds_of(1) == Feeds{{4, 1}});
  CHECK(feeds_of(2) == Feeds{{0, 1}, {1, 1}});  // fast, 1 ms
  CHECK(feeds_of(3) == Feeds{{0, 1}, {5, 1 / 0.3}});  // 5 ms: slow for one, fast for the other
  CHECK(feeds_of(4) == Feeds{{1, 1}});
  CHECK(feeds_of(5) == Feeds{{2, 1}});
  CHECK(feeds_of(6) == Feeds{{2, 1}, {3, 0.5}});  // slow, 7 ms
  CHECK(feeds_of(7) == Feeds{{3, 1}});
  const auto reference = make_propagators(cell, quarter_grid, Ports::reference);
  CHECK(reference.components.size() == 12);
  CHECK(reference.unshared == 6);
}

TEST_CASE("near tau == tau_m the two voltage propagators leave the regular form at different distances") {
  // tau_m = 6 ms, C = 100 pF, h = 0.25 ms; exact values are those of the limit within 1e-6 relative.
  const double tau_m = 6, c = 100, h = 0.25;
  const double singular_y1 = (0.5 * h * h / c) * std::exp(-h / tau_m);
  const double singular_y2 = (h / c) * std::exp(-h / tau_m);
  const auto equal = make_alpha_propagator(6.0, tau_m, c, h);
  CHECK(equal.y1_to_v == singular_y1);
  CHECK(equal.y2_to_v == singular_y2);
  const auto near = make_alpha_propagator(6.000001, tau_m, c, h);
  CHECK(near.y1_to_v == singular_y1);  // cancellation would cost seven digits here
  CHECK(near.y2_to_v != singular_y2);
  CHECK(near.y2_to_v == Approx(singular_y2).epsilon(1e-6));
  const auto further = make_alpha_propagator(6.0001, tau_m, c, h);
  CHECK(further.y1_to_v != singular_y1);
  CHECK(further.y1_to_v == Approx(singular_y1).epsilon(1e-4));
}

TEST_CASE("a propagator step equals the analytic solution of the alpha current") {
  // One event of weight 1 pA at t = 0 on a passive membrane: V(t) in closed form.
  const double tau = 2.0, c = 58.72, g = 9.43, tau_m = c / g, h = 0.1;
  const auto a = make_alpha_propagator(tau, tau_m, c, h);
  const double v_decay = std::exp(-h / tau_m);
  double y1 = std::exp(1.0) / tau, y2 = 0, v = 0;
  for (int n = 1; n <= 300; ++n) {
    v = v * v_decay + a.y1_to_v * y1 + a.y2_to_v * y2;
    y2 = a.y1_to_y2 * y1 + a.decay * y2;
    y1 *= a.decay;
    const double t = n * h, alpha = 1 / tau, k = g / c, d = k - alpha;
    const double exact = std::exp(1.0) / (tau * c) *
                         (t * std::exp(-alpha * t) / d - (std::exp(-alpha * t) - std::exp(-k * t)) / (d * d));
    REQUIRE(v == Approx(exact).epsilon(1e-10).margin(1e-15));
  }
}
