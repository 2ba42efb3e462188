// SPDX-License-Identifier: BSD-3-Clause
// Spikes between ranks, once per minimum delay: a spike goes only to ranks that hold a target of its neuron,
// as the number of the row it has in that rank's synapse table, so the receiver needs no look-up.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/ranks/comm.hpp"
#include "core/ranks/item_exchange.hpp"
#include "engine/machine/delivery.hpp"
#include "engine/machine/glif_kernel.hpp"
#include "engine/network/partition.hpp"
#include "engine/summary/summary.hpp"

namespace striate::engine {

class SpikeRouter {
 public:
  /// Tells each neuron's owner which ranks hold rows for it. What arrives is the same in all forms.
  /// Collective.
  SpikeRouter(const SynapseTable& recurrent, const Partition& partition, const core::Comm& comm,
              core::ExchangeForm form = core::ExchangeForm::alltoallv);

  /// Sends this interval's spikes, returns those for this rank sorted by (stamp, row); valid until the next
  /// call. Collective. `wait_s` grows by the time spent until all ranks had arrived.
  std::span<const RowSpike> exchange(std::span<const LocalSpike> spikes, core::Step interval_start,
                                     double& wait_s);

  /// Before exchange(): this rank wants all ranks to do something else together. Travels with the counts.
  void ask_all() { asked_ = true; }
  /// After exchange(): some rank wanted that. The same on all ranks.
  bool any_asked() const { return any_asked_; }

  /// So far, of this rank.
  const Traffic& traffic() const { return traffic_; }

  std::size_t bytes() const;

 private:
  struct Destination {
    std::uint32_t rank;
    std::uint32_t row;
  };
  core::Peers find_destinations(const SynapseTable& recurrent, const Partition& partition,
                                const core::Comm& comm);

  std::size_t rank_, ranks_;
  std::vector<std::uint64_t> first_destination_;  ///< [lid + 1]
  std::vector<Destination> destinations_;
  core::ItemExchange exchange_;
  std::vector<std::size_t> counts_;  ///< [rank]
  std::vector<std::size_t> next_;  ///< [rank]
  std::vector<std::uint64_t> outgoing_;  ///< by rank
  std::vector<RowSpike> incoming_;
  Traffic traffic_;
  bool asked_ = false, any_asked_ = false;
};

}  // namespace striate::engine
