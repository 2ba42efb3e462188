// SPDX-License-Identifier: BSD-3-Clause
// Which rank owns a neuron. The cells of each model are dealt to ranks one by one, so that every rank gets
// the same mix of models, ports and firing rates; balance matters more than locality in this network (its
// lateral connections reach everywhere).
#pragma once

#include <cstdint>
#include <vector>

#include "core/ranks/comm.hpp"
#include "core/values/ids.hpp"
#include "engine/machine/neurons.hpp"
#include "engine/network/network.hpp"

namespace striate::engine {

struct Partition {
  int rank = 0;
  int size = 1;
  std::vector<std::uint32_t> position;  ///< [gid], place in the deal: rank = position % size
  // Of this rank:
  std::vector<std::uint32_t> lid_of_local;  ///< [position / size]
  std::vector<std::uint32_t> gid_of_lid;  ///< [lid], no_neuron for padding

  int owner(core::Gid gid) const {
    return static_cast<int>(position[gid.value] % static_cast<std::uint32_t>(size));
  }
  bool owns(core::Gid gid) const { return owner(gid) == rank; }
  /// Only for neurons of this rank.
  core::Lid lid(core::Gid gid) const {
    return {lid_of_local[position[gid.value] / static_cast<std::uint32_t>(size)]};
  }
};

struct LocalNeurons {
  Partition partition;
  Neurons neurons;
};

LocalNeurons partition_neurons(const Network& network, const core::TimeGrid& grid, int rank, int size,
                               Ports mode = Ports::reference);

}  // namespace striate::engine
