// SPDX-License-Identifier: BSD-3-Clause
#include "engine/checkpoint/network_checksum.hpp"

#include <string>

#include "core/values/mixed_bits.hpp"
#include "engine/machine/shard_state.hpp"

namespace striate::engine {
namespace {

using core::mixed_bits;

std::uint64_t over_ranks(std::uint64_t part, const core::Comm& comm) {
  return static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(part)));
}

std::uint64_t checksum(const std::string& text) {
  std::uint64_t sum = text.size();
  for (const char letter : text) sum = mixed_bits(sum, static_cast<unsigned char>(letter));
  return sum;
}

}  // namespace

std::uint64_t network_checksum(const Shard& shard, std::span<const std::size_t> populations,
                               const Network& network, const Partition& partition, const core::Comm& comm) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < network.populations.size(); ++i) {
    const auto& population = network.populations[i];
    sum = mixed_bits(sum, checksum(population.name));
    for (const auto id : population.node_id.all()) sum = mixed_bits(sum, id);
    for (std::uint32_t node = 0; node < population.size(); ++node)
      sum = mixed_bits(sum, network.gids.of(i, node));
  }
  const auto add = [&](std::uint64_t part) { sum = mixed_bits(sum, over_ranks(part, comm)); };
  add(checksum_of_models(shard.neurons, partition.gid_of_lid));
  add(checksum_of_synapses(shard.recurrent.synapses, shard.inputs, partition.gid_of_lid));
  for (std::size_t i = 0; i < shard.external.size(); ++i) {
    sum = mixed_bits(sum, checksum(network.populations[populations[i]].name));
    add(checksum_of_synapses(shard.external[i].synapses, shard.inputs, partition.gid_of_lid));
  }
  return sum;
}

std::uint64_t input_checksum(const Shard& shard, const Partition& partition, const core::Comm& comm) {
  std::uint64_t sum = over_ranks(checksum_of_currents(shard.clamps, partition.gid_of_lid, shard.now), comm);
  for (const auto& source : shard.external)
    sum = mixed_bits(sum, over_ranks(checksum_of_input(source, shard.now), comm));
  return sum;
}

}  // namespace striate::engine
