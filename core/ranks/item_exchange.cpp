// SPDX-License-Identifier: BSD-3-Clause
#include "core/ranks/item_exchange.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <exception>
#include <numeric>

#include "core/errors/error.hpp"
#include "core/pulse/pulse.hpp"
#include "core/ranks/node_exchange.hpp"
#include "core/values/clock.hpp"

namespace striate::core {
namespace {

/// Of a packed block, 192 bytes with its first word: OpenMPI forwards blocks below 200 bytes in log2(ranks)
/// steps instead of sending them one by one.
constexpr std::size_t most_packed = 23;
constexpr int rest_tag = 1;

const std::array<std::string, 4> names{"alltoallv", "packed", "neighbor", "nodes"};

}  // namespace

std::span<const std::string> exchange_forms() {
  return names;
}

ExchangeForm parse_exchange_form(const std::string& name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    throw UsageError("unknown --exchange {} (must be one of {})", name, fmt::join(names, ", "));
  return static_cast<ExchangeForm>(found - names.begin());
}

struct ItemExchange::Parts {
  Parts(ExchangeForm form_, const Comm& comm_) : form(form_), comm(comm_) {}

  ExchangeForm form;
  const Comm& comm;
  std::vector<std::uint64_t> received;
  // packed: blocks of 1 + `packed` words by rank
  std::size_t packed = 1;
  std::vector<std::uint64_t> out_blocks, in_blocks;
  std::vector<MPI_Request> requests;
  // neighbor
  Peers peers;
  MPI_Comm graph = MPI_COMM_NULL;
  std::vector<std::uint64_t> out_counts, in_counts;
  std::vector<int> send_counts, send_offsets, receive_counts, receive_offsets;
  std::unique_ptr<NodeExchange> nodes;

  ~Parts() {
    // All ranks are needed to free a group of them.
    if (graph != MPI_COMM_NULL && std::uncaught_exceptions() == 0) MPI_Comm_free(&graph);
  }

