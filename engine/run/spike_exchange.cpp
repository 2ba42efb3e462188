// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/spike_exchange.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace striate::engine {
namespace {

/// On the wire: row, and steps since the start of the interval above what the exchange needs for itself.
constexpr unsigned lag_bits = 16;

std::uint64_t packed(std::uint32_t row, core::Step lag) {
  assert(lag >= 0 && lag < core::Step{1} << lag_bits);
  return std::uint64_t{row} << 32 | static_cast<std::uint64_t>(lag) << core::exchange_bits;
}

}  // namespace

SpikeRouter::SpikeRouter(const SynapseTable& recurrent, const Partition& partition, const core::Comm& comm,
                         core::ExchangeForm form)
    : rank_(static_cast<std::size_t>(comm.rank())),
      ranks_(static_cast<std::size_t>(comm.size())),
      exchange_(form, find_destinations(recurrent, partition, comm), comm),
      counts_(ranks_),
      next_(ranks_) {}

/// Each rank announces (gid, row) to the gid's owner. Returns who has to do with whom.
core::Peers SpikeRouter::find_destinations(const SynapseTable& recurrent, const Partition& partition,
                                           const core::Comm& comm) {
  struct Announcement {
    std::uint32_t gid;
    std::uint32_t row;
  };
  const auto owner = [&](std::uint32_t row) {
    return static_cast<std::size_t>(partition.owner({recurrent.source[row]}));
  };
  std::vector<std::size_t> counts(ranks_, 0), next(ranks_, 0);
  for (std::uint32_t row = 0; row < recurrent.rows(); ++row) ++counts[owner(row)];
  for (std::size_t rank = 1; rank < ranks_; ++rank) next[rank] = next[rank - 1] + counts[rank - 1];
  std::vector<Announcement> items(recurrent.rows());
  for (std::uint32_t row = 0; row < recurrent.rows(); ++row)
    items[next[owner(row)]++] = {.gid = recurrent.source[row], .row = row};
  const auto received = comm.all_to_all_v<Announcement>(items, counts);

  const std::size_t lids = partition.gid_of_lid.size();
  first_destination_.assign(lids + 1, 0);
  for (const auto& item : received.items) ++first_destination_[partition.lid({item.gid}).value + 1];
  for (std::size_t lid = 0; lid < lids; ++lid) first_destination_[lid + 1] += first_destination_[lid];
  destinations_.resize(received.items.size());
  auto place = first_destination_;
  core::Peers peers;
  std::size_t item = 0;
  for (std::uint32_t rank = 0; rank < received.counts.size(); ++rank) {
    if (rank != rank_ && received.counts[rank] != 0) peers.sends_to.push_back(static_cast<int>(rank));
    if (rank != rank_ && counts[rank] != 0) peers.receives_from.push_back(static_cast<int>(rank));
    for (std::size_t i = 0; i < received.counts[rank]; ++i, ++item)
      destinations_[place[partition.lid({received.items[item].gid}).value]++] = {
          .rank = rank, .row = received.items[item].row};
  }
  return peers;
}

std::span<const RowSpike> SpikeRouter::exchange(std::span<const LocalSpike> spikes, core::Step interval_start,
                                                double& wait_s) {
  const auto for_each_arrival = [&](const auto& use) {
    for (const auto& spike : spikes)
      for (auto d = first_destination_[spike.lid.value]; d < first_destination_[spike.lid.value + 1]; ++d)
        use(spike, destinations_[d]);
  };
  incoming_.clear();
  std::ranges::fill(counts_, 0);
  for_each_arrival([&](const LocalSpike& spike, const Destination& to) {
    if (to.rank == rank_)
      incoming_.push_back({.row = to.row, .stamp = spike.stamp});
    else
      ++counts_[to.rank];
  });
  std::size_t sum = 0;
  for (std::size_t rank = 0; rank < ranks_; ++rank) {
    next_[rank] = sum;
    sum += counts_[rank];
    traffic_.messages += std::uint64_t{counts_[rank] != 0};
  }
  ++traffic_.intervals;
  traffic_.spikes += sum;
  outgoing_.resize(sum);
  if (sum != 0)
    for_each_arrival([&](const LocalSpike& spike, const Destination& to) {
      if (to.rank != rank_) outgoing_[next_[to.rank]++] = packed(to.row, spike.stamp - interval_start);
    });
  const auto arrived = exchange_.exchange(outgoing_, counts_, asked_);
  asked_ = false;
  any_asked_ = arrived.raised;
  wait_s += arrived.wait_s;
  for (const auto item : arrived.items)
    incoming_.push_back(
        {.row = static_cast<std::uint32_t>(item >> 32),
         .stamp = interval_start + static_cast<core::Step>((item & 0xffffffff) >> core::exchange_bits)});
  std::ranges::sort(incoming_, {}, [](const RowSpike& spike) { return std::tuple(spike.stamp, spike.row); });
  return incoming_;
}

std::size_t SpikeRouter::bytes() const {
  return destinations_.size() * sizeof(Destination) + first_destination_.size() * sizeof(std::uint64_t) +
         exchange_.bytes();
}

}  // namespace striate::engine
