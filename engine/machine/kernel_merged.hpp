// SPDX-License-Identifier: BSD-3-Clause
// The neurons of one vector, port by port: the state of a port passes through up to four steps in registers
// and leaves what it adds to the potential in each of them; then the potential runs through these steps. In
// the units of z1, z2 (propagators.hpp) a component takes four fused multiply-adds a step. How steps are cut
// into pieces changes nothing: the additions of a step always come in the order of the ports.
#pragma once

#include "engine/machine/kernel_common.hpp"

namespace striate::engine {
namespace {

constexpr std::uint32_t steps_in_registers = 4;

template <class Isa>
struct MergedKernel {
  using Real = typename Isa::Real;
  using Int = typename Isa::Int;

  /// Potential added in each step by all ports, and with Currents::recorded their current.
  template <std::uint32_t steps>
  struct Drive {
    Real v[steps];
    Real current[steps];
  };

  template <std::uint32_t steps, Currents recording>
  [[gnu::always_inline]] static inline void advance_ports(const KernelArguments& n, double* synapses,
                                                          double* inputs, Drive<steps>& drive) {
    for (std::uint32_t step = 0; step < steps; ++step) {
      drive.v[step] = Real{};
      if constexpr (recording == Currents::recorded) drive.current[step] = Real{};
    }
    const std::size_t port_count = n.port_count, port_stride = n.port_stride, slot_stride = n.slot_stride;
    const PortPropagator* const ports = n.ports;
    for (std::size_t port = 0; port < port_count; ++port) {
      const AlphaPropagator& fast = ports[port].fast;
      const AlphaPropagator& slow = ports[port].slow;
      const Real fast_decay = all_lanes<Real>(fast.decay), slow_decay = all_lanes<Real>(slow.decay);
      const Real fast_z1_to_v = all_lanes<Real>(fast.z1_to_v), fast_z2_to_v = all_lanes<Real>(fast.z2_to_v);
      const Real slow_z1_to_v = all_lanes<Real>(slow.z1_to_v), slow_z2_to_v = all_lanes<Real>(slow.z2_to_v);
      double* z = synapses + port * 4 * width;
      Real fast_z1 = lanes_at<Real>(z), fast_z2 = lanes_at<Real>(z + width);
      Real slow_z1 = lanes_at<Real>(z + 2 * width), slow_z2 = lanes_at<Real>(z + 3 * width);
      double* input = inputs + port * port_stride;
      for (std::uint32_t step = 0; step < steps; ++step) {
        Real& place = lanes_at<Real>(input + step * slot_stride);
        const Real weight = place;
        place = Real{};
        if constexpr (recording == Currents::recorded)
          drive.current[step] = drive.current[step] + (fast_z2 * fast.z2_to_y2 + slow_z2 * slow.z2_to_y2);
        Real v = drive.v[step];
        v = Isa::fma(fast_z1, fast_z1_to_v, v);
        v = Isa::fma(fast_z2, fast_z2_to_v, v);
        v = Isa::fma(slow_z1, slow_z1_to_v, v);
        drive.v[step] = Isa::fma(slow_z2, slow_z2_to_v, v);
        fast_z2 = Isa::fma(fast_z2, fast_decay, fast_z1);
        slow_z2 = Isa::fma(slow_z2, slow_decay, slow_z1);
        fast_z1 = Isa::fma(fast_z1, fast_decay, weight);
        slow_z1 = Isa::fma(slow_z1, slow_decay, weight);
      }
      lanes_at<Real>(z) = fast_z1;
      lanes_at<Real>(z + width) = fast_z2;
      lanes_at<Real>(z + 2 * width) = slow_z1;
      lanes_at<Real>(z + 3 * width) = slow_z2;
    }
  }