  std::size_t ranks() const { return static_cast<std::size_t>(comm.size()); }
  void connect_neighbors();
  ArrivedItems by_alltoallv(std::span<const std::uint64_t> items, std::span<const std::size_t> counts,
                            bool raised);
  ArrivedItems by_packed(std::span<const std::uint64_t> items, std::span<const std::size_t> counts,
                         bool raised);
  void exchange_rests(std::span<const std::uint64_t> items, std::span<const std::size_t> counts,
                      std::size_t arrived);
  ArrivedItems by_neighbors(std::span<const std::uint64_t> items, std::span<const std::size_t> counts,
                            bool raised);
};

ArrivedItems ItemExchange::Parts::by_alltoallv(std::span<const std::uint64_t> items,
                                               std::span<const std::size_t> counts, bool raised) {
  ArrivedItems arrived{.items = {}, .raised = raised};
  std::vector<std::size_t> marked(counts.begin(), counts.end());
  if (raised)
    for (auto& count : marked) count |= hand_bit;
  // Waiting for the slowest rank happens in the first collective call; the second is transfer.
  const auto start = Clock::now();
  auto in = comm.all_to_all_counts(marked);
  arrived.wait_s = seconds_since(start);
  for (auto& count : in) {
    arrived.raised = arrived.raised || (count & hand_bit) != 0;
    count &= ~hand_bit;
  }
  received = comm.all_to_all_v(items, counts, in);
  arrived.items = received;
  return arrived;
}

/// A block's first word: items for this rank, below the most that the sender has for any rank, below its
/// hand. Since everyone learns everyone's most, all agree on the next blocks' size without another word.
ArrivedItems ItemExchange::Parts::by_packed(std::span<const std::uint64_t> items,
                                            std::span<const std::size_t> counts, bool raised) {
  constexpr std::uint64_t count_mask = 0x7fffffff;
  ArrivedItems arrived{.items = {}, .raised = false};
  const std::size_t words = 1 + packed;
  out_blocks.assign(words * ranks(), 0);
  in_blocks.resize(words * ranks());
  std::size_t most = 0;
  for (const auto count : counts) most = std::max(most, count);
  (void)mpi_count(most, "items for one rank");
  const auto* item = items.data();
  for (std::size_t rank = 0; rank < ranks(); ++rank) {
    auto* block = out_blocks.data() + rank * words;
    block[0] = (raised ? hand_bit : 0) | std::uint64_t{most} << 31 | counts[rank];
    std::copy_n(item, std::min(packed, counts[rank]), block + 1);
    item += counts[rank];
  }
  const auto start = Clock::now();
  {
    const pulse::Waiting waiting("MPI_Alltoall");
    MPI_Alltoall(out_blocks.data(), mpi_count(words, "words of a block"), MPI_UINT64_T, in_blocks.data(),
                 static_cast<int>(words), MPI_UINT64_T, comm.handle());
  }
  arrived.wait_s = seconds_since(start);
  received.clear();
  std::size_t rests = 0, most_of_all = 0;
  for (std::size_t rank = 0; rank < ranks(); ++rank) {
    const auto* block = in_blocks.data() + rank * words;
    const auto count = static_cast<std::size_t>(block[0] & count_mask);
    arrived.raised = arrived.raised || (block[0] & hand_bit) != 0;
    most_of_all = std::max(most_of_all, static_cast<std::size_t>(block[0] >> 31 & count_mask));
    received.insert(received.end(), block + 1, block + 1 + std::min(packed, count));
    rests += count > packed ? count - packed : 0;
  }
  const auto first_rest = received.size();
  received.resize(first_rest + rests);
  exchange_rests(items, counts, first_rest);
  // Blocks grow at once and shrink slowly.
  packed = std::clamp(std::max(most_of_all, packed - packed / 4), std::size_t{1}, most_packed);
  arrived.items = received;
  return arrived;
}

/// Both ends know what did not fit into a block.
void ItemExchange::Parts::exchange_rests(std::span<const std::uint64_t> items,
                                         std::span<const std::size_t> counts, std::size_t arrived) {
  const std::size_t words = 1 + packed;
  requests.clear();
  for (std::size_t rank = 0; rank < ranks(); ++rank) {
    const auto count = static_cast<std::size_t>(in_blocks[rank * words] & 0x7fffffff);
    if (count <= packed) continue;
    MPI_Irecv(received.data() + arrived, static_cast<int>(count - packed), MPI_UINT64_T,
              static_cast<int>(rank), rest_tag, comm.handle(), &requests.emplace_back());
    arrived += count - packed;
  }
  const auto* item = items.data();
  for (std::size_t rank = 0; rank < ranks(); item += counts[rank], ++rank) {
    if (counts[rank] <= packed) continue;
    MPI_Isend(item + packed, static_cast<int>(counts[rank] - packed), MPI_UINT64_T, static_cast<int>(rank),
              rest_tag, comm.handle(), &requests.emplace_back());
  }
  if (requests.empty()) return;
  const pulse::Waiting waiting("MPI_Waitall");
  MPI_Waitall(mpi_count(requests.size(), "messages"), requests.data(), MPI_STATUSES_IGNORE);
}

void ItemExchange::Parts::connect_neighbors() {
  MPI_Dist_graph_create_adjacent(comm.handle(), static_cast<int>(peers.receives_from.size()),
                                 peers.receives_from.data(), MPI_UNWEIGHTED,
                                 static_cast<int>(peers.sends_to.size()), peers.sends_to.data(),
                                 MPI_UNWEIGHTED, MPI_INFO_NULL, 0, &graph);
  // MPICH refuses null for a buffer even of a rank that has no neighbour.
  out_counts.reserve(1), in_counts.reserve(1), received.reserve(1);
  out_counts.resize(peers.sends_to.size());
  in_counts.resize(peers.receives_from.size());
  send_counts.resize(out_counts.size()), send_offsets.resize(out_counts.size());
  receive_counts.resize(in_counts.size()), receive_offsets.resize(in_counts.size());
}

ArrivedItems ItemExchange::Parts::by_neighbors(std::span<const std::uint64_t> items,
                                               std::span<const std::size_t> counts, bool raised) {
  ArrivedItems arrived;
  // A hand must be seen by those, too, with whom there is nothing to exchange.
  const auto start = Clock::now();
  arrived.raised = comm.max(std::int64_t{raised}) != 0;
  arrived.wait_s = seconds_since(start);
  std::size_t sent = 0;
  for (std::size_t i = 0; i < out_counts.size(); ++i) {
    out_counts[i] = counts[static_cast<std::size_t>(peers.sends_to[i])];
    send_counts[i] = mpi_count(out_counts[i], "items for one rank");
    send_offsets[i] = mpi_count(sent, "items of one exchange");
    sent += out_counts[i];
  }
  assert(sent == items.size());
  const pulse::Waiting waiting("MPI_Neighbor_alltoallv");
  MPI_Neighbor_alltoall(out_counts.data(), 1, MPI_UINT64_T, in_counts.data(), 1, MPI_UINT64_T, graph);
  std::size_t total = 0;
  for (std::size_t i = 0; i < in_counts.size(); ++i) {
    receive_counts[i] = mpi_count(in_counts[i], "items from one rank");
    receive_offsets[i] = mpi_count(total, "items of one exchange");
    total += in_counts[i];
  }
  received.resize(total);
  constexpr std::uint64_t nothing = 0;
  MPI_Neighbor_alltoallv(items.empty() ? &nothing : items.data(), send_counts.data(), send_offsets.data(),
                         MPI_UINT64_T, received.data(), receive_counts.data(), receive_offsets.data(),
                         MPI_UINT64_T, graph);
  arrived.items = received;
  return arrived;
}

ItemExchange::ItemExchange(ExchangeForm form, const Peers& peers, const Comm& comm, int ranks_per_node)
    : parts_(std::make_unique<Parts>(form, comm)) {
  if (comm.is_null()) return;
  if (form == ExchangeForm::neighbor) {
    parts_->peers = peers;
    parts_->connect_neighbors();
  }
  if (form == ExchangeForm::nodes) parts_->nodes = std::make_unique<NodeExchange>(comm, ranks_per_node);
}

ItemExchange::~ItemExchange() = default;
ItemExchange::ItemExchange(ItemExchange&&) noexcept = default;

ArrivedItems ItemExchange::exchange(std::span<const std::uint64_t> items, std::span<const std::size_t> counts,
                                    bool raised) {
  assert(counts.size() == parts_->ranks());
  assert(counts[static_cast<std::size_t>(parts_->comm.rank())] == 0);
  if (parts_->comm.size() == 1) return {.items = {}, .raised = raised};
  switch (parts_->form) {
    case ExchangeForm::packed:
      return parts_->by_packed(items, counts, raised);
    case ExchangeForm::neighbor:
      return parts_->by_neighbors(items, counts, raised);
    case ExchangeForm::nodes:
      return parts_->nodes->exchange(items, counts, raised);
    case ExchangeForm::alltoallv:
      break;
  }
  return parts_->by_alltoallv(items, counts, raised);
}

std::size_t ItemExchange::bytes() const {
  const auto& p = *parts_;
  const auto words =
      p.out_blocks.capacity() + p.in_blocks.capacity() + p.out_counts.size() + p.in_counts.size();
  return words * sizeof(std::uint64_t) + (p.send_counts.size() + p.receive_counts.size()) * 2 * sizeof(int) +
         (p.nodes ? p.nodes->bytes() : 0);
}

}  // namespace striate::core
