// SPDX-License-Identifier: BSD-3-Clause
// A state that is no finite number ends the steps in which it turns up, whatever variable it came from and in
// every kernel; large finite numbers do not.
#include "engine/machine/lost_state.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <limits>
#include <optional>

#include "engine/machine/glif_kernel.hpp"
#include "engine/machine/shard.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

constexpr core::TimeGrid quarter_ms{0.25};
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint32_t cell = 11;  // of 20: second block, not its first lane

GlifParameters watched_glif5() {
  GlifParameters p;
  p.spike_dependent_threshold = p.after_spike_currents = p.adapting_threshold = true;
  p.tau_syn_fast = {2.0, 1.5};
  p.tau_syn_slow = {6.0, 5.0};
  p.amp_slow = {0.3, 0.2};
  return p;
}

struct Cells {
  Neurons neurons;
  InputTiles inputs;

  Cells(const GlifParameters& parameters, Ports mode) {
    const std::uint32_t counts[] = {20};
    neurons = make_neurons({make_propagators(parameters, quarter_ms, mode)}, counts, mode);
    inputs = make_input_tiles(neurons, 16);
  }
  /// Of the steps until the state is lost, if it is.
  std::optional<LostState> run(core::Step steps, core::Isa isa, std::uint32_t at_once = 4) {
    std::vector<LocalSpike> spikes;
    try {
      for (core::Step now = 0; now < steps; now += at_once)
        advance_tile(neurons, inputs, 0, now, at_once, spikes, isa);
    } catch (const LostState& lost) {
      return lost;
    }
    return std::nullopt;
  }
  void input(std::uint32_t slot, std::uint32_t port, double weight) {
    inputs.weights[slot * inputs.tile_cells + inputs.cell(port, {cell})] += weight;
  }
};

void for_each_kernel(const std::function<void(Ports, core::Isa)>& check) {
  for (const auto mode : {Ports::reference, Ports::merged, Ports::merged_single})
    for (const auto isa : core::available_isas()) {
      CAPTURE(mode, isa);
      check(mode, isa);
    }
}

/// What is found after `damage`, and in how many steps.
void check_found(const GlifParameters& parameters, const std::string& variable, core::Step within,
                 const std::function<void(Cells&)>& damage) {
  for_each_kernel([&](Ports mode, core::Isa isa) {
    Cells cells(parameters, mode);
    damage(cells);
    const auto lost = cells.run(40, isa);
    REQUIRE(lost.has_value());
    CHECK(lost->variable == variable);
    CHECK(lost->lid.value == cell);
    CHECK(lost->stamp <= within);
    CHECK(lost->code == core::ExitCode::bad_data);
  });
}

}  // namespace

TEST_CASE("every variable that is no finite number is found and named") {
  for (const double bad : {not_a_number, infinite, -infinite}) {
    CAPTURE(bad);
    check_found(watched_glif5(), "V_m", 4, [=](Cells& c) { c.neurons.v[cell] = bad; });
    check_found(watched_glif5(), "I", 4, [=](Cells& c) { inject(c.neurons, {cell}, bad); });
    check_found(watched_glif5(), "ASCurrents", 4, [=](Cells& c) { c.neurons.asc[1][cell] = bad; });
    check_found(watched_glif5(), "threshold_spike", 4, [=](Cells& c) { c.neurons.theta_spike[cell] = bad; });
    check_found(watched_glif5(), "threshold_voltage", 4,
                [=](Cells& c) { c.neurons.theta_voltage[cell] = bad; });
    check_found(watched_glif5(), "I_syn (receptor 2)", 8, [=](Cells& c) { c.input(3, 1, bad); });
  }
}

TEST_CASE("a potential that a spike resets is found all the same") {
  check_found({}, "V_m", 4, [](Cells& c) { c.neurons.v[cell] = infinite; });  // fires, then lies at V_reset
  // Each input is finite; the second makes the potential overflow for one step.
  check_found({}, "V_m", 12, [](Cells& c) {
    c.neurons.v[cell] = 1.7e308;
    inject(c.neurons, {cell}, 1.7e308);
    c.neurons.models[0].current_to_v = 1;
  });
}

TEST_CASE("what a refractory neuron holds is looked at too") {
  check_found({}, "I_syn (receptor 1)", 8, [](Cells& c) {
    c.neurons.refractory[cell] = 1000;
    c.input(0, 0, not_a_number);
  });
}

TEST_CASE("weights that add up beyond any number end the run, and such as do not are computed") {
  check_found({}, "I_syn (receptor 1)", 16, [](Cells& c) {
    c.input(0, 0, 1e308);
    c.input(0, 0, 1e308);
  });
  for_each_kernel([](Ports mode, core::Isa isa) {
    Cells cells({}, mode);
    const double large = mode == Ports::merged_single ? 1e36 : 1e300;
    cells.input(0, 0, large);
    inject(cells.neurons, {cell}, large);
    CHECK_FALSE(cells.run(400, isa).has_value());
    CHECK(cells.neurons.refractory[cell] >= 0);
  });
}

TEST_CASE("a weight beyond single precision ends a run that keeps state in it") {
  for (const auto isa : core::available_isas()) {
    Cells cells({}, Ports::merged_single);
    cells.input(0, 0, 1e39);
    const auto lost = cells.run(40, isa);
    REQUIRE(lost.has_value());
    CHECK(lost->variable == "I_syn (receptor 1)");
  }
}

TEST_CASE("the first cell of a tile is named, and steps one by one find it as well") {
  for_each_kernel([](Ports mode, core::Isa isa) {
    Cells cells({}, mode);
    for (const std::uint32_t lid : {3u, 4u, 19u}) cells.neurons.v[lid] = not_a_number;
    const auto lost = cells.run(40, isa, 1);
    REQUIRE(lost.has_value());
    CHECK(lost->lid.value == 3);
    CHECK(lost->stamp == 1);
  });
}
