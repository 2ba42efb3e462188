// SPDX-License-Identifier: BSD-3-Clause
// The neurons of one vector in NEST's order of operations and sums, step by step.
#pragma once

#include "engine/machine/kernel_common.hpp"

namespace striate::engine {
namespace {

template <class Isa>
struct ReferenceKernel {
  using Real = typename Isa::Real;
  using Int = typename Isa::Int;

  template <Threshold threshold, AfterSpikeCurrents currents, Adaptation adaptation, Currents recording>
  struct Block {
    [[gnu::always_inline]] static inline std::size_t run(const KernelArguments& n, std::size_t lid,
                                                         double* synapses, double* inputs,
                                                         std::size_t spikes) {
      const Propagators& p = *n.model;
      const PortPropagator* ports = n.ports;
      const std::size_t port_count = n.port_count;
      Real& v = lanes_at<Real>(n.v + lid);
      Int& refractory = lanes_at<Int>(n.refractory + lid);
      const Real i_ext = lanes_at<Real>(n.i_ext + lid);

      for (std::uint32_t step = 0; step < n.count; ++step) {
        const Int active = refractory == 0;
        const Real v_start = v;

        Real& theta_spike = lanes_at<Real>(n.theta_spike + lid);
        if constexpr (threshold == Threshold::spike_dependent)
          theta_spike = active ? theta_spike * p.spike_threshold_decay : theta_spike;

        Real asc_sum{};
        if constexpr (currents == AfterSpikeCurrents::on) {
          for (int j = 0; j < 2; ++j) {
            Real& asc = lanes_at<Real>(n.asc[j] + lid);
            asc_sum = asc_sum + asc * p.asc_mean[j];
            asc = active ? asc * p.asc_decay[j] : asc;
          }
        }

        Real u = v_start * p.v_decay + (i_ext + asc_sum) * p.current_to_v;
        for (std::size_t port = 0; port < port_count; ++port) {
          const double* y = synapses + port * 4 * width;
          u += lanes_at<const Real>(y) * ports[port].fast.y1_to_v +
               lanes_at<const Real>(y + width) * ports[port].fast.y2_to_v;
        }
        for (std::size_t port = 0; port < port_count; ++port) {
          const double* y = synapses + (port * 4 + 2) * width;
          u += lanes_at<const Real>(y) * ports[port].slow.y1_to_v +
               lanes_at<const Real>(y + width) * ports[port].slow.y2_to_v;
        }

        if constexpr (recording == Currents::recorded) {
          Real fast_sum{}, slow_sum{};
          for (std::size_t port = 0; port < port_count; ++port) {
            const double* y = synapses + port * 4 * width;
            fast_sum += lanes_at<const Real>(y + width);
            slow_sum += lanes_at<const Real>(y + 3 * width);
          }
          Real& kept_i_syn = lanes_at<Real>(n.i_syn + lid);
          Real& kept_asc_sum = lanes_at<Real>(n.asc_sum + lid);
          kept_i_syn = active ? fast_sum + slow_sum : kept_i_syn;
          kept_asc_sum = active ? asc_sum : kept_asc_sum;
        }

        Real& theta_voltage = lanes_at<Real>(n.theta_voltage + lid);
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

        // Synapses evolve also while the neuron is refractory. The input of this step is used and cleared.
        double* slot = inputs + step * n.slot_stride;
        for (std::size_t port = 0; port < port_count; ++port) {
          Real& weight = lanes_at<Real>(slot + port * n.port_stride);
          const Real x = weight;
          weight = Real{};
          double* y = synapses + port * 4 * width;
          const auto& [fast, slow] = ports[port];
          Real& y1_fast = lanes_at<Real>(y);
          Real& y2_fast = lanes_at<Real>(y + width);
          Real& y1_slow = lanes_at<Real>(y + 2 * width);
          Real& y2_slow = lanes_at<Real>(y + 3 * width);
          y2_fast = y1_fast * fast.y1_to_y2 + y2_fast * fast.decay;
          y1_fast = y1_fast * fast.decay + x * fast.weight_to_y1;
          y2_slow = y1_slow * slow.y1_to_y2 + y2_slow * slow.decay;
          y1_slow = y1_slow * slow.decay + x * slow.weight_to_y1;
        }

        if (Isa::any_lane(fires))
          for (std::size_t lane = 0; lane < Isa::lanes; ++lane)
            if (fires[lane]) {
              fire<threshold, currents>(n, lid + lane, v_start[lane]);
              n.spikes[spikes++] = {.step = step, .lid = static_cast<std::uint32_t>(lid + lane)};
            }
      }
      return spikes;
    }
  };

  static std::size_t run(const KernelArguments& arguments) {
    return run_variant<Isa::lanes, Block>(arguments);
  }
};

}  // namespace
}  // namespace striate::engine