  template <Threshold threshold, AfterSpikeCurrents currents, Adaptation adaptation, Currents recording,
            std::uint32_t steps>
  [[gnu::always_inline]] static inline std::size_t advance(const KernelArguments& n, std::size_t lid,
                                                           double* synapses, double* inputs,
                                                           std::uint32_t first, std::size_t spikes) {
    const Propagators& p = *n.model;
    Drive<steps> drive;
    advance_ports<steps, recording>(n, synapses, inputs, drive);

    Real v = lanes_at<Real>(n.v + lid);
    Int refractory = lanes_at<Int>(n.refractory + lid);
    Real theta_spike{}, theta_voltage{}, asc_0{}, asc_1{}, kept_i_syn{}, kept_asc_sum{};
    if constexpr (threshold == Threshold::spike_dependent) theta_spike = lanes_at<Real>(n.theta_spike + lid);
    if constexpr (adaptation == Adaptation::on) theta_voltage = lanes_at<Real>(n.theta_voltage + lid);
    if constexpr (currents == AfterSpikeCurrents::on) {
      asc_0 = lanes_at<Real>(n.asc[0] + lid);
      asc_1 = lanes_at<Real>(n.asc[1] + lid);
    }
    if constexpr (recording == Currents::recorded) {
      kept_i_syn = lanes_at<Real>(n.i_syn + lid);
      kept_asc_sum = lanes_at<Real>(n.asc_sum + lid);
    }
    const Real i_ext = lanes_at<Real>(n.i_ext + lid);
    for (std::uint32_t step = 0; step < steps; ++step) {
      const Int active = refractory == 0;
      const Real v_start = v;
      if constexpr (threshold == Threshold::spike_dependent)
        theta_spike = active ? theta_spike * p.spike_threshold_decay : theta_spike;

      Real current = i_ext, asc_sum{};
      if constexpr (currents == AfterSpikeCurrents::on) {
        asc_sum = Isa::fma(asc_1, all_lanes<Real>(p.asc_mean[1]), asc_0 * p.asc_mean[0]);
        asc_0 = active ? asc_0 * p.asc_decay[0] : asc_0;
        asc_1 = active ? asc_1 * p.asc_decay[1] : asc_1;
        current = i_ext + asc_sum;
      }
      const Real u = Isa::fma(v_start, all_lanes<Real>(p.v_decay),
                              Isa::fma(current, all_lanes<Real>(p.current_to_v), drive.v[step]));

      if constexpr (recording == Currents::recorded) {
        kept_i_syn = active ? drive.current[step] : kept_i_syn;
        kept_asc_sum = active ? asc_sum : kept_asc_sum;
      }
      if constexpr (adaptation == Adaptation::on) {
        const Real steady = current / p.conductance;
        const Real distance = (v_start - steady) * p.voltage_threshold_phi;
        const Real next =
            distance * p.voltage_threshold_v_decay +
            (theta_voltage - distance - steady * p.voltage_threshold_rho) * p.voltage_threshold_decay +
            steady * p.voltage_threshold_rho;
        theta_voltage = active ? next : theta_voltage;
      }
      Real theta = all_lanes<Real>(p.threshold);
      if constexpr (threshold == Threshold::spike_dependent || adaptation == Adaptation::on)
        theta = (theta_spike + theta_voltage) + p.threshold;

      const Int fires = active & (u > theta);
      v = active ? u : v_start;
      refractory = active ? refractory : refractory - 1;
      if (Isa::any_lane(fires)) [[unlikely]] {
        refractory = fires ? Int{} + p.refractory_steps : refractory;
        if constexpr (currents == AfterSpikeCurrents::on) {
          asc_0 = fires ? asc_0 * p.asc_keep[0] + p.asc_jump[0] : asc_0;
          asc_1 = fires ? asc_1 * p.asc_keep[1] + p.asc_jump[1] : asc_1;
        }
        if constexpr (threshold == Threshold::spike_dependent) {
          v = fires ? v_start * p.reset_fraction + p.reset_add : v;  // from the start of the step
          theta_spike = fires ? theta_spike * p.spike_threshold_keep + p.spike_threshold_jump : theta_spike;
        } else {
          v = fires ? all_lanes<Real>(p.v_reset) : v;
        }
        for (std::size_t lane = 0; lane < Isa::lanes; ++lane)
          if (fires[lane])
            n.spikes[spikes++] = {.step = first + step, .lid = static_cast<std::uint32_t>(lid + lane)};
      }
    }
    lanes_at<Real>(n.v + lid) = v;
    lanes_at<Int>(n.refractory + lid) = refractory;
    if constexpr (threshold == Threshold::spike_dependent) lanes_at<Real>(n.theta_spike + lid) = theta_spike;
    if constexpr (adaptation == Adaptation::on) lanes_at<Real>(n.theta_voltage + lid) = theta_voltage;
    if constexpr (currents == AfterSpikeCurrents::on) {
      lanes_at<Real>(n.asc[0] + lid) = asc_0;
      lanes_at<Real>(n.asc[1] + lid) = asc_1;
    }
    if constexpr (recording == Currents::recorded) {
      lanes_at<Real>(n.i_syn + lid) = kept_i_syn;
      lanes_at<Real>(n.asc_sum + lid) = kept_asc_sum;
    }
    return spikes;
  }

  template <Threshold threshold, AfterSpikeCurrents currents, Adaptation adaptation, Currents recording>
  struct Block {
    [[gnu::always_inline]] static inline std::size_t run(const KernelArguments& n, std::size_t lid,
                                                         double* synapses, double* inputs,
                                                         std::size_t spikes) {
      std::uint32_t step = 0;
      for (; step + steps_in_registers <= n.count; step += steps_in_registers)
        spikes = advance<threshold, currents, adaptation, recording, steps_in_registers>(
            n, lid, synapses, inputs + step * n.slot_stride, step, spikes);
      for (; step < n.count; ++step)
        spikes = advance<threshold, currents, adaptation, recording, 1>(
            n, lid, synapses, inputs + step * n.slot_stride, step, spikes);
      return spikes;
    }
  };

  static std::size_t run(const KernelArguments& arguments) {
    return run_variant<Isa::lanes, Block>(arguments);
  }
};

}  // namespace
}  // namespace striate::engine
