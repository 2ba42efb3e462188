// SPDX-License-Identifier: BSD-3-Clause
#include "core/ranks/node_exchange.hpp"

#include <algorithm>
#include <exception>
#include <numeric>

#include "core/pulse/pulse.hpp"
#include "core/values/clock.hpp"

namespace striate::core {
namespace {

constexpr std::uint64_t place_mask = (std::uint64_t{1} << exchange_bits) - 1;

/// Offsets of consecutive parts, checked for MPI.
std::vector<int> offsets_of(const std::vector<int>& counts) {
  std::vector<int> offsets;
  std::size_t offset = 0;
  for (const int count : counts) {
    offsets.push_back(mpi_count(offset, "items of one exchange"));
    offset += static_cast<std::size_t>(count);
  }
  (void)mpi_count(offset, "items of one exchange");
  return offsets;
}

}  // namespace

NodeExchange::NodeExchange(const Comm& comm, int ranks_per_node) : comm_(comm) {
  if (ranks_per_node > 0)
    MPI_Comm_split(comm.handle(), comm.rank() / ranks_per_node, comm.rank(), &node_handle_);
  else
    MPI_Comm_split_type(comm.handle(), MPI_COMM_TYPE_SHARED, comm.rank(), MPI_INFO_NULL, &node_handle_);
  node_ = Comm(node_handle_);
  MPI_Comm_split(comm.handle(), node_.is_root() ? 0 : MPI_UNDEFINED, comm.rank(), &leaders_handle_);
  std::int64_t node = 0;
  if (node_.is_root()) {
    leaders_ = Comm(leaders_handle_);
    node = leaders_.rank();
  }
  node = node_.max(node);
  nodes_ = static_cast<std::size_t>(comm.max(node)) + 1;
  node_of_rank_ = comm.all_gather(static_cast<std::uint32_t>(node));
  place_of_rank_ = comm.all_gather(static_cast<std::uint32_t>(node_.rank()));
}

NodeExchange::~NodeExchange() {
  if (std::uncaught_exceptions() > 0) return;  // all ranks are needed to free a group of them
  if (leaders_handle_ != MPI_COMM_NULL) MPI_Comm_free(&leaders_handle_);
  MPI_Comm_free(&node_handle_);
}

ArrivedItems NodeExchange::exchange(std::span<const std::uint64_t> items, std::span<const std::size_t> counts,
                                    bool raised) {
  wait_s_ = 0;
  gather(items, counts, raised);
  if (node_.is_root()) exchange_between_nodes();
  deal_out();
  return {.items = arrived_, .raised = raised_, .wait_s = wait_s_};
}

void NodeExchange::gather(std::span<const std::uint64_t> items, std::span<const std::size_t> counts,
                          bool raised) {
  own_counts_.assign(nodes_ + 1, 0);
  for (std::size_t rank = 0; rank < counts.size(); ++rank) own_counts_[node_of_rank_[rank]] += counts[rank];
  own_counts_.back() = raised ? 1 : 0;
  std::vector<std::size_t> next(nodes_, 0);
  for (std::size_t node = 1; node < nodes_; ++node) next[node] = next[node - 1] + own_counts_[node - 1];
  own_.resize(items.size());
  const auto* item = items.data();
  for (std::size_t rank = 0; rank < counts.size(); ++rank)
    for (std::size_t i = 0; i < counts[rank]; ++i)
      own_[next[node_of_rank_[rank]]++] = (*item++ & ~place_mask) | place_of_rank_[rank];

  const auto ranks = static_cast<std::size_t>(node_.size());
  const int words = mpi_count(nodes_ + 1, "nodes");
  if (node_.is_root()) gathered_counts_.resize(ranks * (nodes_ + 1));
  const auto start = Clock::now();
  const pulse::Waiting waiting("MPI_Gatherv");
  MPI_Gather(own_counts_.data(), words, MPI_UINT64_T, gathered_counts_.data(), words, MPI_UINT64_T, 0,
             node_handle_);
  wait_s_ += seconds_since(start);
  std::vector<int> received;
  if (node_.is_root()) {
    for (std::size_t place = 0; place < ranks; ++place) {
      const auto* of_place = gathered_counts_.data() + place * (nodes_ + 1);
      received.push_back(
          mpi_count(std::accumulate(of_place, of_place + nodes_, std::size_t{0}), "items of one rank"));
    }
    gathered_.resize(std::accumulate(received.begin(), received.end(), std::size_t{0}));
  }
  const auto offsets = offsets_of(received);
  MPI_Gatherv(own_.data(), mpi_count(own_.size(), "items of one rank"), MPI_UINT64_T, gathered_.data(),
              received.data(), offsets.data(), MPI_UINT64_T, 0, node_handle_);
}

/// By leaders.
void NodeExchange::exchange_between_nodes() {
  const auto ranks = static_cast<std::size_t>(node_.size());
  outgoing_counts_.assign(nodes_, 0);
  raised_ = false;
  std::vector<const std::uint64_t*> next(ranks, gathered_.data());
  for (std::size_t place = 0; place < ranks; ++place) {
    const auto* of_place = gathered_counts_.data() + place * (nodes_ + 1);
    std::size_t sum = 0;
    for (std::size_t node = 0; node < nodes_; ++node)
      sum += of_place[node], outgoing_counts_[node] += of_place[node];
    if (place + 1 < ranks) next[place + 1] = next[place] + sum;
    raised_ = raised_ || of_place[nodes_] != 0;
  }
  outgoing_.clear();
  for (std::size_t node = 0; node < nodes_; ++node)
    for (std::size_t place = 0; place < ranks; ++place) {
      const auto count = gathered_counts_[place * (nodes_ + 1) + node];
      outgoing_.insert(outgoing_.end(), next[place], next[place] + count);
      next[place] += count;
    }
  if (nodes_ == 1) {
    incoming_.swap(outgoing_);
    return;
  }
  auto marked = outgoing_counts_;
  if (raised_)
    for (auto& count : marked) count |= hand_bit;
  const auto start = Clock::now();
  auto in = leaders_.all_to_all_counts(marked);
  wait_s_ += seconds_since(start);
  for (auto& count : in) {
    raised_ = raised_ || (count & hand_bit) != 0;
    count &= ~hand_bit;
  }
  incoming_ = leaders_.all_to_all_v<std::uint64_t>(outgoing_, outgoing_counts_, in);
}

void NodeExchange::deal_out() {
  const auto ranks = static_cast<std::size_t>(node_.size());
  std::vector<std::uint64_t> words;
  std::vector<int> counts(node_.is_root() ? ranks : 0, 0);
  if (node_.is_root()) {
    for (const auto item : incoming_) ++counts[item & place_mask];
    std::vector<std::size_t> next(ranks, 0);
    for (std::size_t place = 1; place < ranks; ++place)
      next[place] = next[place - 1] + static_cast<std::size_t>(counts[place - 1]);
    outgoing_.resize(incoming_.size());
    for (const auto item : incoming_) outgoing_[next[item & place_mask]++] = item & ~place_mask;
    for (const int count : counts)
      words.push_back(static_cast<std::uint64_t>(count) | (raised_ ? hand_bit : 0));
  }
  std::uint64_t word = 0;
  const auto start = Clock::now();
  const pulse::Waiting waiting("MPI_Scatterv");
  MPI_Scatter(words.data(), 1, MPI_UINT64_T, &word, 1, MPI_UINT64_T, 0, node_handle_);
  wait_s_ += seconds_since(start);
  raised_ = (word & hand_bit) != 0;
  arrived_.resize(word & ~hand_bit);
  const auto offsets = offsets_of(counts);
  MPI_Scatterv(outgoing_.data(), counts.data(), offsets.data(), MPI_UINT64_T, arrived_.data(),
               mpi_count(arrived_.size(), "items for one rank"), MPI_UINT64_T, 0, node_handle_);
}

std::size_t NodeExchange::bytes() const {
  return sizeof(std::uint32_t) * (node_of_rank_.size() + place_of_rank_.size()) +
         sizeof(std::uint64_t) * (own_counts_.size() + gathered_counts_.size());
}

}  // namespace striate::core
