// SPDX-License-Identifier: BSD-3-Clause
#include "engine/neurons.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace striate::engine {
namespace {

constexpr std::int64_t refractory_for_ever = std::numeric_limits<std::int64_t>::max() / 2;

}  // namespace

double Neurons::threshold(core::Lid lid) const {
  const auto& model = model_at(lid);
  return ((theta_spike[lid.value] + theta_voltage[lid.value]) + model.threshold) + model.e_l;
}

Neurons make_neurons(std::vector<Propagators> models, std::span<const std::uint32_t> counts) {
  Neurons neurons;
  neurons.models = std::move(models);
  std::vector<std::uint32_t> order(neurons.models.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](std::uint32_t m) { return neurons.models[m].ports.size(); });

  std::uint32_t lid = 0;
  std::size_t synapse = 0;
  for (const std::uint32_t m : order) {
    if (counts[m] == 0) continue;
    const auto padded = static_cast<std::uint32_t>((counts[m] + lanes - 1) / lanes * lanes);
    const std::size_t ports = neurons.models[m].ports.size();
    neurons.groups.push_back(
        {.model = m, .first_lid = lid, .count = counts[m], .padded = padded, .synapse_first = synapse});
    lid += padded;
    synapse += padded * ports * port_variables;
    neurons.lids_with_port.resize(std::max(neurons.lids_with_port.size(), ports), 0);
    for (std::size_t port = 0; port < ports; ++port) neurons.lids_with_port[port] = lid;
    neurons.model_of_block.insert(neurons.model_of_block.end(), padded / lanes, m);
  }

  neurons.v.resize(lid);
  for (auto* variable : {&neurons.theta_spike, &neurons.theta_voltage, &neurons.i_ext, &neurons.asc[0],
                         &neurons.asc[1], &neurons.i_syn, &neurons.asc_sum})
    variable->assign(lid, 0.0);
  neurons.refractory.assign(lid, refractory_for_ever);
  neurons.synapses.assign(synapse, 0.0);
  for (const auto& group : neurons.groups) {
    const auto& model = neurons.models[group.model];
    for (std::uint32_t i = group.first_lid; i < group.first_lid + group.count; ++i) {
      neurons.v[i] = model.v_initial;
      neurons.asc[0][i] = model.asc_initial[0];
      neurons.asc[1][i] = model.asc_initial[1];
      neurons.refractory[i] = 0;
    }
  }
  return neurons;
}

std::vector<std::uint32_t> first_lid_of_model(const Neurons& neurons) {
  std::vector<std::uint32_t> first(neurons.models.size(), 0);
  for (const auto& group : neurons.groups) first[group.model] = group.first_lid;
  return first;
}

}  // namespace striate::engine
