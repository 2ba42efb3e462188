// SPDX-License-Identifier: BSD-3-Clause
// How synapses are kept: rows of their files, and those of the drive one by one where they are trained.
#include "training/model/circuit.hpp"

#include <catch2/catch.hpp>
#include <numeric>
#include <set>

#include "support/random_circuit.hpp"

namespace striate::test {

using namespace training;

TEST_CASE("rows of a file, of more than four bytes from some synapse on") {
  const std::vector<std::uint64_t> rows{7, 0xffffffff, 0x1'0000'0000, 3, 0xab'1234'5678};
  RowNumbers numbers;
  for (const auto row : rows) numbers.push_back(row);
  CHECK(numbers.all() == rows);
  CHECK(numbers[2] == rows[2]);
  RowNumbers wide_at_once;
  wide_at_once.push_back(rows[4]);
  wide_at_once.push_back(1);
  CHECK(wide_at_once.all() == std::vector<std::uint64_t>{rows[4], 1});
}

TEST_CASE("equal synapses of the drive are one, unless they are trained") {
  const auto make = [](bool trained) {
    auto parts = RandomNetwork().parts({});
    parts.train_drive = trained;
    return make_circuit<double>(parts, {});
  };
  const auto edges = RandomNetwork().parts({}).drive;
  const auto one = make(false), each = make(true);
  CHECK_FALSE(one.circuit.drive.trained);
  CHECK(one.circuit.drive.size() < edges.size());
  CHECK(one.weights.drive.size() == one.circuit.drive.size());
  CHECK(one.circuit.drive.row.all().empty());
  REQUIRE(each.circuit.drive.size() == edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto& edge = edges[each.circuit.drive.row[i]];
    CHECK(each.circuit.drive.source[i] == edge.source);
    CHECK(each.weights.drive[i] == edge.weight);
  }
  const auto rows = each.circuit.drive.row.all();
  CHECK(std::set(rows.begin(), rows.end()).size() == edges.size());
  const auto sum = [](const MadeCircuit<double>& made) {
    return std::accumulate(made.weights.drive.begin(), made.weights.drive.end(), 0.0);
  };
  CHECK(sum(one) == Approx(sum(each)));
}

}  // namespace striate::test
