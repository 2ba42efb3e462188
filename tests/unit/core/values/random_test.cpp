// SPDX-License-Identifier: BSD-3-Clause
#include "core/values/random.hpp"

#include <catch2/catch.hpp>

using striate::core::Purpose;
using striate::core::RandomStream;

TEST_CASE("a random stream depends on seed, purpose and id alone") {
  RandomStream first(7, Purpose::test, 42);
  RandomStream same(7, Purpose::test, 42);
  for (int i = 0; i < 100; ++i) REQUIRE(first() == same());

  const auto head = [](std::uint64_t seed, Purpose purpose, std::uint64_t id) {
    return RandomStream(seed, purpose, id)();
  };
  CHECK(head(7, Purpose::test, 42) != head(8, Purpose::test, 42));
  CHECK(head(7, Purpose::test, 42) != head(7, Purpose::node_size, 42));
  CHECK(head(7, Purpose::test, 42) != head(7, Purpose::test, 43));
  CHECK(head(7, Purpose::test, 42) != head(7, Purpose::test, 42 + (std::uint64_t{1} << 32)));
  CHECK(head(7, Purpose::test, 42) != head(7 + (std::uint64_t{1} << 32), Purpose::test, 42));
}

TEST_CASE("purposes keep their numbers") {
  const auto number = [](Purpose purpose) { return static_cast<int>(purpose); };
  using enum Purpose;
  CHECK(number(test) == 0);
  CHECK(number(node_count) == 1);
  CHECK(number(node_position) == 2);
  CHECK(number(node_size) == 3);
  CHECK(number(lgn_node) == 4);
  CHECK(number(recurrent_connection) == 5);
  CHECK(number(recurrent_weight) == 6);
  CHECK(number(lgn_connection) == 7);
  CHECK(number(background_connection) == 8);
  CHECK(number(lgn_spike) == 9);
  CHECK(number(background_spike) == 10);
  CHECK(number(stimulus) == 11);
  CHECK(number(synthetic_image) == 12);
  CHECK(number(resampling) == 30);
}

TEST_CASE("Philox4x32-10 gives its published known answers") {
  // Random123 kat_vectors: counter and key 0.
  RandomStream zero(0, Purpose::test, 0);
  CHECK(zero() == 0x6627e8d5u);
  CHECK(zero() == 0xe169c58du);
  CHECK(zero() == 0xbc57ac4cu);
  CHECK(zero() == 0x9b00dbd8u);
}

TEST_CASE("uniform, exponential and normal draws have their moments") {
  RandomStream stream(1, Purpose::test, 1);
  constexpr int count = 200'000;
  double uniform = 0, exponential = 0, normal = 0, square = 0;
  for (int i = 0; i < count; ++i) {
    const double u = stream.uniform();
    REQUIRE(u > 0.0);
    REQUIRE(u < 1.0);
    uniform += u;
    exponential += stream.exponential();
    const double z = stream.normal();
    normal += z;
    square += z * z;
  }
  CHECK(uniform / count == Approx(0.5).margin(0.003));  // 5 sigma: 0.0032
  CHECK(exponential / count == Approx(1.0).margin(0.011));  // 5 sigma: 0.0112
  CHECK(normal / count == Approx(0.0).margin(0.011));
  CHECK(square / count == Approx(1.0).margin(0.016));
}
