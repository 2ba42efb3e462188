// SPDX-License-Identifier: BSD-3-Clause
// The neurons of one vector, port by port: the state of a port passes through up to four steps in registers
// and leaves what it adds to the potential in each of them; then the potential runs through these steps. In
// the units of z1, z2 (propagators.hpp) a component takes four fused multiply-adds a step. How steps are cut
// into pieces changes nothing: the additions of a step always come in the order of the ports.
#pragma once

#include "engine/machine/kernel_neuron.hpp"

namespace striate::engine {
namespace {

/// State is asked for so long before its turn, about four blocks: the processor alone asks too late.
constexpr std::size_t bytes_ahead = 4096;
constexpr std::size_t cache_line = 64;

/// `Stored`: double, or float where memory keeps synaptic state in single precision. Then the state is
/// rounded after every steps_in_registers steps, and a call is for so many steps or a multiple.
template <class Isa, class Stored>
struct MergedKernel {
  using Real = typename Isa::Real;
  using Single = typename Isa::Single;

  [[gnu::always_inline]] static inline Real read(const double* state) { return read_lanes<Real>(state); }
  [[gnu::always_inline]] static inline Real read(const float* state) {
    return Isa::widened(read_lanes<Single>(state));
  }
  [[gnu::always_inline]] static inline void write(double* state, const Real& x) { write_lanes(state, x); }
  [[gnu::always_inline]] static inline void write(float* state, const Real& x) {
    write_lanes(state, Isa::single(x));
  }
  [[gnu::always_inline]] static inline void ask_for_port(const Stored* state) {
    for (std::size_t line = 0; line < port_variables * width * sizeof(Stored); line += cache_line)
      __builtin_prefetch(reinterpret_cast<const char*>(state) + bytes_ahead + line);
  }

  /// Potential added in each step by all ports, and with Currents::recorded their current.
  template <std::uint32_t steps>
  struct Drive {
    Real v[steps];
    Real current[steps];
  };

  template <std::uint32_t steps, Currents recording>
  [[gnu::always_inline]] static inline void advance_ports(const KernelArguments& n, Stored* synapses,
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
      Stored* z = synapses + port * port_variables * width;
      ask_for_port(z);
      Real fast_z1 = read(z), fast_z2 = read(z + width);
      Real slow_z1 = read(z + 2 * width), slow_z2 = read(z + 3 * width);
      double* input = inputs + port * port_stride;
      for (std::uint32_t step = 0; step < steps; ++step) {
        double* const place = input + step * slot_stride;
        const Real weight = read_lanes<Real>(place);
        write_lanes(place, Real{});
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
      write(z, fast_z1);
      write(z + width, fast_z2);
      write(z + 2 * width, slow_z1);
      write(z + 3 * width, slow_z2);
    }
  }

  template <Threshold threshold, AfterSpikeCurrents currents, Adaptation adaptation, Currents recording,
            std::uint32_t steps>
  [[gnu::always_inline]] static inline std::size_t advance(const KernelArguments& n, std::size_t lid,
                                                           Stored* synapses, double* inputs,
                                                           std::uint32_t first, std::size_t spikes) {
    const Propagators& p = *n.model;
    Drive<steps> drive;
    advance_ports<steps, recording>(n, synapses, inputs, drive);

    NeuronRegisters<Isa, threshold, currents, adaptation, recording> neuron;
    neuron.load(n, lid);
    for (std::uint32_t step = 0; step < steps; ++step) {
      Real current = neuron.i_ext, asc_sum{}, i_syn{};
      if constexpr (currents == AfterSpikeCurrents::on) {
        asc_sum = Isa::fma(neuron.asc_1, all_lanes<Real>(p.asc_mean[1]), neuron.asc_0 * p.asc_mean[0]);
        current = current + asc_sum;
      }
      if constexpr (recording == Currents::recorded) i_syn = drive.current[step];
      const Real u = Isa::fma(neuron.v, all_lanes<Real>(p.v_decay),
                              Isa::fma(current, all_lanes<Real>(p.current_to_v), drive.v[step]));
      spikes = neuron.after_drive(n, lid, first + step, u, current, asc_sum, i_syn, spikes);
    }
    neuron.store(n, lid);
    return spikes;
  }

  template <Threshold threshold, AfterSpikeCurrents currents, Adaptation adaptation, Currents recording>
  struct Block {
    [[gnu::always_inline]] static inline std::size_t run(const KernelArguments& n, std::size_t lid,
                                                         Stored* synapses, double* inputs,
                                                         std::size_t spikes) {
      std::uint32_t step = 0;
      for (; step + steps_in_registers <= n.count; step += steps_in_registers)
        spikes = advance<threshold, currents, adaptation, recording, steps_in_registers>(
            n, lid, synapses, inputs + step * n.slot_stride, step, spikes);
      if constexpr (sizeof(Stored) == sizeof(double))
        for (; step < n.count; ++step)
          spikes = advance<threshold, currents, adaptation, recording, 1>(
              n, lid, synapses, inputs + step * n.slot_stride, step, spikes);
      return spikes;
    }
  };

  static std::size_t run(const KernelArguments& arguments) {
    if constexpr (sizeof(Stored) == sizeof(double))
      return run_variant<Isa::lanes, Block>(arguments, arguments.synapses);
    else
      return run_variant<Isa::lanes, Block>(arguments, arguments.single_synapses);
  }
};

}  // namespace
}  // namespace striate::engine
