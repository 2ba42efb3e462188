// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/pair_samples.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <set>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;

TEST_CASE("each sample has so many different connections, each equally likely") {
  constexpr std::size_t samples = 2000, limit = 5;
  const std::vector<std::optional<std::size_t>> limits{limit, std::nullopt, 0};
  PairSamples drawn(limits, samples, 7);
  for (std::uint64_t connection = 0; connection < 20; ++connection)
    for (std::size_t pair = 0; pair < 3; ++pair)
      drawn.add(pair, connection, static_cast<double>(connection), 0);
  std::vector<std::set<double>> members(samples);
  std::vector<int> times(20, 0);
  for (const auto& point : drawn.points()) {
    CHECK(point.pair == 0);
    members[point.sample].insert(point.x);
    ++times[static_cast<std::size_t>(point.x)];
  }
  for (const auto& sample : members) CHECK(sample.size() == limit);
  for (const int count : times) CHECK(count == Approx(500).margin(5 * std::sqrt(samples * 0.1875)));
}

TEST_CASE("samples depend neither on the order nor on who met a connection") {
  const std::vector<std::optional<std::size_t>> limits{4};
  PairSamples forward(limits, 10, 0), first(limits, 10, 0), second(limits, 10, 0), other_seed(limits, 10, 1);
  for (std::uint64_t i = 0; i < 50; ++i) {
    const auto add = [](PairSamples& to, std::uint64_t connection) {
      to.add(0, connection, std::sin(static_cast<double>(connection)), static_cast<double>(connection % 7));
    };
    add(forward, i);
    add(other_seed, i);
    add(i % 3 == 0 ? first : second, 49 - i);
  }
  auto shared = first.points();
  for (const auto& point : second.points()) shared.push_back(point);
  const auto one = fit_samples(forward.points(), limits), two = fit_samples(shared, limits),
             other = fit_samples(other_seed.points(), limits);
  REQUIRE(one.size() == 10);
  REQUIRE(two.size() == 10);
  bool seed_matters = false;
  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(one[i].line.n == 4);
    CHECK(one[i].line.slope == two[i].line.slope);
    seed_matters |= one[i].line.slope != other[i].line.slope;
  }
  CHECK(seed_matters);
}

TEST_CASE("a sample of all connections has the line of all") {
  PairSamples drawn({10}, 1, 0);
  for (std::uint64_t i = 0; i < 10; ++i)
    drawn.add(0, i, static_cast<double>(i), 3 * static_cast<double>(i) - 1);
  const auto lines = fit_samples(drawn.points(), {10});
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].line.n == 10);
  CHECK(lines[0].line.slope == Approx(3));
  CHECK(lines[0].line.intercept == Approx(-1));
}

TEST_CASE("limits are read with any of their spellings, blanks are left out, zeros kept") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "limits.csv";
  std::ofstream(file) << "source,target,connections\nL2/3 Exc,L4_Exc,7\nL4_Exc,L4_Exc,\nL6_Exc,L4_Exc,0\n";
  auto limits = read_pair_limits(file);
  CHECK(limits.find("L2/3_Exc", "L4_Exc") == 7u);
  CHECK(limits.find("L4_Exc", "L4_Exc") == std::nullopt);
  CHECK(limits.find("L6_Exc", "L4_Exc") == 0u);
  limits.others = 9;
  CHECK(limits.find("L4_Exc", "L4_Exc") == 9u);
  std::ofstream(file) << "source_type,target_type,num\nL4_Exc,L5_ET,3\n";
  CHECK(read_pair_limits(file).find("L4_Exc", "L5_ET") == 3u);
  for (const char* bad : {"-1", "1.5", "many", "1e10", "NaN"}) {
    std::ofstream(file) << "source,target,n\nL4_Exc,L5_ET," << bad << "\n";
    CHECK_THROWS_AS(read_pair_limits(file), core::FormatError);
  }
  std::ofstream(file) << "source,target,n\nL4_Exc,L5_ET,1\nL4 Exc,L5_ET,1\n";
  CHECK_THROWS_AS(read_pair_limits(file), core::FormatError);
  std::ofstream(file) << "source,target\nL4_Exc,L5_ET\n";
  CHECK_THROWS_AS(read_pair_limits(file), core::FormatError);
}
