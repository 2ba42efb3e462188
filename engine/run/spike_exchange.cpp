// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/spike_exchange.hpp"

#include <algorithm>
#include <tuple>

namespace striate::engine {
namespace {

/// Set in the counts that a rank sends when it asks all for a word.
constexpr std::size_t asking = std::size_t{1} << 63;

}  // namespace

SpikeRouter::SpikeRouter(const SynapseTable& recurrent, const Partition& partition, const core::Comm& comm)
    : comm_(comm), outgoing_(static_cast<std::size_t>(comm.size())) {
  // Each rank announces (gid, row) to the gid's owner.
  struct Announcement {
    std::uint32_t gid;
    std::uint32_t row;
  };
  std::vector<std::vector<Announcement>> boxes(static_cast<std::size_t>(comm.size()));
  for (std::uint32_t row = 0; row < recurrent.rows(); ++row)
    boxes[static_cast<std::size_t>(partition.owner({recurrent.source[row]}))].push_back(
        {recurrent.source[row], row});
  std::vector<Announcement> items;
  std::vector<std::size_t> counts;
  for (const auto& box : boxes) {
    items.insert(items.end(), box.begin(), box.end());
    counts.push_back(box.size());
  }
  const auto received = comm.all_to_all_v<Announcement>(items, counts);

  const std::size_t lids = partition.gid_of_lid.size();
  first_destination_.assign(lids + 1, 0);
  for (const auto& item : received.items) ++first_destination_[partition.lid({item.gid}).value + 1];
  for (std::size_t lid = 0; lid < lids; ++lid) first_destination_[lid + 1] += first_destination_[lid];
  destinations_.resize(received.items.size());
  auto next = first_destination_;
  std::size_t item = 0;
  for (std::uint32_t rank = 0; rank < received.counts.size(); ++rank)
    for (std::size_t i = 0; i < received.counts[rank]; ++i, ++item)
      destinations_[next[partition.lid({received.items[item].gid}).value]++] = {
          .rank = rank, .row = received.items[item].row};
}

std::span<const RowSpike> SpikeRouter::exchange(std::span<const LocalSpike> spikes, core::Step interval_start,
                                                double& wait_s) {
  for (auto& box : outgoing_) box.clear();
  for (const auto& spike : spikes)
    for (auto d = first_destination_[spike.lid.value]; d < first_destination_[spike.lid.value + 1]; ++d)
      outgoing_[destinations_[d].rank].push_back(
          {.row = destinations_[d].row, .lag = static_cast<std::uint32_t>(spike.stamp - interval_start)});

  incoming_.clear();
  const auto take = [&](const WireSpike& spike) {
    incoming_.push_back({.row = spike.row, .stamp = interval_start + spike.lag});
  };
  any_asked_ = asked_;
  if (comm_.size() == 1) {
    for (const auto& spike : outgoing_[0]) take(spike);
  } else {
    flat_.clear();
    std::vector<std::size_t> counts;
    for (const auto& box : outgoing_) {
      flat_.insert(flat_.end(), box.begin(), box.end());
      counts.push_back(box.size());
    }
    const auto sent = counts;
    if (asked_)
      for (auto& count : counts) count |= asking;
    // Waiting for the slowest rank happens in the first collective call; the second is transfer.
    const auto start = core::Clock::now();
    auto in_counts = comm_.all_to_all_counts(counts);
    wait_s += core::seconds_since(start);
    for (auto& count : in_counts) {
      any_asked_ = any_asked_ || (count & asking) != 0;
      count &= ~asking;
    }
    for (const auto& spike : comm_.all_to_all_v<WireSpike>(flat_, sent, in_counts)) take(spike);
  }
  asked_ = false;
  std::ranges::sort(incoming_, {}, [](const RowSpike& spike) { return std::tuple(spike.stamp, spike.row); });
  return incoming_;
}

std::size_t SpikeRouter::bytes() const {
  return destinations_.size() * sizeof(Destination) + first_destination_.size() * sizeof(std::uint64_t);
}

}  // namespace striate::engine
