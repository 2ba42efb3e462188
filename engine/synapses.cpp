// SPDX-License-Identifier: BSD-3-Clause
#include "engine/synapses.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "core/error.hpp"

namespace striate::engine {
namespace {

template <class Weight>
void sort_row(std::span<Synapse<Weight>> row) {
  const auto before = [](const auto& a, const auto& b) {
    return a.cell != b.cell ? a.cell < b.cell : a.weight < b.weight;
  };
  std::sort(row.begin(), row.end(), before);
}

/// Ends of the segments of a row whose cells still begin with their delay's key; takes the keys off.
template <class Weight>
void cut_row(std::span<Synapse<Weight>> row, std::uint32_t cells, std::span<std::uint32_t> segment_end) {
  std::size_t i = 0;
  std::uint32_t key = 0;
  for (auto& end : segment_end) {
    for (; i < row.size() && row[i].cell - key < cells; ++i) row[i].cell -= key;
    end = static_cast<std::uint32_t>(i);
    key += cells;
  }
  assert(i == row.size());
}

}  // namespace

std::size_t SynapseTable::bytes() const {
  return size() * bytes_per_synapse() + rows() * sizeof(std::uint32_t) +
         row_begin.size() * sizeof(std::uint64_t) + segment_end.size() * sizeof(std::uint32_t);
}

void SynapseTableBuilder::begin(WeightType type, std::vector<std::uint32_t> delays, std::uint64_t cells) {
  if (cells * delays.size() > std::numeric_limits<std::uint32_t>::max())
    throw core::SystemError(
        "too many neurons on one rank for {} different delays ({} cells each exceed 2^32) "
        "use more ranks",
        delays.size(), cells);
  cells_ = static_cast<std::uint32_t>(cells);
  key_of_delay_.assign(delays.empty() ? 0 : delays.back() + 1, 0);
  for (std::uint32_t i = 0; i < delays.size(); ++i) key_of_delay_[delays[i]] = i * cells_;
  table_ = {};
  table_.delays = std::move(delays);
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
    table_.synapses.emplace<SynapseRows<float>>().resize(place);
  else
    table_.synapses.emplace<SynapseRows<double>>().resize(place);
}

void SynapseTableBuilder::add(std::uint32_t source, std::uint32_t delay, std::uint32_t cell, double weight) {
  if (table_.synapses.index() == 0 && !is_float(weight)) widen();
  const std::uint64_t place = next_[row_of_[source]]++;
  assert(place < table_.row_begin[row_of_[source] + 1]);
  const std::uint32_t keyed = key_of_delay_[delay] + cell;
  if (auto* synapses = std::get_if<SynapseRows<float>>(&table_.synapses))
    (*synapses)[place] = {.cell = keyed, .weight = static_cast<float>(weight)};
  else
    std::get<SynapseRows<double>>(table_.synapses)[place] = {.cell = keyed, .weight = weight};
}

/// Only places already filled are copied.
void SynapseTableBuilder::widen() {
  const auto narrow = std::get<SynapseRows<float>>(std::move(table_.synapses));
  auto& wide = table_.synapses.emplace<SynapseRows<double>>();
  wide.resize(narrow.size());
  for (std::size_t row = 0; row < next_.size(); ++row)
    for (std::uint64_t i = table_.row_begin[row]; i < next_[row]; ++i)
      wide[i] = {.cell = narrow[i].cell, .weight = narrow[i].weight};
}

SynapseTable SynapseTableBuilder::finish() {
  const std::size_t segments = table_.delays.size();
  table_.segment_end.resize(table_.rows() * segments);
  std::visit(
      [&](auto& synapses) {
        for (std::size_t row = 0; row < table_.rows(); ++row) {
          const std::span items(synapses.data() + table_.row_begin[row],
                                synapses.data() + table_.row_begin[row + 1]);
          sort_row(items);
          cut_row(items, cells_, std::span(table_.segment_end).subspan(row * segments, segments));
        }
      },
      table_.synapses);
  counts_.clear();
  row_of_.clear();
  next_.clear();
  return std::move(table_);
}

}  // namespace striate::engine
