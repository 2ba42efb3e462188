// SPDX-License-Identifier: BSD-3-Clause
// The neurons of one rank as structs of arrays. Neurons of one cell model stand together (a group), padded to
// blocks of eight so that a block is one AVX-512 register or a cache line per variable, and its coefficients
// are scalars. A Lid is a position in these arrays, padding included; padding lanes are held refractory for
// ever. All of it passes through memory for every few steps, so that each byte of a neuron is time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/values/huge_vector.hpp"
#include "core/values/ids.hpp"
#include "engine/machine/kernel_arguments.hpp"
#include "engine/machine/model/propagators.hpp"

namespace striate::engine {

inline constexpr std::size_t lanes = 8;
struct NeuronGroup {
  std::uint32_t model = 0;  ///< index into the models given to make_neurons
  std::uint32_t first_lid = 0;  ///< multiple of `lanes`
  std::uint32_t count = 0;  ///< real neurons
  std::uint32_t padded = 0;  ///< lids
  bool has_current = false;  ///< injected into one of its neurons: i_ext counts
  std::size_t synapse_first = 0;  ///< where the group's synaptic state starts
};

/// Parameters that do not change (propagators), state, and what recorders read.
struct Neurons {
  Ports mode = Ports::reference;
  std::vector<Propagators> models;
  std::vector<NeuronGroup> groups;
  std::vector<std::uint32_t> model_of_block;  ///< [lid / lanes]

  // State, [lid]. Potentials relative to E_L, mV; currents pA.
  std::vector<double> v, theta_spike, theta_voltage;
  std::vector<double> i_ext;  ///< set by inject()
  std::vector<double> asc[2];
  std::vector<std::int16_t> refractory;  ///< steps left; for ever where negative
  /// [group][block][port][port_variables][lane]
  core::HugeVector<double> synapses;
  /// The same with Ports::merged_single, whenever it has just been rounded. Then `synapses` is empty until
  /// somebody looks, or ends a call, in between.
  core::HugeVector<float> single_synapses;
  bool synapses_are_single = false;  ///< which of the two it is now

  // Frozen while refractory, kept only when `record_currents`: what a multimeter shows as I_syn,
  // ASCurrents_sum.
  bool record_currents = false;
  std::vector<double> i_syn, asc_sum;

  std::size_t size() const { return v.size(); }  ///< lids, with padding
  std::size_t most_ports() const;  ///< of any model in use
  const Propagators& model_at(core::Lid lid) const { return models[model_of_block[lid.value / lanes]]; }
  double membrane_potential(core::Lid lid) const { return v[lid.value] + model_at(lid).e_l; }
  double threshold(core::Lid lid) const;  ///< absolute, mV
};

/// `counts[m]` neurons of models[m], model by model, at rest. `mode` is that of the models.
Neurons make_neurons(std::vector<Propagators> models, std::span<const std::uint32_t> counts,
                     Ports mode = Ports::reference);
/// Injects a constant current (pA) from now on, instead of the one before.
void inject(Neurons& neurons, core::Lid lid, double current);
/// With Ports::merged_single: where the state is when `now` steps are done.
void choose_synapses(Neurons& neurons, core::Step now);
/// The state in [begin, end) of single_synapses, as doubles, and back.
void widen_synapses(Neurons& neurons, std::size_t begin, std::size_t end);
void round_synapses(Neurons& neurons, std::size_t begin, std::size_t end);
/// Synaptic state of one port of a neuron, from where it is now.
using PortState = std::array<double, port_variables>;
PortState port_state(const Neurons& neurons, core::Lid lid, std::size_t port);
void set_port_state(Neurons& neurons, core::Lid lid, std::size_t port, const PortState& state);
/// Puts all neurons back to their initial state.
void reset(Neurons& neurons);

/// First lid of each model's neurons, or 0 for models without any.
std::vector<std::uint32_t> first_lid_of_model(const Neurons& neurons);

}  // namespace striate::engine
