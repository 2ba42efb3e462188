// SPDX-License-Identifier: BSD-3-Clause
#include "core/ranks/comm.hpp"

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"

using striate::core::Comm;
using striate::core::contiguous_share;

TEST_CASE("the null communicator acts as one rank") {
  const Comm alone;
  CHECK(alone.size() == 1);
  CHECK(alone.rank() == 0);
  CHECK(alone.sum(5) == 5);
  CHECK(alone.sum_before(5) == 0);
  CHECK(alone.broadcast("text") == "text");
  const std::vector<int> items{3, 1, 2};
  const std::vector<std::size_t> counts{3};
  CHECK(alone.all_to_all_v<int>(items, counts).items == items);
  CHECK(alone.all_gather_v<int>(items) == items);
}

TEST_CASE("counts beyond int are refused, not wrapped") {
  CHECK(striate::core::mpi_count(2147483647, "items") == 2147483647);
  CHECK_THROWS_AS(striate::core::mpi_count(2147483648u, "items"), striate::core::MpiError);
}

TEST_CASE("contiguous shares cover everything once") {
  for (const std::uint64_t count : {0u, 1u, 5u, 7u, 100u})
    for (const int size : {1, 2, 3, 8}) {
      std::uint64_t next = 0;
      for (int rank = 0; rank < size; ++rank) {
        const auto share = contiguous_share(count, rank, size);
        REQUIRE(share.first == next);
        REQUIRE(share.count() <= count / static_cast<std::uint64_t>(size) + 1);
        next = share.end;
      }
      REQUIRE(next == count);
    }
}
