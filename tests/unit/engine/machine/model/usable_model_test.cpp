// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/model/usable_model.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "core/errors/error.hpp"
#include "engine/machine/model/propagators.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

using Change = std::function<void(GlifParameters&)>;

GlifParameters glif5() {
  GlifParameters p;
  p.spike_dependent_threshold = p.after_spike_currents = p.adapting_threshold = true;
  return p;
}

void check_refused(const std::string& key, const Change& change, double dt = 0.25) {
  auto p = glif5();
  change(p);
  CHECK_NOTHROW(validate(p, "cell.json"));  // each parameter alone is allowed
  CHECK_THROWS_WITH(require_usable(p, core::TimeGrid{dt}, "cell.json"),
                    Catch::Contains(key) && Catch::Contains("cell.json"));
  CHECK_THROWS_AS(require_usable(p, core::TimeGrid{dt}, "cell.json"), core::ConfigError);
}

void check_accepted(const Change& change, double dt = 0.25) {
  auto p = glif5();
  change(p);
  CHECK_NOTHROW(require_usable(p, core::TimeGrid{dt}, "cell.json"));
}

}  // namespace

TEST_CASE("usual cells are usable at every usual time step") {
  for (const double dt : {0.001, 0.01, 0.1, 0.25, 1.0}) {
    check_accepted([](auto&) {}, dt);
    check_accepted([](auto& p) { p.tau_syn_fast = {p.C_m / p.g}; }, dt);  // tau == tau_m
    check_accepted([](auto& p) { p.tau_syn_slow = {p.C_m / p.g * (1 + 1e-9)}; }, dt);
    check_accepted([](auto& p) { p.amp_slow = {0.0}; }, dt);
  }
}

TEST_CASE("refractory times of more steps than a neuron counts are refused") {
  check_accepted([](auto& p) { p.t_ref = 32767 * 0.25; });
  check_refused("t_ref=8192", [](auto& p) { p.t_ref = 32768 * 0.25; });
  check_accepted([](auto& p) { p.t_ref = 32.767; }, 0.001);
  check_refused(
      "t_ref=32.768", [](auto& p) { p.t_ref = 32.768; }, 0.001);
}

TEST_CASE("synaptic time constants that leave nothing of a step are refused") {
  check_refused("tau_syn_fast[0]=1e-05", [](auto& p) { p.tau_syn_fast = {1e-5}; });
  check_refused("tau_syn_slow[0]=1e-05", [](auto& p) { p.tau_syn_slow = {1e-5}; });
  check_refused("tau_syn_fast[1]=1e-300", [](auto& p) {
    p.tau_syn_fast = {2.0, 1e-300};
    p.tau_syn_slow = {6.0, 6.0};
    p.amp_slow = {0.3, 0.3};
  });
  check_refused("tau_syn_slow[0]=1e+308", [](auto& p) { p.tau_syn_slow = {1e308}; });
  check_refused("amp_slow[0]=1e+308", [](auto& p) { p.amp_slow = {1e308}, p.tau_syn_slow = {0.5}; });
  check_accepted([](auto& p) { p.tau_syn_fast = {1e-5}; }, 0.005);
}

TEST_CASE("short synaptic time constants that are accepted are computed right") {
  const double h = 0.25, tau_m = 6;
  const double c = GENERATE(60.0, 1e10);  // of large capacities fewer digits are left
  for (const double ratio : {10.0, 300.0, 600.0, 680.0, 690.0, 700.0, 708.0, 709.0, 710.0, 745.0, 1e4}) {
    const double tau = h / ratio;
    CAPTURE(ratio, c);
    GlifParameters p;
    p.C_m = c, p.g = c / tau_m, p.tau_syn_fast = {tau};
    bool usable = true;
    try {
      require_usable(p, core::TimeGrid{h}, "cell.json");
    } catch (const core::ConfigError&) {
      usable = false;
    }
    CHECK((ratio <= 600) <= usable);  // as the message promises
    if (!usable) continue;
    const auto alpha = make_alpha_propagator(tau, tau_m, c, h);
    const double beta = tau * tau_m / (tau_m - tau);
    const double difference = std::exp(-h / tau_m) - std::exp(-h / tau);
    CHECK(alpha.y2_to_v == Approx(beta / c * difference).epsilon(1e-9));
    CHECK(alpha.y1_to_v == Approx(beta / c * (beta * difference - h * std::exp(-h / tau))).epsilon(1e-9));
  }
}

TEST_CASE("membranes whose step loses its digits are refused") {
  check_refused("g=1e-15", [](auto& p) { p.g = 1e-15; });
  check_accepted([](auto& p) { p.g = 1e-5; });
  check_refused("V_reset=-1e+308", [](auto& p) { p.V_reset = -1e308, p.E_L = 1e308; });
  check_refused("V_m=-1e+308", [](auto& p) { p.V_m = -1e308, p.E_L = 1e308; });
  check_accepted([](auto& p) { p.V_reset = -1e308; });  // decays as it should
}

TEST_CASE("after-spike currents that cannot be averaged or summed are refused") {
  check_refused("asc_decay[0]=5e-324", [](auto& p) { p.asc_decay = {5e-324, 0.1}; });
  check_refused("asc_decay[1]=1e-15", [](auto& p) { p.asc_decay = {0.003, 1e-15}; });
  check_accepted([](auto& p) { p.asc_decay = {0.003, 1e-8}; });
  check_refused("asc_amps[0]=1e+308", [](auto& p) { p.asc_amps = {1e308, -198.94}; });
  check_refused("asc_amps[1]=-1e+308", [](auto& p) { p.asc_amps = {1.0, -1e308}; });
  check_refused("asc_amps[1]=1.5e+308", [](auto& p) {  // each alone would do
    p.asc_decay = {500.0, 500.0};
    p.asc_amps = {1.5e308, 1.5e308};
  });
  check_accepted([](auto& p) { p.asc_amps = {-1e12, 1e12}; });
  check_accepted([](auto& p) {
    p.after_spike_currents = p.adapting_threshold = false, p.asc_amps = {1e308, 0};
  });
}

TEST_CASE("thresholds that add up beyond any number or cannot be computed are refused") {
  check_refused("th_spike_add=1e+308", [](auto& p) { p.th_spike_add = 1e308; });
  check_refused("voltage_reset_add=1e+308",
                [](auto& p) { p.voltage_reset_add = 1e308, p.voltage_reset_fraction = 1; });
  check_accepted([](auto& p) { p.voltage_reset_fraction = 1; });
  check_refused("th_voltage_decay=", [](auto& p) { p.th_voltage_decay = p.g / p.C_m * (1 + 1e-12); });
  check_accepted([](auto& p) { p.th_voltage_decay = p.g / p.C_m * (1 + 1e-6); });
}
