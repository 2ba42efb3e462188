// SPDX-License-Identifier: BSD-3-Clause
#include "core/ranks/local_count.hpp"

#include <catch2/catch.hpp>

#include "core/ranks/row_exchange.hpp"

using namespace striate;
using namespace striate::core;

TEST_CASE("what 32 bits cannot name on a rank is refused, what they just can is not") {
  CHECK_NOTHROW(require_local_count(4'294'967'295u, "edges"));
  CHECK_THROWS_WITH(require_local_count(4'294'967'296u, "edges"),
                    "too many edges on one rank (4294967296, at most 4294967295) use more ranks");
}

TEST_CASE("a share of rows that is too large for its numbers is refused before it is looked at") {
  CHECK_THROWS_AS(RowExchange({}, std::uint64_t{1} << 32, Comm{}), SystemError);
  const std::uint64_t one = 0;
  CHECK_THROWS_AS(RowExchange({&one, std::size_t{1} << 32}, 1, Comm{}), SystemError);
}

TEST_CASE("counts for one call of MPI end at 31 bits") {
  CHECK(mpi_count(2'147'483'647u, "rows") == 2'147'483'647);
  CHECK_THROWS_AS(mpi_count(2'147'483'648u, "rows"), MpiError);
}

TEST_CASE("shares of more rows than 32 bits count join without a gap") {
  constexpr std::uint64_t rows = 5'000'000'011;
  std::uint64_t end = 0;
  for (int rank = 0; rank < 7; ++rank) {
    const auto share = contiguous_share(rows, rank, 7);
    CHECK(share.first == end);
    CHECK((share.count() == rows / 7 || share.count() == rows / 7 + 1));
    end = share.end;
  }
  CHECK(end == rows);
}
