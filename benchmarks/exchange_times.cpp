// SPDX-License-Identifier: BSD-3-Clause
// Messages in the terms of LogGP (Alexandrov et al. 1995): latency of a small one, gap between small ones
// that follow each other, time per byte of a large one; and the forms of exchange as they are.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "benchmarks/exchange.hpp"
#include "core/errors/error.hpp"
#include "core/ranks/item_exchange.hpp"
#include "core/ranks/placement.hpp"
#include "core/timers.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/json.hpp"

using namespace striate;

namespace {

constexpr int tag = 7, repeats = 5;
constexpr int small_rounds = 2000, burst = 64, large_rounds = 20;
constexpr std::size_t small_bytes = 8, large_bytes = 1 << 20;

/// The least of what `measure` gives, which all ranks call: what else the machine does only adds to it.
template <class Measure>
double least_of(const Measure& measure) {
  double least = measure();
  for (int i = 1; i < repeats; ++i) least = std::min(least, measure());
  return least;
}

/// One way, from rank 0 to `other` and back; 0 on the ranks that look on.
double one_way_s(const core::Comm& comm, int other, std::size_t bytes, int rounds) {
  std::vector<char> buffer(bytes);
  comm.barrier();
  const auto start = core::Clock::now();
  for (int i = 0; i < rounds; ++i) {
    const auto send = [&](int to) {
      MPI_Send(buffer.data(), static_cast<int>(bytes), MPI_BYTE, to, tag, comm.handle());
    };
    const auto receive = [&](int from) {
      MPI_Recv(buffer.data(), static_cast<int>(bytes), MPI_BYTE, from, tag, comm.handle(), MPI_STATUS_IGNORE);
    };
    if (comm.rank() == 0) send(other), receive(other);
    if (comm.rank() == other) receive(0), send(0);
  }
  return core::seconds_since(start) / (2 * rounds);
}

/// Per message of a burst, with its share of the answer.
double gap_s(const core::Comm& comm, int other) {
  std::vector<std::uint64_t> words(burst);
  std::vector<MPI_Request> requests(burst);
  const int rounds = small_rounds / burst;
  comm.barrier();
  const auto start = core::Clock::now();
  for (int i = 0; i < rounds; ++i) {
    if (comm.rank() != 0 && comm.rank() != other) continue;
    for (int k = 0; k < burst; ++k) {
      const auto place = static_cast<std::size_t>(k);
      if (comm.rank() == 0)
        MPI_Isend(&words[place], 1, MPI_UINT64_T, other, tag, comm.handle(), &requests[place]);
      else
        MPI_Irecv(&words[place], 1, MPI_UINT64_T, 0, tag, comm.handle(), &requests[place]);
    }
    MPI_Waitall(burst, requests.data(), MPI_STATUSES_IGNORE);
    if (comm.rank() == 0)
      MPI_Recv(words.data(), 1, MPI_UINT64_T, other, tag, comm.handle(), MPI_STATUS_IGNORE);
    else
      MPI_Send(words.data(), 1, MPI_UINT64_T, 0, tag, comm.handle());
  }
  return core::seconds_since(start) / (rounds * burst);
}

io::Json messages_between(const core::Comm& comm, int other) {
  const double latency = least_of([&] { return one_way_s(comm, other, small_bytes, small_rounds); });
  const double large = least_of([&] { return one_way_s(comm, other, large_bytes, large_rounds); });
  const double gap = least_of([&] { return gap_s(comm, other); });
  return {{"latency_us", 1e6 * latency},
          {"gap_us", 1e6 * gap},
          {"GB_per_s", static_cast<double>(large_bytes) / std::max(large - latency, 1e-12) / 1e9}};
}

/// The last rank of this node beside rank 0, and the first of another one.
struct Others {
  std::optional<int> on_node, elsewhere;
};

Others others_of(const core::Comm& comm) {
  MPI_Comm handle = MPI_COMM_NULL;
  MPI_Comm_split_type(comm.handle(), MPI_COMM_TYPE_SHARED, comm.rank(), MPI_INFO_NULL, &handle);
  const auto leader = -static_cast<int>(core::Comm(handle).max(-std::int64_t{comm.rank()}));
  MPI_Comm_free(&handle);
  const auto leaders = comm.all_gather(leader);
  Others others;
  for (int rank = comm.size() - 1; rank > 0; --rank) {
    const bool here = leaders[static_cast<std::size_t>(rank)] == leaders[0];
    if (here && !others.on_node) others.on_node = rank;
    if (!here) others.elsewhere = rank;
  }
  return others;
}

/// Mean time of an exchange in which each rank has so many items for each other one.
double exchange_s(core::ExchangeForm form, std::size_t items_for_each, const core::Comm& comm) {
  core::Peers peers;
  for (int rank = 0; rank < comm.size(); ++rank)
    if (rank != comm.rank()) peers.sends_to.push_back(rank);
  peers.receives_from = peers.sends_to;
  core::ItemExchange exchange(form, peers, comm);
  std::vector<std::size_t> counts(static_cast<std::size_t>(comm.size()), items_for_each);
  counts[static_cast<std::size_t>(comm.rank())] = 0;
  const std::vector<std::uint64_t> items(items_for_each * peers.sends_to.size());
  constexpr int warm_up = 20, rounds = 300;
  core::Clock::time_point start;
  for (int i = 0; i < warm_up + rounds; ++i) {
    if (i == warm_up) comm.barrier(), start = core::Clock::now();
    (void)exchange.exchange(items, counts, false);
  }
  return core::seconds_since(start) / rounds;
}

}  // namespace

void measure_exchange(const core::Comm& comm, const std::filesystem::path& file) {
  if (comm.size() < 2)
    throw core::UsageError(
        "--exchange on one rank (there is nobody to exchange with) start it with 'mpirun -n P'");
  const auto placement = core::placement_of(comm);
  const auto others = others_of(comm);
  io::Json json{{"ranks", comm.size()},
                {"nodes", placement.nodes},
                {"ranks_per_node", placement.most_on_node},
                {"oversubscribed", placement.oversubscribed()}};
  if (others.on_node) json["on_node"] = messages_between(comm, *others.on_node);
  if (others.elsewhere) json["between_nodes"] = messages_between(comm, *others.elsewhere);
  for (const auto& name : core::exchange_forms())
    for (const std::size_t items : {0, 1, 8, 64}) {
      const auto form = core::parse_exchange_form(name);
      const double seconds = least_of([&] { return exchange_s(form, items, comm); });
      json["exchanges"].push_back({{"form", name}, {"items_for_each", items}, {"us", 1e6 * seconds}});
    }
  if (comm.is_root()) io::write_text_file(file, io::indented_text(json) + "\n");
}
