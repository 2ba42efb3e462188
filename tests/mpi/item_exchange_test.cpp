// SPDX-License-Identifier: BSD-3-Clause
// The forms of exchange against what was sent: every item arrives once, where it was meant to go, and a hand
// is seen by all, whatever the form and however ranks lie on nodes.
#include "core/ranks/item_exchange.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <tuple>

#include "core/values/random.hpp"

using namespace striate::core;

namespace {

/// In interval i: most have little for each other, now and then one has very much, sometimes nobody anything.
std::size_t count_between(int from, int to, int interval) {
  if (from == to || interval % 4 == 2) return 0;
  if ((from * 3 + to + interval) % 11 == 0) return 200;  // more than fits into a packed block
  return static_cast<std::size_t>((from + 2 * to + interval) % 5);
}

/// Tells sender, receiver, interval and number.
std::uint64_t item_of(int from, int to, int interval, std::size_t i) {
  const auto word = [](auto value, int shift) { return static_cast<std::uint64_t>(value) << shift; };
  return word(from, 56) | word(to, 48) | word(interval, 40) | word(i, exchange_bits);
}

struct Sent {
  std::vector<std::uint64_t> items;
  std::vector<std::size_t> counts;
};

Sent items_to_send(int rank, int size, int interval, bool sparse) {
  Sent sent;
  for (int to = 0; to < size; ++to) {
    const auto count = sparse && (to + rank) % 2 == 0 ? 0 : count_between(rank, to, interval);
    sent.counts.push_back(count);
    for (std::size_t i = 0; i < count; ++i) sent.items.push_back(item_of(rank, to, interval, i));
  }
  return sent;
}

std::vector<std::uint64_t> items_expected(int rank, int size, int interval, bool sparse) {
  std::vector<std::uint64_t> items;
  for (int from = 0; from < size; ++from) {
    if (sparse && (from + rank) % 2 == 0) continue;
    for (std::size_t i = 0; i < count_between(from, rank, interval); ++i)
      items.push_back(item_of(from, rank, interval, i));
  }
  std::ranges::sort(items);
  return items;
}

/// All others, or those at odd distance.
Peers peers_of(int rank, int size, bool sparse) {
  Peers peers;
  for (int other = 0; other < size; ++other)
    if (other != rank && (!sparse || (other + rank) % 2 != 0)) peers.sends_to.push_back(other);
  peers.receives_from = peers.sends_to;
  return peers;
}

void check_form(ExchangeForm form, bool sparse, int ranks_per_node, const Comm& world) {
  CAPTURE(static_cast<int>(form), sparse, ranks_per_node);
  ItemExchange exchange(form, peers_of(world.rank(), world.size(), sparse), world, ranks_per_node);
  for (int interval = 0; interval < 13; ++interval) {
    const auto sent = items_to_send(world.rank(), world.size(), interval, sparse);
    const bool raises = interval % 3 == 1 && world.rank() == interval % world.size();
    const auto arrived = exchange.exchange(sent.items, sent.counts, raises);
    std::vector<std::uint64_t> items(arrived.items.begin(), arrived.items.end());
    std::ranges::sort(items);
    REQUIRE(items == items_expected(world.rank(), world.size(), interval, sparse));
    REQUIRE(arrived.raised == (interval % 3 == 1));
    REQUIRE(arrived.wait_s >= 0);
  }
}

}  // namespace

TEST_CASE("all items arrive once and a hand is seen by all, in every form", "[exchange]") {
  const Comm world(MPI_COMM_WORLD);
  for (const auto& name : exchange_forms())
    for (const bool sparse : {false, true}) check_form(parse_exchange_form(name), sparse, 0, world);
}

TEST_CASE("in two levels items arrive however ranks lie on nodes, also on uneven ones", "[exchange]") {
  const Comm world(MPI_COMM_WORLD);
  for (const int ranks_per_node : {1, 2, 3, 5})
    for (const bool sparse : {false, true}) check_form(ExchangeForm::nodes, sparse, ranks_per_node, world);
}

TEST_CASE("ranks that have nobody to send to take part", "[exchange]") {
  const Comm world(MPI_COMM_WORLD);
  for (const auto& name : exchange_forms()) {
    ItemExchange exchange(parse_exchange_form(name), {}, world);
    const std::vector<std::size_t> none(static_cast<std::size_t>(world.size()), 0);
    for (const bool raises : {true, false}) {
      const auto arrived = exchange.exchange({}, none, raises && world.is_root());
      CHECK(arrived.items.empty());
      CHECK(arrived.raised == raises);
    }
  }
}
