// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/glif_kernel.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <numbers>

#include "core/values/random.hpp"
#include "engine/machine/shard.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

constexpr core::TimeGrid quarter{0.25};

struct OneNeuron {
  static constexpr std::uint32_t most_steps = 16;
  Neurons neurons;
  InputTiles inputs;
  std::multimap<core::Step, std::pair<std::uint32_t, double>> waiting;  ///< (port, weight) by step
  std::vector<LocalSpike> spikes;
  core::Step now = 0;
  core::Isa isa;

  explicit OneNeuron(const GlifParameters& parameters, Ports mode = Ports::reference,
                     core::Isa isa_ = core::available_isas().back())
      : isa(isa_) {
    const std::uint32_t one[] = {1};
    neurons = make_neurons({make_propagators(parameters, quarter, mode)}, one, mode);
    inputs = make_input_tiles(neurons, most_steps);
  }
  /// Weight that step index `step` reads.
  void input(core::Step step, std::uint32_t receptor, double weight) {
    waiting.insert({step, {neurons.models[0].port_of_receptor[receptor], weight}});
  }
  void run_until(core::Step until) {
    while (now < until) {
      const auto count = static_cast<std::uint32_t>(std::min<core::Step>(until - now, most_steps));
      for (std::uint32_t slot = 0; slot < count; ++slot)
        for (auto [at, end] = waiting.equal_range(now + slot); at != end; ++at)
          inputs.weights[slot * inputs.tile_cells + inputs.cell(at->second.first, {0})] += at->second.second;
      advance_tile(neurons, inputs, 0, now, count, spikes, isa);
      now += count;
    }
  }
  std::vector<double> spike_times() const {
    std::vector<double> times;
    for (const auto& spike : spikes) times.push_back(quarter.time_ms(spike.stamp));
    return times;
  }
  double v_m() const { return neurons.membrane_potential({0}); }
};

GlifParameters variant(bool spike_dependent, bool after_spike, bool adapting) {
  GlifParameters parameters;
  parameters.spike_dependent_threshold = spike_dependent;
  parameters.after_spike_currents = after_spike;
  parameters.adapting_threshold = adapting;
  return parameters;
}

}  // namespace

TEST_CASE("a weight of 100 pA moves the default cell as published") {
  OneNeuron cell{GlifParameters{}};
  cell.input(3, 0, 100.0);  // arrives at 1.0 ms
  cell.run_until(8);
  CHECK(cell.neurons.v[0] == Approx(0.8867423427500711).epsilon(1e-13));
  cell.run_until(40);
  CHECK(cell.neurons.v[0] == Approx(5.960436757064545).epsilon(1e-13));
  CHECK(cell.spikes.empty());
}

TEST_CASE("the five GLIF variants fire under 400 pA at their published times") {
  const auto first_four = [](const GlifParameters& parameters) {
    OneNeuron cell{parameters};
    cell.run_until(1);
    inject(cell.neurons, {0}, 400.0);  // set at the end of step 0
    cell.run_until(260);
    auto times = cell.spike_times();
    times.resize(4);
    return times;
  };
  using Times = std::vector<double>;
  CHECK(first_four(variant(false, false, false)) == Times{6.75, 17.0, 27.25, 37.5});
  CHECK(first_four(variant(true, false, false)) == Times{6.75, 12.0, 17.25, 22.75});
  CHECK(first_four(variant(false, true, false)) == Times{6.75, 23.0, 41.25, 60.0});
  CHECK(first_four(variant(true, true, false)) == Times{6.75, 19.25, 36.0, 53.5});
  CHECK(first_four(variant(true, true, true)) == Times{7.0, 20.75, 38.75, 57.75});
}

TEST_CASE("two receptors, inhibition and a current together give the published course") {
  auto parameters = variant(false, true, false);
  parameters.tau_syn_fast = {1.7, 0.9};
  parameters.tau_syn_slow = {4.4, 2.0};
  parameters.amp_slow = {0.6, 0.2};
  OneNeuron cell{parameters};
  for (const core::Step step : {3, 20, 21, 22}) cell.input(step, 0, 300.0);
  cell.input(40, 1, -150.0);
  std::vector<double> v;
  for (const core::Step stamp : {5, 12, 48, 61, 100, 400}) {
    cell.run_until(stamp);
    if (stamp == 61)
      inject(cell.neurons, {0}, 150.0);  // slot of step index 60
    else
      v.push_back(cell.v_m());
  }
  CHECK(cell.spike_times() == std::vector<double>{6.25, 14.5});
  const double expected[] = {-78.56533253757871, -69.4926238873163, -60.08249791297948, -72.73827473398062,
                             -64.4991010971683};
  for (std::size_t i = 0; i < v.size(); ++i) CHECK(v[i] == Approx(expected[i]).epsilon(1e-13));
}

