// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/count_matrix.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/values/random.hpp"
#include "metrics/math/statistics.hpp"

using namespace striate;
using namespace striate::metrics;

namespace {

std::vector<std::uint16_t> random_counts(std::size_t cells, std::size_t images, std::uint32_t below) {
  core::RandomStream random(1, core::Purpose::test, images);
  std::vector<std::uint16_t> counts(cells * images);
  for (auto& count : counts) count = static_cast<std::uint16_t>(random() % below);
  return counts;
}

}  // namespace

TEST_CASE("correlations of counts are Pearson's, however many images and spikes there are") {
  const auto [images, below] = GENERATE(
      table<std::size_t, std::uint32_t>({{2, 5}, {60, 4}, {61, 30}, {1000, 300}, {70000, 3}, {5000, 32768}}));
  const auto counts = random_counts(3, images, below);
  const CountMatrix matrix(counts, images);
  REQUIRE(matrix.cells() == 3);
  const std::vector<double> values(counts.begin(), counts.end());
  const std::span<const double> all(values);
  using Pair = std::pair<std::size_t, std::size_t>;
  for (const auto& [a, b] : {Pair{0, 1}, Pair{0, 2}, Pair{2, 1}}) {
    const auto n = static_cast<std::size_t>(images);
    const double expected = pearson(all.subspan(a * n, n), all.subspan(b * n, n));
    CHECK(matrix.correlation(a, b) == Approx(expected).margin(1e-12));
  }
}

TEST_CASE("proportional responses correlate by exactly 1, opposite ones by exactly -1") {
  const std::vector<std::uint16_t> counts{0, 1, 4,  7,  1,  //
                                          1, 4, 13, 22, 4,  // 3 x + 1
                                          7, 6, 3,  0,  6};
  const CountMatrix matrix(counts, 5);
  CHECK(matrix.correlation(0, 0) == 1);
  CHECK(matrix.correlation(0, 1) == 1);
  CHECK(matrix.correlation(0, 2) == -1);
  CHECK(matrix.count(1, 2) == 13);
}

TEST_CASE("cells with one and the same count have no correlation") {
  const std::vector<std::uint16_t> counts{0, 0, 0, 5, 5, 5, 1, 2, 3};
  const CountMatrix matrix(counts, 3);
  CHECK(std::isnan(matrix.correlation(0, 2)));
  CHECK(std::isnan(matrix.correlation(2, 1)));
  CHECK(std::isnan(matrix.correlation(0, 1)));
}

TEST_CASE("counts that do not fit are refused") {
  const std::vector<std::uint16_t> most{32767, 0}, more{32768, 0};
  CHECK(CountMatrix(most, 2).cells() == 1);
  CHECK_THROWS_AS(CountMatrix(more, 2), core::FormatError);
  std::vector<std::uint16_t> many(91600, 0);
  many[3] = 32767;
  CHECK_THROWS_AS(CountMatrix(many, many.size()), core::FormatError);
  many.resize(91000);
  CHECK(CountMatrix(many, many.size()).cells() == 1);
}
