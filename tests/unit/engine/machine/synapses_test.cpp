// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/synapses.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "core/errors/error.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

struct Entry {
  std::uint32_t source, delay, cell;
  double weight;
};

SynapseTable build(const std::vector<Entry>& entries, SynapseTableBuilder::WeightType type) {
  SynapseTableBuilder builder(6);
  for (const auto& e : entries) builder.count(e.source);
  builder.begin(type, {4, 5, 12}, 10);
  for (const auto& e : entries) builder.add(e.source, e.delay, e.cell, e.weight);
  return builder.finish();
}

}  // namespace

TEST_CASE(
    "synapses are stored by source and delay, sorted by place and weight, in whatever order they came") {
  using enum SynapseTableBuilder::WeightType;
  const std::vector<Entry> entries{{4, 4, 7, 2.0}, {1, 12, 3, 1.0}, {4, 12, 2, -1.5},
                                   {4, 4, 7, 0.5}, {4, 12, 9, 8.0}, {4, 4, 0, 3.0}};
  const auto table = build(entries, float32);
  CHECK(table.source == std::vector<std::uint32_t>{1, 4});
  CHECK(table.row_begin == std::vector<std::uint64_t>{0, 1, 6});
  CHECK(std::vector(table.segment_end.begin(), table.segment_end.end()) ==
        std::vector<std::uint32_t>{0, 0, 1, 3, 3, 5});
  const auto& rows = std::get<SynapseRows<float>>(table.synapses);
  const std::vector<std::pair<std::uint32_t, float>> expected{{3, 1.0f}, {0, 3.0f},  {7, 0.5f},
                                                              {7, 2.0f}, {2, -1.5f}, {9, 8.0f}};
  REQUIRE(rows.size() == expected.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i].cell == expected[i].first);
    CHECK(rows[i].weight == expected[i].second);
  }
  auto reversed = entries;
  std::ranges::reverse(reversed);
  const auto same = build(reversed, float64);
  const auto& wide = std::get<SynapseRows<double>>(same.synapses);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(wide[i].cell == rows[i].cell);
    CHECK(wide[i].weight == static_cast<double>(rows[i].weight));
  }
  CHECK(table.bytes_per_synapse() == 8);
  CHECK(same.bytes_per_synapse() == 12);
}

TEST_CASE(
    "a table of floats becomes one of doubles at the first weight that is no float, and loses nothing") {
  using enum SynapseTableBuilder::WeightType;
  const std::vector<Entry> entries{{4, 4, 7, 2.0},  {1, 12, 3, 1.0}, {4, 12, 2, 0.1},
                                   {4, 4, 7, -0.5}, {2, 5, 9, 8.25}, {1, 4, 0, 0.3}};
  const auto widened = build(entries, float32);
  const auto wide = build(entries, float64);
  const auto& rows = std::get<SynapseRows<double>>(widened.synapses);
  const auto& expected = std::get<SynapseRows<double>>(wide.synapses);
  REQUIRE(rows.size() == expected.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i].cell == expected[i].cell);
    CHECK(rows[i].weight == expected[i].weight);
  }
  CHECK(widened.row_begin == wide.row_begin);
  CHECK(widened.segment_end == wide.segment_end);
}

TEST_CASE("rows of any length come out sorted by place and weight, equal places included") {
  using enum SynapseTableBuilder::WeightType;
  // Lengths on both sides of where sorting changes its way; few places, so that most are shared.
  for (const std::uint32_t length : {3u, 40u, 47u, 48u, 49u, 300u, 2000u}) {
    std::vector<Entry> entries;
    for (std::uint32_t i = 0; i < length; ++i)
      entries.push_back({2, 4, i * 7919 % 7, static_cast<double>(i * 104729 % 1009) - 500});
    const auto table = build(entries, float32);
    const auto& rows = std::get<SynapseRows<float>>(table.synapses);
    std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
      return a.cell != b.cell ? a.cell < b.cell : a.weight < b.weight;
    });
    REQUIRE(rows.size() == length);
    for (std::uint32_t i = 0; i < length; ++i) {
      CAPTURE(length, i);
      REQUIRE(rows[i].cell == entries[i].cell);
      REQUIRE(rows[i].weight == static_cast<float>(entries[i].weight));
    }
  }
}

TEST_CASE("a table whose delays and cells would not fit 32 bits is refused") {
  using enum SynapseTableBuilder::WeightType;
  constexpr std::uint64_t half = std::uint64_t{1} << 31;
  SynapseTableBuilder fits(1), too_large(1);
  CHECK_NOTHROW(fits.begin(float32, {1, 2}, half - 1));
  CHECK_THROWS_AS(too_large.begin(float32, {1, 2}, half), core::SystemError);
}

TEST_CASE("only exact floats count as floats") {
  CHECK(is_float(0.5));
  CHECK(is_float(-1.0e-3f));
  CHECK_FALSE(is_float(0.1));
  CHECK_FALSE(is_float(1.0 + 1e-12));
}
