// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/partition.hpp"

#include <algorithm>
#include <numeric>

namespace striate::engine {

LocalNeurons partition_neurons(const Network& network, const core::TimeGrid& grid, int rank, int size,
                               Ports mode) {
  const auto count = static_cast<std::uint32_t>(network.neuron_count());
  std::vector<std::uint32_t> dealt(count);  // gids in the order of the deal
  std::iota(dealt.begin(), dealt.end(), 0u);
  std::ranges::stable_sort(dealt, {}, [&](std::uint32_t gid) { return network.model_of_gid[gid]; });

  Partition partition{.rank = rank,
                      .size = size,
                      .position = std::vector<std::uint32_t>(count),
                      .lid_of_local = {},
                      .gid_of_lid = {}};
  for (std::uint32_t position = 0; position < count; ++position)
    partition.position[dealt[position]] = position;

  std::vector<Propagators> models;
  for (const auto& model : network.models) models.push_back(make_propagators(model.parameters, grid, mode));
  std::vector<std::uint32_t> local_count(models.size(), 0);
  const auto stride = static_cast<std::uint32_t>(size);
  for (auto position = static_cast<std::uint32_t>(rank); position < count; position += stride)
    ++local_count[network.model_of_gid[dealt[position]]];

  Neurons neurons = make_neurons(std::move(models), local_count, mode);
  auto next_lid = first_lid_of_model(neurons);
  partition.gid_of_lid.assign(neurons.size(), no_neuron);
  for (auto position = static_cast<std::uint32_t>(rank); position < count; position += stride) {
    const std::uint32_t gid = dealt[position];
    const std::uint32_t lid = next_lid[network.model_of_gid[gid]]++;
    partition.lid_of_local.push_back(lid);
    partition.gid_of_lid[lid] = gid;
  }
  return {std::move(partition), std::move(neurons)};
}

}  // namespace striate::engine
