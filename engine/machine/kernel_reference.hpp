// SPDX-License-Identifier: BSD-3-Clause
// The neurons of one vector in NEST's order of operations and sums, step by step.
#pragma once

#include "engine/machine/kernel_neuron.hpp"

namespace striate::engine {
namespace {

template <class Isa>
struct ReferenceKernel {
  using Real = typename Isa::Real;

  template <Threshold threshold, AfterSpikeCurrents currents, Adaptation adaptation, Currents recording>
  struct Block {
    [[gnu::always_inline]] static inline std::size_t run(const KernelArguments& n, std::size_t lid,
                                                         double* synapses, double* inputs,
                                                         std::size_t spikes) {
      const Propagators& p = *n.model;
      const PortPropagator* ports = n.ports;
      const std::size_t port_count = n.port_count;
      NeuronRegisters<Isa, threshold, currents, adaptation, recording> neuron;
      neuron.load(n, lid);
      for (std::uint32_t step = 0; step < n.count; ++step) {
        Real asc_sum{}, i_syn{};
        if constexpr (currents == AfterSpikeCurrents::on)
          asc_sum = Real{} + neuron.asc_0 * p.asc_mean[0] + neuron.asc_1 * p.asc_mean[1];
        const Real current = neuron.i_ext + asc_sum;

        Real u = neuron.v * p.v_decay + current * p.current_to_v;
        for (std::size_t port = 0; port < port_count; ++port) {
          const double* y = synapses + port * 4 * width;
          u += read_lanes<Real>(y) * ports[port].fast.y1_to_v +
               read_lanes<Real>(y + width) * ports[port].fast.y2_to_v;
        }
        for (std::size_t port = 0; port < port_count; ++port) {
          const double* y = synapses + (port * 4 + 2) * width;
          u += read_lanes<Real>(y) * ports[port].slow.y1_to_v +
               read_lanes<Real>(y + width) * ports[port].slow.y2_to_v;
        }

        if constexpr (recording == Currents::recorded) {
          Real fast_sum{}, slow_sum{};
          for (std::size_t port = 0; port < port_count; ++port) {
            const double* y = synapses + port * 4 * width;
            fast_sum += read_lanes<Real>(y + width);
            slow_sum += read_lanes<Real>(y + 3 * width);
          }
          i_syn = fast_sum + slow_sum;
        }

        // Synapses evolve also while the neuron is refractory. The input of this step is used and cleared.
        double* slot = inputs + step * n.slot_stride;
        for (std::size_t port = 0; port < port_count; ++port) {
          double* const place = slot + port * n.port_stride;
          const Real x = read_lanes<Real>(place);
          write_lanes(place, Real{});
          double* y = synapses + port * 4 * width;
          const auto& [fast, slow] = ports[port];
          const Real y1_fast = read_lanes<Real>(y), y2_fast = read_lanes<Real>(y + width);
          const Real y1_slow = read_lanes<Real>(y + 2 * width), y2_slow = read_lanes<Real>(y + 3 * width);
          write_lanes(y, Real(y1_fast * fast.decay + x * fast.weight_to_y1));
          write_lanes(y + width, Real(y1_fast * fast.y1_to_y2 + y2_fast * fast.decay));
          write_lanes(y + 2 * width, Real(y1_slow * slow.decay + x * slow.weight_to_y1));
          write_lanes(y + 3 * width, Real(y1_slow * slow.y1_to_y2 + y2_slow * slow.decay));
        }
        spikes = neuron.after_drive(n, lid, step, u, current, asc_sum, i_syn, spikes);
      }
      neuron.store(n, lid);
      return spikes;
    }
  };

  static std::size_t run(const KernelArguments& arguments) {
    return run_variant<Isa::lanes, Block>(arguments, arguments.synapses);
  }
};

}  // namespace
}  // namespace striate::engine
