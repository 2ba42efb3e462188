// SPDX-License-Identifier: BSD-3-Clause
// A vector of neurons in registers, and all of a step that is the same however synaptic input is summed:
// threshold, after-spike currents, adaptation, firing and reset. A kernel computes the after-spike current
// and the potential in its own order of sums and leaves the rest to after_drive().
//
// What is no longer a finite number stays so for ever in every variable but the potential, which a spike
// resets. So it is enough to look at the potential of the last step, into which all others enter, and at that
// of those who fire.
#pragma once

#include "engine/machine/kernel_common.hpp"

namespace striate::engine {
namespace {

template <class Isa, Threshold threshold, AfterSpikeCurrents currents, Adaptation adaptation,
          Currents recording>
struct NeuronRegisters {
  using Real = typename Isa::Real;
  using Int = typename Isa::Int;
  static constexpr bool has_theta_spike = threshold == Threshold::spike_dependent;
  static constexpr bool has_theta_voltage = adaptation == Adaptation::on;
  static constexpr bool has_asc = currents == AfterSpikeCurrents::on;
  static constexpr bool is_recorded = recording == Currents::recorded;

  Real v, i_ext;
  Int refractory;
  Real theta_spike{}, theta_voltage{}, asc_0{}, asc_1{}, kept_i_syn{}, kept_asc_sum{};
  Real last_u{};
  Int lost{};  ///< lanes that fired with a potential that is no finite number

  [[gnu::always_inline]] inline void load(const KernelArguments& n, std::size_t lid) {
    v = read_lanes<Real>(n.v + lid);
    i_ext = n.i_ext != nullptr ? read_lanes<Real>(n.i_ext + lid) : Real{};
    refractory = Isa::widened(read_lanes<typename Isa::Short>(n.refractory + lid));
    if constexpr (has_theta_spike) theta_spike = read_lanes<Real>(n.theta_spike + lid);
    if constexpr (has_theta_voltage) theta_voltage = read_lanes<Real>(n.theta_voltage + lid);
    if constexpr (has_asc) {
      asc_0 = read_lanes<Real>(n.asc[0] + lid);
      asc_1 = read_lanes<Real>(n.asc[1] + lid);
    }
    if constexpr (is_recorded) {
      kept_i_syn = read_lanes<Real>(n.i_syn + lid);
      kept_asc_sum = read_lanes<Real>(n.asc_sum + lid);
    }
  }

  /// Ends the step in which the potential would become `u` under `current`, the injected current with
  /// `asc_sum`; `i_syn` is only looked at when recorded. Returns the new number of spikes.
  [[gnu::always_inline]] inline std::size_t after_drive(const KernelArguments& n, std::size_t lid,
                                                        std::uint32_t step, const Real& u,
                                                        const Real& current, const Real& asc_sum,
                                                        const Real& i_syn, std::size_t spikes) {
    const Propagators& p = *n.model;
    const Int active = refractory == 0;
    const Real v_start = v;
    last_u = u;
    if constexpr (has_theta_spike) theta_spike = active ? theta_spike * p.spike_threshold_decay : theta_spike;
    if constexpr (has_asc) {
      asc_0 = active ? asc_0 * p.asc_decay[0] : asc_0;
      asc_1 = active ? asc_1 * p.asc_decay[1] : asc_1;
    }
    if constexpr (is_recorded) {
      kept_i_syn = active ? i_syn : kept_i_syn;
      kept_asc_sum = active ? asc_sum : kept_asc_sum;
    }
    if constexpr (has_theta_voltage) {
      const Real steady = current / p.conductance;
      const Real distance = (v_start - steady) * p.voltage_threshold_phi;
      const Real next =
          distance * p.voltage_threshold_v_decay +
          (theta_voltage - distance - steady * p.voltage_threshold_rho) * p.voltage_threshold_decay +
          steady * p.voltage_threshold_rho;
      theta_voltage = active ? next : theta_voltage;
    }
    Real theta = all_lanes<Real>(p.threshold);
    if constexpr (has_theta_spike || has_theta_voltage) theta = (theta_spike + theta_voltage) + p.threshold;

    const Int fires = active & (u > theta);
    v = active ? u : v_start;
    refractory = refractory + Int(refractory > 0);  // a lane that is true is -1
    if (Isa::any_lane(fires)) [[unlikely]] {
      lost |= fires & not_finite(u);
      refractory = fires ? Int{} + p.refractory_steps : refractory;
      if constexpr (has_asc) {
        asc_0 = fires ? asc_0 * p.asc_keep[0] + p.asc_jump[0] : asc_0;
        asc_1 = fires ? asc_1 * p.asc_keep[1] + p.asc_jump[1] : asc_1;
      }
      if constexpr (has_theta_spike) {
        v = fires ? v_start * p.reset_fraction + p.reset_add : v;  // from the start of the step
        theta_spike = fires ? theta_spike * p.spike_threshold_keep + p.spike_threshold_jump : theta_spike;
      } else {
        v = fires ? all_lanes<Real>(p.v_reset) : v;
      }
      for (std::size_t lane = 0; lane < Isa::lanes; ++lane)
        if (fires[lane]) n.spikes[spikes++] = {.step = step, .lid = static_cast<std::uint32_t>(lid + lane)};
    }
    return spikes;
  }

  [[gnu::always_inline]] inline void store(const KernelArguments& n, std::size_t lid) {
    write_lanes(n.v + lid, v);
    write_lanes(n.refractory + lid, Isa::shortened(refractory));
    lost |= not_finite(last_u);
    if constexpr (has_theta_spike) write_lanes(n.theta_spike + lid, theta_spike);
    if constexpr (has_theta_voltage) write_lanes(n.theta_voltage + lid, theta_voltage);
    if constexpr (has_theta_spike || has_theta_voltage) lost |= not_finite(theta_spike + theta_voltage);
    if constexpr (has_asc) {
      write_lanes(n.asc[0] + lid, asc_0);
      write_lanes(n.asc[1] + lid, asc_1);
    }
    if constexpr (is_recorded) {
      write_lanes(n.i_syn + lid, kept_i_syn);
      write_lanes(n.asc_sum + lid, kept_asc_sum);
    }
    if (Isa::any_lane(lost)) [[unlikely]]
      for (std::size_t lane = 0; lane < Isa::lanes; ++lane)
        if (lost[lane] && lid + lane < *n.lost) *n.lost = static_cast<std::uint32_t>(lid + lane);
  }

 private:
  /// x - x is 0 for numbers and NaN for all else.
  [[gnu::always_inline]] static inline Int not_finite(const Real& x) { return (x - x) != Real{}; }
};

}  // namespace
}  // namespace striate::engine
