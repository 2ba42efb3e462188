// SPDX-License-Identifier: BSD-3-Clause
#include "engine/synapses.hpp"

#include <algorithm>
#include <cassert>

namespace striate::engine {
namespace {

constexpr std::size_t cache_line = 64;
/// Rows further ahead are still on their way from memory when their turn comes; later lines of long rows are
/// left to the hardware.
constexpr std::size_t rows_ahead = 2;
constexpr std::size_t most_prefetched_lines = 32;

template <class Weight>
void prefetch_row(const SynapseTable& table, const SynapseRows<Weight>& synapses, std::uint32_t row) {
  const auto* first = reinterpret_cast<const char*>(synapses.data() + table.row_begin[row]);
  const auto* end = reinterpret_cast<const char*>(synapses.data() + table.row_begin[row + 1]);
  end = std::min(end, first + most_prefetched_lines * cache_line);
  for (; first < end; first += cache_line) __builtin_prefetch(first);
}

template <class Weight>
std::uint64_t deliver_rows(const SynapseTable& table, const SynapseRows<Weight>& synapses,
                           std::span<const RowSpike> spikes, InputRing& ring) {
  double* weights = ring.weights.data();
  const std::size_t total = ring.weights.size();
  std::uint64_t events = 0;
  for (std::size_t i = 0; i < spikes.size(); ++i) {
    if (i + rows_ahead < spikes.size()) prefetch_row(table, synapses, spikes[i + rows_ahead].row);
    const Synapse<Weight>* synapse = synapses.data() + table.row_begin[spikes[i].row];
    const Synapse<Weight>* end = synapses.data() + table.row_begin[spikes[i].row + 1];
    events += static_cast<std::uint64_t>(end - synapse);
    const std::size_t base = ring.slot_start(spikes[i].stamp);
    // Offsets rise along the row, so the part that wraps round the ring is its end.
    const Synapse<Weight>* wrap =
        std::partition_point(synapse, end, [&](const auto& s) { return base + s.offset < total; });
    for (double* plane = weights + base; synapse != wrap; ++synapse)
      plane[synapse->offset] += synapse->weight;
    for (; synapse != end; ++synapse) weights[base + synapse->offset - total] += synapse->weight;
  }
  return events;
}

}  // namespace

std::size_t SynapseTable::bytes() const {
  return size() * bytes_per_synapse() + rows() * sizeof(std::uint32_t) +
         row_begin.size() * sizeof(std::uint64_t);
}

std::uint64_t deliver(const SynapseTable& table, std::span<const RowSpike> spikes, InputRing& ring) {
  return std::visit([&](const auto& synapses) { return deliver_rows(table, synapses, spikes, ring); },
                    table.synapses);
}

void SynapseTableBuilder::begin(WeightType type) {
  table_ = {};
  row_of_.assign(counts_.size(), 0);
  next_.clear();
  std::uint64_t place = 0;
  for (std::uint32_t source = 0; source < counts_.size(); ++source) {
    if (counts_[source] == 0) continue;
    row_of_[source] = static_cast<std::uint32_t>(table_.source.size());
    table_.source.push_back(source);
    next_.push_back(place);
    place += counts_[source];
    table_.row_begin.push_back(place);
  }
  if (type == WeightType::float32)
    table_.synapses.emplace<SynapseRows<float>>(place);
  else
    table_.synapses.emplace<SynapseRows<double>>(place);
}

void SynapseTableBuilder::add(std::uint32_t source, std::uint32_t offset, double weight) {
  const std::uint64_t place = next_[row_of_[source]]++;
  assert(place < table_.row_begin[row_of_[source] + 1]);
  if (auto* synapses = std::get_if<SynapseRows<float>>(&table_.synapses))
    (*synapses)[place] = {.offset = offset, .weight = static_cast<float>(weight)};
  else
    std::get<SynapseRows<double>>(table_.synapses)[place] = {.offset = offset, .weight = weight};
}

SynapseTable SynapseTableBuilder::finish() {
  std::visit(
      [&](auto& synapses) {
        const auto before = [](const auto& a, const auto& b) {
          return a.offset != b.offset ? a.offset < b.offset : a.weight < b.weight;
        };
        for (std::size_t row = 0; row < table_.rows(); ++row)
          std::sort(synapses.begin() + static_cast<std::ptrdiff_t>(table_.row_begin[row]),
                    synapses.begin() + static_cast<std::ptrdiff_t>(table_.row_begin[row + 1]), before);
      },
      table_.synapses);
  counts_.clear();
  row_of_.clear();
  next_.clear();
  return std::move(table_);
}

}  // namespace striate::engine