TEST_CASE("several steps in one call equal the same steps one by one, bit for bit") {
  auto parameters = variant(true, true, true);
  const auto mode = GENERATE(Ports::reference, Ports::merged, Ports::merged_single);
  OneNeuron together{parameters, mode}, single{parameters, mode};
  for (auto* cell : {&together, &single}) {
    inject(cell->neurons, {0}, 380.0);
    cell->input(7, 0, 120.0);
  }
  for (core::Step n = 7; n <= 98; n += 7)
    together.run_until(n);  // one group of four steps, three single ones
  for (core::Step n = 1; n <= 98; ++n) single.run_until(n);
  CHECK(together.neurons.v == single.neurons.v);
  CHECK(together.neurons.synapses == single.neurons.synapses);
  CHECK(together.neurons.single_synapses == single.neurons.single_synapses);
  CHECK(together.spike_times() == single.spike_times());
  CHECK(together.spikes.size() >= 2);
}

TEST_CASE("padding lanes never fire, even where the resting state lies above threshold") {
  GlifParameters parameters;
  parameters.V_th = -90;  // below E_L: a real neuron fires at once
  parameters.V_reset = -95;
  OneNeuron cell{parameters};
  cell.run_until(20);
  CHECK_FALSE(cell.spikes.empty());
  for (const auto& spike : cell.spikes) CHECK(spike.lid.value == 0);
}

namespace {

/// Ten receptors of which several are alike, as on V1 cells.
GlifParameters ten_receptors(bool spike_dependent, bool after_spike, bool adapting) {
  auto parameters = variant(spike_dependent, after_spike, adapting);
  parameters.tau_syn_fast = {1.2, 1.2, 1.7, 1.2, 1.7, 5.5, 5.5, 1.2, 5.5, 1.2};
  parameters.tau_syn_slow = {3.3, 3.3, 4.4, 3.3, 4.4, 8.5, 8.5, 3.3, 8.5, 3.3};
  parameters.amp_slow = {0.3, 0.3, 0.6, 0.3, 0.6, 0.2, 0.2, 0.3, 0.25, 0.3};
  return parameters;
}

void drive(OneNeuron& cell, int steps) {
  core::RandomStream random(3, core::Purpose::test, 0);
  for (core::Step step = 0; step < steps; ++step)
    if (random() % 3 == 0) cell.input(step, random() % 10, 60.0 + 60.0 * random.normal());
}

}  // namespace

