// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/neurons.hpp"

#include <algorithm>
#include <cassert>

namespace striate::engine {
namespace {

constexpr std::int16_t refractory_for_ever = -1;

std::size_t group_of(const Neurons& neurons, core::Lid lid) {
  const auto after = std::ranges::upper_bound(neurons.groups, lid.value, {}, &NeuronGroup::first_lid);
  return static_cast<std::size_t>(after - neurons.groups.begin()) - 1;
}

/// Of the port's first variable; the next ones stand `lanes` apart.
std::size_t place_of(const Neurons& neurons, core::Lid lid, std::size_t port) {
  const auto& group = neurons.groups[group_of(neurons, lid)];
  const std::size_t ports = neurons.models[group.model].ports.size();
  const std::size_t in_group = lid.value - group.first_lid;
  return group.synapse_first + (in_group / lanes * ports + port) * port_variables * lanes + in_group % lanes;
}

}  // namespace

double Neurons::threshold(core::Lid lid) const {
  const auto& model = model_at(lid);
  return ((theta_spike[lid.value] + theta_voltage[lid.value]) + model.threshold) + model.e_l;
}

std::size_t Neurons::most_ports() const {
  std::size_t most = 0;
  for (const auto& group : groups) most = std::max(most, models[group.model].ports.size());
  return most;
}

Neurons make_neurons(std::vector<Propagators> models, std::span<const std::uint32_t> counts, Ports mode) {
  Neurons neurons;
  neurons.mode = mode;
  neurons.models = std::move(models);
  std::uint32_t lid = 0;
  std::size_t synapse = 0;
  for (std::uint32_t m = 0; m < neurons.models.size(); ++m) {
    if (counts[m] == 0) continue;
    assert(neurons.models[m].refractory_steps <= most_refractory_steps);
    const auto padded = static_cast<std::uint32_t>((counts[m] + lanes - 1) / lanes * lanes);
    neurons.groups.push_back(
        {.model = m, .first_lid = lid, .count = counts[m], .padded = padded, .synapse_first = synapse});
    lid += padded;
    synapse += padded * neurons.models[m].ports.size() * port_variables;
    neurons.model_of_block.insert(neurons.model_of_block.end(), padded / lanes, m);
  }
  neurons.v.resize(lid);
  neurons.refractory.resize(lid);
  if (mode == Ports::merged_single)
    neurons.single_synapses.resize(synapse);
  else
    neurons.synapses.resize(synapse);
  reset(neurons);
  return neurons;
}

void inject(Neurons& neurons, core::Lid lid, double current) {
  neurons.groups[group_of(neurons, lid)].has_current = true;
  neurons.i_ext[lid.value] = current;
}

void choose_synapses(Neurons& neurons, core::Step now) {
  if (neurons.mode != Ports::merged_single) return;
  neurons.synapses_are_single = now % steps_in_registers == 0;
  if (!neurons.synapses_are_single && neurons.synapses.empty())
    neurons.synapses.assign(neurons.single_synapses.size(), 0.0);
}

void widen_synapses(Neurons& neurons, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) neurons.synapses[i] = neurons.single_synapses[i];
}

void round_synapses(Neurons& neurons, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i)
    neurons.single_synapses[i] = static_cast<float>(neurons.synapses[i]);
}

PortState port_state(const Neurons& neurons, core::Lid lid, std::size_t port) {
  const std::size_t first = place_of(neurons, lid, port);
  PortState state;
  for (std::size_t i = 0; i < port_variables; ++i)
    state[i] = neurons.synapses_are_single ? neurons.single_synapses[first + i * lanes]
                                           : neurons.synapses[first + i * lanes];
  return state;
}

void set_port_state(Neurons& neurons, core::Lid lid, std::size_t port, const PortState& state) {
  const std::size_t first = place_of(neurons, lid, port);
  for (std::size_t i = 0; i < port_variables; ++i)
    if (neurons.synapses_are_single)
      neurons.single_synapses[first + i * lanes] = static_cast<float>(state[i]);
    else
      neurons.synapses[first + i * lanes] = state[i];
}

void reset(Neurons& neurons) {
  for (auto* variable : {&neurons.v, &neurons.theta_spike, &neurons.theta_voltage, &neurons.i_ext,
                         &neurons.asc[0], &neurons.asc[1], &neurons.i_syn, &neurons.asc_sum})
    variable->assign(neurons.size(), 0.0);
  std::ranges::fill(neurons.refractory, refractory_for_ever);
  choose_synapses(neurons, 0);
  std::ranges::fill(neurons.synapses, 0.0);
  std::ranges::fill(neurons.single_synapses, 0.0F);
  for (auto& group : neurons.groups) {
    group.has_current = false;
    const auto& model = neurons.models[group.model];
    for (std::uint32_t i = group.first_lid; i < group.first_lid + group.count; ++i) {
      neurons.v[i] = model.v_initial;
      neurons.asc[0][i] = model.asc_initial[0];
      neurons.asc[1][i] = model.asc_initial[1];
      neurons.refractory[i] = 0;
    }
  }
}

std::vector<std::uint32_t> first_lid_of_model(const Neurons& neurons) {
  std::vector<std::uint32_t> first(neurons.models.size(), 0);
  for (const auto& group : neurons.groups) first[group.model] = group.first_lid;
  return first;
}

}  // namespace striate::engine
