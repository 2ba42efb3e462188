// SPDX-License-Identifier: BSD-3-Clause
#include "engine/glif_kernel.hpp"

#include <catch2/catch.hpp>

#include "engine/shard.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

constexpr TimeGrid quarter{0.25};

struct OneNeuron {
  Neurons neurons;
  InputRing ring;
  std::vector<LocalSpike> spikes;
  core::Step now = 0;

  explicit OneNeuron(const GlifParameters& parameters) {
    const std::uint32_t one[] = {1};
    neurons = make_neurons({make_propagators(parameters, quarter)}, one);
    ring = make_input_ring(neurons, 1, 100);
  }
  /// Weight into the slot that step index `step` reads.
  void input(core::Step step, std::uint32_t port, double weight) {
    ring.weights[ring.slot_start(step) + ring.port_offset[port]] += weight;
  }
  void run_until(core::Step until) {
    advance_neurons(neurons, ring, now, static_cast<std::uint32_t>(until - now), spikes);
    now = until;
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
    cell.neurons.i_ext[0] = 400.0;  // set at the end of step 0
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
      cell.neurons.i_ext[0] = 150.0;  // slot of step index 60
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
  OneNeuron together{parameters}, single{parameters};
  for (auto* cell : {&together, &single}) {
    cell->neurons.i_ext[0] = 380.0;
    cell->input(7, 0, 120.0);
  }
  for (core::Step n = 7; n <= 98; n += 7) together.run_until(n);
  for (core::Step n = 1; n <= 98; ++n) single.run_until(n);
  CHECK(together.neurons.v == single.neurons.v);
  CHECK(together.neurons.synapses == single.neurons.synapses);
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

TEST_CASE("neurons with more receptors come first and planes hold only those that own the port") {
  GlifParameters one_port, three_ports;
  three_ports.tau_syn_fast = {1, 2, 3};
  three_ports.tau_syn_slow = {4, 5, 6};
  three_ports.amp_slow = {1, 1, 1};
  const std::uint32_t counts[] = {5, 9};
  const auto neurons =
      make_neurons({make_propagators(one_port, quarter), make_propagators(three_ports, quarter)}, counts);
  CHECK(neurons.size() == 24);
  CHECK(neurons.lids_with_port == std::vector<std::uint32_t>{24, 16, 16});
  CHECK(first_lid_of_model(neurons) == std::vector<std::uint32_t>{16, 0});
  CHECK(make_input_ring(neurons, 4, 12).stride == 24 + 16 + 16);
}
