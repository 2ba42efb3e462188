// SPDX-License-Identifier: BSD-3-Clause
#include "engine/synapses.hpp"

#include <catch2/catch.hpp>

using namespace striate;
using namespace striate::engine;

namespace {

InputRing small_ring() {
  // 3 slots of 4 weights, one port.
  return {.weights = std::vector<double>(12, 0.0), .port_offset = {0}, .stride = 4, .slots = 3};
}

}  // namespace

TEST_CASE("synapses are stored by source, sorted by place and weight, whatever the order they came in") {
  using enum SynapseTableBuilder::WeightType;
  struct Entry {
    std::uint32_t source, offset;
    double weight;
  };
  const std::vector<Entry> entries{{4, 7, 2.0}, {1, 3, 1.0}, {4, 2, -1.5}, {4, 7, 0.5}};
  const auto build = [](std::vector<Entry> list, SynapseTableBuilder::WeightType type) {
    SynapseTableBuilder builder(6);
    for (const auto& e : list) builder.count(e.source);
    builder.begin(type);
    for (const auto& e : list) builder.add(e.source, e.offset, e.weight);
    return builder.finish();
  };
  const auto table = build(entries, float32);
  CHECK(table.source == std::vector<std::uint32_t>{1, 4});
  CHECK(table.row_begin == std::vector<std::uint64_t>{0, 1, 4});
  const auto& rows = std::get<SynapseRows<float>>(table.synapses);
  CHECK(rows[0].offset == 3);
  CHECK(rows[1].offset == 2);
  CHECK(rows[2].weight == 0.5f);
  CHECK(rows[3].weight == 2.0f);
  auto reversed = entries;
  std::reverse(reversed.begin(), reversed.end());
  const auto same = build(reversed, float64);
  const auto& wide = std::get<SynapseRows<double>>(same.synapses);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(wide[i].offset == rows[i].offset);
    CHECK(wide[i].weight == static_cast<double>(rows[i].weight));
  }
  CHECK(table.bytes_per_synapse() == 8);
  CHECK(same.bytes_per_synapse() == 12);
}

TEST_CASE("a spike adds each weight to the slot of its delay, round the end of the ring") {
  auto ring = small_ring();
  SynapseTableBuilder builder(1);
  for (int i = 0; i < 3; ++i) builder.count(0);
  builder.begin(SynapseTableBuilder::WeightType::float32);
  builder.add(0, ring.synapse_offset(1, 0, {0}), 1.0);
  builder.add(0, ring.synapse_offset(2, 0, {1}), 2.0);
  builder.add(0, ring.synapse_offset(3, 0, {2}), 4.0);
  const auto table = builder.finish();

  // Stamp s through delay d is read by step index s + d - 1.
  const RowSpike spike[] = {{.row = 0, .stamp = 5}};  // slot 5 mod 3 = 2
  CHECK(deliver(table, spike, ring) == 3);
  std::vector<double> expected(12, 0.0);
  expected[2 * 4 + 0] = 1.0;  // step 5
  expected[0 * 4 + 1] = 2.0;  // step 6
  expected[1 * 4 + 2] = 4.0;  // step 7
  CHECK(ring.weights == expected);
}

TEST_CASE("only exact floats count as floats") {
  CHECK(is_float(0.5));
  CHECK(is_float(-1.0e-3f));
  CHECK_FALSE(is_float(0.1));
  CHECK_FALSE(is_float(1.0 + 1e-12));
}
