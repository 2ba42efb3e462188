// SPDX-License-Identifier: BSD-3-Clause
#include "engine/glif_kernel.hpp"

namespace striate::engine {
namespace {

// Vector extensions of GCC and Clang: one value per lane, element-wise operators, comparisons giving masks.
using Real = double __attribute__((vector_size(lanes * sizeof(double)), aligned(alignof(double)), may_alias));
using Int = std::int64_t
    __attribute__((vector_size(lanes * sizeof(std::int64_t)), aligned(alignof(std::int64_t)), may_alias));

template <class Vector, class T>
[[gnu::always_inline]] inline Vector& lanes_at(T* first) {
  return *reinterpret_cast<Vector*>(first);
}

[[gnu::always_inline]] inline bool any(const Int& mask) {
  std::int64_t result = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) result |= mask[lane];
  return result != 0;
}

enum class Threshold { fixed, spike_dependent };
enum class AfterSpikeCurrents { off, on };
enum class Adaptation { off, on };
enum class Currents { unrecorded, recorded };

struct Work {
  Neurons& neurons;
  InputRing& ring;
  core::Step first;
  std::uint32_t count;
  std::vector<LocalSpike>& spikes;
};

/// A spike of one lane: refractoriness, after-spike currents, reset, threshold jump.
template <Threshold threshold, AfterSpikeCurrents currents>
[[gnu::always_inline]] inline void fire(Neurons& n, const Propagators& p, std::size_t i, double v_start) {
  n.refractory[i] = p.refractory_steps;
  if constexpr (currents == AfterSpikeCurrents::on)
    for (int j = 0; j < 2; ++j) n.asc[j][i] = p.asc_jump[j] + n.asc[j][i] * p.asc_keep[j];
  if constexpr (threshold == Threshold::spike_dependent) {
    n.v[i] = p.reset_fraction * v_start + p.reset_add;  // the potential at the start of the step
    n.theta_spike[i] = n.theta_spike[i] * p.spike_threshold_keep + p.spike_threshold_jump;
  } else {
    n.v[i] = p.v_reset;
  }
}

template <Threshold threshold, AfterSpikeCurrents currents, Adaptation adaptation, Currents recording>
[[gnu::always_inline]] inline void advance_block(const Work& work, const Propagators& p, std::size_t lid,
                                                 double* synapses) {
  Neurons& n = work.neurons;
  InputRing& ring = work.ring;
  const std::size_t ports = p.ports.size();
  Real& v = lanes_at<Real>(&n.v[lid]);
  Int& refractory = lanes_at<Int>(&n.refractory[lid]);
  const Real i_ext = lanes_at<Real>(&n.i_ext[lid]);

  for (std::uint32_t step = 0; step < work.count; ++step) {
    const Int active = refractory == 0;
    const Real v_start = v;

    Real& theta_spike = lanes_at<Real>(&n.theta_spike[lid]);
    if constexpr (threshold == Threshold::spike_dependent)
      theta_spike = active ? theta_spike * p.spike_threshold_decay : theta_spike;

    Real asc_sum{};
    if constexpr (currents == AfterSpikeCurrents::on) {
      for (int j = 0; j < 2; ++j) {
        Real& asc = lanes_at<Real>(&n.asc[j][lid]);
        asc_sum = asc_sum + asc * p.asc_mean[j];
        asc = active ? asc * p.asc_decay[j] : asc;
      }
    }

    Real u = v_start * p.v_decay + (i_ext + asc_sum) * p.current_to_v;
    for (std::size_t port = 0; port < ports; ++port) {
      const double* y = synapses + port * port_variables * lanes;
      u += lanes_at<const Real>(y) * p.ports[port].fast.y1_to_v +
           lanes_at<const Real>(y + lanes) * p.ports[port].fast.y2_to_v;
    }
    for (std::size_t port = 0; port < ports; ++port) {
      const double* y = synapses + (port * port_variables + 2) * lanes;
      u += lanes_at<const Real>(y) * p.ports[port].slow.y1_to_v +
           lanes_at<const Real>(y + lanes) * p.ports[port].slow.y2_to_v;
    }

    if constexpr (recording == Currents::recorded) {
      Real fast_sum{}, slow_sum{};
      for (std::size_t port = 0; port < ports; ++port) {
        const double* y = synapses + port * port_variables * lanes;
        fast_sum += lanes_at<const Real>(y + lanes);
        slow_sum += lanes_at<const Real>(y + 3 * lanes);
      }
      Real& kept_i_syn = lanes_at<Real>(&n.i_syn[lid]);
      Real& kept_asc_sum = lanes_at<Real>(&n.asc_sum[lid]);
      kept_i_syn = active ? fast_sum + slow_sum : kept_i_syn;
      kept_asc_sum = active ? asc_sum : kept_asc_sum;
    }

    Real& theta_voltage = lanes_at<Real>(&n.theta_voltage[lid]);
    if constexpr (adaptation == Adaptation::on) {
      const Real drive = (i_ext + asc_sum) / p.conductance;
      const Real distance = (v_start - drive) * p.voltage_threshold_phi;
      const Real next =
          distance * p.voltage_threshold_v_decay +
          (theta_voltage - distance - drive * p.voltage_threshold_rho) * p.voltage_threshold_decay +
          drive * p.voltage_threshold_rho;
      theta_voltage = active ? next : theta_voltage;
    }
    Real theta = Real{} + p.threshold;
    if constexpr (threshold == Threshold::spike_dependent || adaptation == Adaptation::on)
      theta = (theta_spike + theta_voltage) + p.threshold;

    const Int fires = active & (u > theta);
    v = active ? u : v_start;
    refractory = active ? refractory : refractory - 1;

    // Synapses evolve also while the neuron is refractory. The ring slot of this step is read and cleared.
    double* slot = ring.weights.data() + ring.slot_start(work.first + step) + lid;
    for (std::size_t port = 0; port < ports; ++port) {
      Real& weight = lanes_at<Real>(slot + ring.port_offset[port]);
      const Real x = weight;
      weight = Real{};
      double* y = synapses + port * port_variables * lanes;
      const auto& [fast, slow] = p.ports[port];
      Real& y1_fast = lanes_at<Real>(y);
      Real& y2_fast = lanes_at<Real>(y + lanes);
      Real& y1_slow = lanes_at<Real>(y + 2 * lanes);
      Real& y2_slow = lanes_at<Real>(y + 3 * lanes);
      y2_fast = y1_fast * fast.y1_to_y2 + y2_fast * fast.decay;
      y1_fast = y1_fast * fast.decay + x * fast.weight_to_y1;
      y2_slow = y1_slow * slow.y1_to_y2 + y2_slow * slow.decay;
      y1_slow = y1_slow * slow.decay + x * slow.weight_to_y1;
    }

    if (any(fires))
      for (std::size_t lane = 0; lane < lanes; ++lane)
        if (fires[lane]) {
          fire<threshold, currents>(n, p, lid + lane, v_start[lane]);
          work.spikes.push_back(
              {.stamp = work.first + step + 1, .lid = {static_cast<std::uint32_t>(lid + lane)}});
        }
  }
}

template <Threshold threshold, AfterSpikeCurrents currents, Adaptation adaptation, Currents recording>
[[gnu::always_inline]] inline void advance_group(const Work& work, const NeuronGroup& group) {
  const Propagators& p = work.neurons.models[group.model];
  const std::size_t block_synapses = p.ports.size() * port_variables * lanes;
  double* synapses = work.neurons.synapses.data() + group.synapse_first;
  for (std::size_t lid = group.first_lid; lid < group.first_lid + group.padded;
       lid += lanes, synapses += block_synapses)
    advance_block<threshold, currents, adaptation, recording>(work, p, lid, synapses);
}

template <Currents recording>
[[gnu::always_inline]] inline void advance_any(const Work& work, const NeuronGroup& group) {
  using enum Threshold;
  using Asc = AfterSpikeCurrents;
  const Propagators& p = work.neurons.models[group.model];
  if (!p.spike_dependent_threshold && !p.after_spike_currents)
    advance_group<fixed, Asc::off, Adaptation::off, recording>(work, group);  // GLIF1
  else if (!p.after_spike_currents)
    advance_group<spike_dependent, Asc::off, Adaptation::off, recording>(work, group);  // GLIF2
  else if (!p.spike_dependent_threshold)
    advance_group<fixed, Asc::on, Adaptation::off, recording>(work, group);  // GLIF3
  else if (!p.adapting_threshold)
    advance_group<spike_dependent, Asc::on, Adaptation::off, recording>(work, group);  // GLIF4
  else
    advance_group<spike_dependent, Asc::on, Adaptation::on, recording>(work, group);  // GLIF5
}

// One clone per vector width; the loader picks the widest that this processor has.
[[gnu::target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")]] void advance_all(const Work& work) {
  for (const NeuronGroup& group : work.neurons.groups) {
    if (work.neurons.record_currents)
      advance_any<Currents::recorded>(work, group);
    else
      advance_any<Currents::unrecorded>(work, group);
  }
}

}  // namespace

void advance_neurons(Neurons& neurons, InputRing& ring, core::Step first, std::uint32_t count,
                     std::vector<LocalSpike>& spikes) {
  advance_all({.neurons = neurons, .ring = ring, .first = first, .count = count, .spikes = spikes});
}

}  // namespace striate::engine
