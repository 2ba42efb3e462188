// SPDX-License-Identifier: BSD-3-Clause
// What the trainer asks of other ranks, by MPI.
#include "workflows/training/training_ranks.hpp"

#include <catch2/catch.hpp>
#include <numeric>

using namespace striate;
using core::Comm;

TEST_CASE("partial sums of adjoints arrive at the owners of cells, whatever their number is divided by") {
  const Comm world(MPI_COMM_WORLD);
  const auto ranks = workflows::training_ranks(world);
  REQUIRE(ranks.size == world.size());
  constexpr std::uint32_t cells = 11;
  constexpr std::size_t columns = 3;
  std::vector<std::int64_t> all(cells * columns), own(ranks.own_cells(cells) * columns);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = (std::int64_t{1} << 40) * (ranks.rank + 1) + static_cast<std::int64_t>(i);
  std::vector<int> counts;
  for (int r = 0; r < ranks.size; ++r) counts.push_back(static_cast<int>(ranks.cells_of(r, cells) * columns));
  if (ranks.size > 1)
    ranks.sum_to_owners(all, counts, own);
  else
    own = all;
  const std::int64_t n = ranks.size;
  for (std::uint32_t i = 0; i < ranks.own_cells(cells); ++i)
    for (std::size_t c = 0; c < columns; ++c) {
      const auto place =
          static_cast<std::int64_t>(ranks.place_by_owner(ranks.global(i), cells) * columns + c);
      CHECK(own[i * columns + c] == (std::int64_t{1} << 40) * n * (n + 1) / 2 + n * place);
    }
}

TEST_CASE("the trainer's maxima, sums, gathered cells and exchanges over ranks") {
  const Comm world(MPI_COMM_WORLD);
  const auto ranks = workflows::training_ranks(world);
  CHECK(ranks.maximum(double(ranks.rank)) == ranks.size - 1);
  CHECK(ranks.sum(std::int64_t{ranks.rank}) == ranks.size * (ranks.size - 1) / 2);
  constexpr std::uint32_t cells = 7;
  std::vector<std::uint32_t> mine;
  for (std::uint32_t i = 0; i < ranks.own_cells(cells); ++i)
    mine.insert(mine.end(), {ranks.global(i), 100 + ranks.global(i)});
  const auto gathered = ranks.gather_cells(std::span<const std::uint32_t>(mine), cells, 2);
  REQUIRE(gathered.size() == 2 * cells);
  for (std::uint32_t cell = 0; cell < cells; ++cell) {
    CHECK(gathered[2 * cell] == cell);
    CHECK(gathered[2 * cell + 1] == 100 + cell);
  }
  if (ranks.size == 1) return;
  // Rank r sends s + 1 bytes of value r to rank s.
  std::vector<std::byte> sent;
  std::vector<std::size_t> counts, received(static_cast<std::size_t>(ranks.size));
  for (int s = 0; s < ranks.size; ++s) {
    counts.push_back(static_cast<std::size_t>(s) + 1);
    sent.insert(sent.end(), counts.back(), static_cast<std::byte>(ranks.rank));
  }
  const auto got = ranks.all_to_all_bytes(sent, counts, received);
  const auto each = static_cast<std::size_t>(ranks.rank) + 1;
  REQUIRE(got.size() == each * received.size());
  for (std::size_t r = 0; r < received.size(); ++r) {
    CHECK(received[r] == each);
    CHECK(got[r * each] == static_cast<std::byte>(r));
  }
}
