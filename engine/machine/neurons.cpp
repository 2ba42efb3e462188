// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/neurons.hpp"

#include <algorithm>
#include <limits>

namespace striate::engine {
namespace {

constexpr std::int64_t refractory_for_ever = std::numeric_limits<std::int64_t>::max() / 2;

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
    const auto padded = static_cast<std::uint32_t>((counts[m] + lanes - 1) / lanes * lanes);
    neurons.groups.push_back(
        {.model = m, .first_lid = lid, .count = counts[m], .padded = padded, .synapse_first = synapse});
    lid += padded;
    synapse += padded * neurons.models[m].ports.size() * port_variables;
    neurons.model_of_block.insert(neurons.model_of_block.end(), padded / lanes, m);
  }
  neurons.v.resize(lid);
  neurons.refractory.resize(lid);
  neurons.synapses.resize(synapse);
  reset(neurons);
  return neurons;
}

const double* port_state(const Neurons& neurons, core::Lid lid, std::size_t port) {
  const auto& group = *(std::ranges::upper_bound(neurons.groups, lid.value, {}, &NeuronGroup::first_lid) - 1);
  const std::size_t ports = neurons.models[group.model].ports.size();
  const std::size_t in_group = lid.value - group.first_lid;
  return neurons.synapses.data() + group.synapse_first +
         (in_group / lanes * ports + port) * port_variables * lanes + in_group % lanes;
}

void reset(Neurons& neurons) {
  for (auto* variable : {&neurons.v, &neurons.theta_spike, &neurons.theta_voltage, &neurons.i_ext,
                         &neurons.asc[0], &neurons.asc[1], &neurons.i_syn, &neurons.asc_sum})
    variable->assign(neurons.size(), 0.0);
  std::ranges::fill(neurons.refractory, refractory_for_ever);
  std::ranges::fill(neurons.synapses, 0.0);
  for (const auto& group : neurons.groups) {
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