TEST_CASE("receptors with equal time constants and amplitude share a port, in the order of the first") {
  const auto merged = make_propagators(ten_receptors(false, true, false), quarter, Ports::merged);
  CHECK(merged.ports.size() == 4);
  CHECK(merged.port_of_receptor == std::vector<std::uint16_t>{0, 0, 1, 0, 1, 2, 2, 0, 3, 0});
  const auto reference = make_propagators(ten_receptors(false, true, false), quarter, Ports::reference);
  CHECK(reference.ports.size() == 10);
  CHECK(reference.port_of_receptor == std::vector<std::uint16_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("merged ports give the spikes of the reference mode and its voltages up to rounding") {
  for (const auto& parameters : {ten_receptors(false, false, false), ten_receptors(true, false, false),
                                 ten_receptors(false, true, false), ten_receptors(true, true, false),
                                 ten_receptors(true, true, true)}) {
    OneNeuron reference{parameters, Ports::reference}, merged{parameters, Ports::merged};
    for (auto* cell : {&reference, &merged}) {
      cell->neurons.record_currents = true;
      drive(*cell, 2000);
    }
    for (core::Step n = 5; n <= 2000; n += 5) {
      reference.run_until(n);
      merged.run_until(n);
      CHECK(merged.v_m() == Approx(reference.v_m()).epsilon(1e-12));
      CHECK(merged.neurons.i_syn[0] == Approx(reference.neurons.i_syn[0]).epsilon(1e-10).margin(1e-9));
    }
    CHECK(merged.spike_times() == reference.spike_times());
    CHECK(merged.spikes.size() > 5);
  }
}

TEST_CASE("state in single precision is rounded whenever four steps are done, and never in between") {
  const auto parameters = ten_receptors(false, true, false);
  OneNeuron exact{parameters, Ports::merged}, single{parameters, Ports::merged_single};
  const auto state = [](const OneNeuron& cell) {
    std::vector<double> all;
    for (std::size_t port = 0; port < cell.neurons.models[0].ports.size(); ++port)
      for (const double value : port_state(cell.neurons, {0}, port)) all.push_back(value);
    return all;
  };
  const auto rounded = [](std::vector<double> values) {
    for (auto& value : values) value = static_cast<float>(value);
    return values;
  };
  for (auto* cell : {&exact, &single}) drive(*cell, 2000);
  for (const core::Step n : {3, 4}) {  // until here nothing has been rounded yet
    exact.run_until(n);
    single.run_until(n);
    CHECK(state(exact) != rounded(state(exact)));
    CHECK(state(single) == (n == 4 ? rounded(state(exact)) : state(exact)));
    CHECK(single.neurons.synapses_are_single == (n == 4));
  }
  for (core::Step n = 5; n <= 2000; n += 5) {
    exact.run_until(n);
    single.run_until(n);
    CHECK(single.v_m() == Approx(exact.v_m()).epsilon(1e-6));
  }
  CHECK(single.spike_times() == exact.spike_times());
  CHECK(single.neurons.v != exact.neurons.v);

  const PortState tenth{0.1, 0.1, 0.1, 0.1};
  set_port_state(single.neurons, {0}, 1, tenth);  // 2000 steps are done
  CHECK(port_state(single.neurons, {0}, 1)[2] == double{0.1F});
  choose_synapses(single.neurons, 2001);
  set_port_state(single.neurons, {0}, 1, tenth);
  CHECK(port_state(single.neurons, {0}, 1) == tenth);
}

TEST_CASE("one alpha function is the double one without its slow part, and has its closed form") {
  constexpr double tau = 2.0, weight = 100.0;
  GlifParameters single;
  single.tau_syn_fast = {tau};
  single.amp_slow = {0.0};
  const double tau_m = single.C_m / single.g;
  const double beta = tau * tau_m / (tau_m - tau);
  for (const auto mode : {Ports::reference, Ports::merged})
    for (const double slow : {tau, 6.0, 1.0}) {  // of no effect
      CAPTURE(mode, slow);
      single.tau_syn_slow = {slow};
      OneNeuron cell{single, mode};
      cell.neurons.record_currents = true;
      cell.input(0, 0, weight);  // arrives at h
      for (core::Step step = 2; step < 200; ++step) {
        cell.run_until(step);
        const double t = quarter.time_ms(step) - 0.25;
        const double at_start = t - 0.25;
        CHECK(cell.neurons.i_syn[0] ==
              Approx(weight * at_start / tau * std::exp(1 - at_start / tau)).epsilon(1e-12).margin(1e-12));
        // U of C dU/dt = -g U + w (t/tau) exp(1 - t/tau) from rest.
        const double e = std::numbers::e * weight / tau / single.C_m;
        const double u =
            e * beta * (beta * (std::exp(-t / tau_m) - std::exp(-t / tau)) - t * std::exp(-t / tau));
        CHECK(cell.neurons.v[0] == Approx(u).epsilon(1e-11).margin(1e-12));
      }
    }
}

TEST_CASE("the width of the registers does not change a bit") {
  const auto isas = core::available_isas();
  if (isas.size() == 1) WARN("only one instruction set here");
  for (const auto mode : {Ports::reference, Ports::merged, Ports::merged_single}) {
    OneNeuron first{ten_receptors(true, true, true), mode, isas.front()};
    drive(first, 500);
    first.run_until(500);
    CHECK_FALSE(first.spikes.empty());
    for (const auto isa : isas) {
      OneNeuron other{ten_receptors(true, true, true), mode, isa};
      drive(other, 500);
      other.run_until(500);
      CHECK(other.neurons.v == first.neurons.v);
      CHECK(other.neurons.synapses == first.neurons.synapses);
      CHECK(other.neurons.single_synapses == first.neurons.single_synapses);
      CHECK(other.neurons.refractory == first.neurons.refractory);
      CHECK(other.spike_times() == first.spike_times());
    }
  }
}

TEST_CASE("synapses without input become zero instead of subnormal") {
  for (const auto mode : {Ports::reference, Ports::merged, Ports::merged_single}) {
    OneNeuron cell{GlifParameters{}, mode};
    cell.input(0, 0, 1.0);
    cell.run_until(40'000);
    for (const double y : cell.neurons.synapses) CHECK(y == 0.0);
    for (const float y : cell.neurons.single_synapses) CHECK(y == 0.0F);
    CHECK(cell.neurons.refractory[1] < 0);  // padding is held for ever
  }
}

TEST_CASE("neurons can be put back to the start") {
  OneNeuron cell{variant(true, true, true), Ports::merged};
  const auto start = cell.neurons.v;
  drive(cell, 0);
  inject(cell.neurons, {0}, 400);
  cell.run_until(100);
  CHECK(cell.neurons.v != start);
  reset(cell.neurons);
  CHECK(cell.neurons.v == start);
  CHECK(cell.neurons.i_ext[0] == 0);
  CHECK(cell.neurons.refractory[0] == 0);
  CHECK(cell.neurons.refractory[1] < 0);
}

TEST_CASE("neurons stand together by model in whole blocks, and tiles cover them") {
  GlifParameters one_port, three_ports;
  three_ports.tau_syn_fast = {1, 2, 3};
  three_ports.tau_syn_slow = {4, 5, 6};
  three_ports.amp_slow = {1, 1, 1};
  const std::uint32_t counts[] = {5, 9, 0};
  const auto neurons =
      make_neurons({make_propagators(one_port, quarter), make_propagators(three_ports, quarter),
                    make_propagators(one_port, quarter)},
                   counts);
  CHECK(neurons.size() == 24);
  CHECK(neurons.most_ports() == 3);
  CHECK(first_lid_of_model(neurons) == std::vector<std::uint32_t>{0, 8, 0});
  const auto tiles = make_input_tiles(neurons, 4, 16);
  CHECK(tiles.tiles == 2);
  CHECK(tiles.end_lid(1, neurons.size()) == 24);
  CHECK(tiles.cell(2, {17}) == tiles.tile_cells + 2 * tiles.port_stride + 1);
  CHECK(tiles.cells() == 2 * tiles.tile_cells);
}
