// SPDX-License-Identifier: BSD-3-Clause
// Spikes between ranks, once per minimum delay: a spike goes only to ranks that hold a target of its neuron,
// as the number of the row it has in that rank's synapse table, so the receiver needs no look-up.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/ranks/comm.hpp"
#include "core/timers.hpp"
#include "engine/machine/delivery.hpp"
#include "engine/machine/glif_kernel.hpp"
#include "engine/network/partition.hpp"

namespace striate::engine {

class SpikeRouter {
 public:
  /// Tells each neuron's owner which ranks hold rows for it. Collective.
  SpikeRouter(const SynapseTable& recurrent, const Partition& partition, const core::Comm& comm);

  /// Sends this interval's spikes, returns those for this rank sorted by (stamp, row); valid until the next
  /// call. Collective. `wait_s` grows by the time spent until all ranks had arrived.
  std::span<const RowSpike> exchange(std::span<const LocalSpike> spikes, core::Step interval_start,
                                     double& wait_s);

  /// Before exchange(): this rank wants all ranks to do something else together. Travels with the counts.
  void ask_all() { asked_ = true; }
  /// After exchange(): some rank wanted that. The same on all ranks.
  bool any_asked() const { return any_asked_; }

  std::size_t bytes() const;

 private:
  struct Destination {
    std::uint32_t rank;
    std::uint32_t row;
  };
  /// On the wire: row, and steps since the start of the interval.
  struct WireSpike {
    std::uint32_t row;
    std::uint32_t lag;
  };

  const core::Comm& comm_;
  std::vector<std::uint64_t> first_destination_;  ///< [lid + 1]
  std::vector<Destination> destinations_;
  std::vector<std::vector<WireSpike>> outgoing_;  ///< [rank]
  std::vector<WireSpike> flat_;
  std::vector<RowSpike> incoming_;
  bool asked_ = false, any_asked_ = false;
};

}  // namespace striate::engine
