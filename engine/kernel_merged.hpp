// SPDX-License-Identifier: BSD-3-Clause
// One block of eight neurons, port by port: the state of a port passes through up to four steps in registers
// and leaves what it adds to the potential in each of them; then the potential runs through these steps. In
// the units of z1, z2 (propagators.hpp) a component takes four fused multiply-adds a step. How steps are cut
// into pieces changes nothing: the additions of a step always come in the order of the ports.
#pragma once

#include "engine/kernel_common.hpp"

namespace striate::engine {
namespace {

constexpr std::uint32_t steps_in_registers = 4;

template <class Isa>
struct MergedKernel {
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
    for (std::size_t port = 0; port < n.port_count; ++port) {
      const AlphaPropagator& fast = n.ports[port].fast;
      const AlphaPropagator& slow = n.ports[port].slow;
      const Real none{};
      const Real fast_decay = none + fast.decay, slow_decay = none + slow.decay;
      const Real fast_z1_to_v = none + fast.z1_to_v, fast_z2_to_v = none + fast.z2_to_v;
      const Real slow_z1_to_v = none + slow.z1_to_v, slow_z2_to_v = none + slow.z2_to_v;
      double* z = synapses + port * 4 * width;
      Real fast_z1 = lanes_at<Real>(z), fast_z2 = lanes_at<Real>(z + width);
      Real slow_z1 = lanes_at<Real>(z + 2 * width), slow_z2 = lanes_at<Real>(z + 3 * width);
      double* input = inputs + port * n.port_stride;
      for (std::uint32_t step = 0; step < steps; ++step) {
        Real& weight = lanes_at<Real>(input + step * n.slot_stride);
        if constexpr (recording == Currents::recorded)
          drive.current[step] =
              drive.current[step] + (fast_z2 * fast.z2_to_y2 + slow_z2 * slow.z2_to_y2);
        Real v = drive.v[step];
        v = Isa::fma(fast_z1, fast_z1_to_v, v);
        v = Isa::fma(fast_z2, fast_z2_to_v, v);
        v = Isa::fma(slow_z1, slow_z1_to_v, v);
        drive.v[step] = Isa::fma(slow_z2, slow_z2_to_v, v);
        fast_z2 = Isa::fma(fast_z2, fast_decay, fast_z1);
        slow_z2 = Isa::fma(slow_z2, slow_decay, slow_z1);
        fast_z1 = Isa::fma(fast_z1, fast_decay, weight);
        slow_z1 = Isa::fma(slow_z1, slow_decay, weight);
        weight = none;
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

    Real& v = lanes_at<Real>(n.v + lid);
    Int& refractory = lanes_at<Int>(n.refractory + lid);
    const Real i_ext = lanes_at<Real>(n.i_ext + lid);
    const Real v_decay = Real{} + p.v_decay, current_to_v = Real{} + p.current_to_v;
    for (std::uint32_t step = 0; step < steps; ++step) {
      const Int active = refractory == 0;
      const Real v_start = v;

      Real& theta_spike = lanes_at<Real>(n.theta_spike + lid);
      if constexpr (threshold == Threshold::spike_dependent)
        theta_spike = active ? theta_spike * p.spike_threshold_decay : theta_spike;

      Real current = i_ext, asc_sum{};
      if constexpr (currents == AfterSpikeCurrents::on) {
        for (int j = 0; j < 2; ++j) {
          Real& asc = lanes_at<Real>(n.asc[j] + lid);
          asc_sum = Isa::fma(asc, Real{} + p.asc_mean[j], asc_sum);
          asc = active ? asc * p.asc_decay[j] : asc;
        }
        current = i_ext + asc_sum;
      }
      const Real u = Isa::fma(v_start, v_decay, Isa::fma(current, current_to_v, drive.v[step]));

      if constexpr (recording == Currents::recorded) {
        Real& kept_i_syn = lanes_at<Real>(n.i_syn + lid);
        Real& kept_asc_sum = lanes_at<Real>(n.asc_sum + lid);
        kept_i_syn = active ? drive.current[step] : kept_i_syn;
        kept_asc_sum = active ? asc_sum : kept_asc_sum;
      }

      Real& theta_voltage = lanes_at<Real>(n.theta_voltage + lid);
      if constexpr (adaptation == Adaptation::on) {
        const Real steady = current / p.conductance;
        const Real distance = (v_start - steady) * p.voltage_threshold_phi;
        const Real next =
            distance * p.voltage_threshold_v_decay +
            (theta_voltage - distance - steady * p.voltage_threshold_rho) * p.voltage_threshold_decay +
            steady * p.voltage_threshold_rho;
        theta_voltage = active ? next : theta_voltage;
      }
      Real theta = Real{} + p.threshold;
      if constexpr (threshold == Threshold::spike_dependent || adaptation == Adaptation::on)
        theta = (theta_spike + theta_voltage) + p.threshold;

      const Int fires = active & (u > theta);
      v = active ? u : v_start;
      refractory = active ? refractory : refractory - 1;
      if (Isa::any_lane(fires)) [[unlikely]]
        for (std::size_t lane = 0; lane < width; ++lane)
          if (fires[lane]) {
            fire<threshold, currents>(n, lid + lane, v_start[lane]);
            n.spikes[spikes++] = {.step = first + step, .lid = static_cast<std::uint32_t>(lid + lane)};
          }
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

  static std::size_t run(const KernelArguments& arguments) { return run_variant<Block>(arguments); }
};

}  // namespace
}  // namespace striate::engine
