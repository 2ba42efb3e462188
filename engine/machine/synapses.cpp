// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/synapses.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <limits>
#include <type_traits>
#include <utility>

#include "core/errors/error.hpp"

namespace striate::engine {
namespace {

/// Edges whose places are fetched ahead while a table is filled.
constexpr std::size_t synapses_ahead = 16, places_ahead = 48;
/// Rows shorter than this are sorted by comparisons.
constexpr std::size_t least_radix_row = 48;
constexpr unsigned digit_bits = 8;
constexpr std::size_t digits = std::size_t{1} << digit_bits;

template <class Weight>
bool comes_before(const Synapse<Weight>& a, const Synapse<Weight>& b) {
  return a.cell != b.cell ? a.cell < b.cell : a.weight < b.weight;
}

/// Sorts rows by (cell, weight). Long ones digit by digit of the cell: a third of the time of comparing,
/// whose outcomes no processor can foresee.
template <class Weight>
class RowSorter {
 public:
  /// `cell_bits`: in the largest cell.
  explicit RowSorter(unsigned cell_bits) : passes_((cell_bits + digit_bits - 1) / digit_bits) {}

  void sort(std::span<Synapse<Weight>> row) {
    if (row.size() < least_radix_row) {
      std::sort(row.begin(), row.end(), comes_before<Weight>);
      return;
    }
    if (other_.size() < row.size()) other_.resize(row.size());
    auto* from = row.data();
    auto* to = other_.data();
    for (unsigned pass = 0; pass < passes_; ++pass)
      if (move(from, to, row.size(), pass * digit_bits)) std::swap(from, to);
    if (from != row.data()) std::copy_n(from, row.size(), row.data());
    sort_equal_cells(row);
  }

 private:
  /// A stable pass by one digit; false when all have the same, and nothing moved.
  static bool move(const Synapse<Weight>* from, Synapse<Weight>* to, std::size_t count, unsigned shift) {
    std::array<std::uint32_t, digits> place{};
    const auto digit = [shift](const Synapse<Weight>& s) { return (s.cell >> shift) & (digits - 1); };
    for (std::size_t i = 0; i < count; ++i) ++place[digit(from[i])];
    if (place[digit(from[0])] == count) return false;
    std::uint32_t sum = 0;
    for (auto& p : place) sum += std::exchange(p, sum);
    for (std::size_t i = 0; i < count; ++i) to[place[digit(from[i])]++] = from[i];
    return true;
  }

  static void sort_equal_cells(std::span<Synapse<Weight>> row) {
    for (std::size_t i = 0; i + 1 < row.size();) {
      std::size_t end = i + 1;
      while (end < row.size() && row[end].cell == row[i].cell) ++end;
      if (end - i > 1) std::sort(&row[i], &row[i] + (end - i), comes_before<Weight>);
      i = end;
    }
  }

  unsigned passes_;
  std::vector<Synapse<Weight>> other_;
};

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
  next_.assign(counts_.size(), 0);
  std::uint64_t place = 0;
  for (std::uint32_t source = 0; source < counts_.size(); ++source) {
    if (counts_[source] == 0) continue;
    table_.source.push_back(source);
    next_[source] = place;
    place += counts_[source];
    table_.row_begin.push_back(place);
  }
  if (type == WeightType::float32)
    table_.synapses.emplace<SynapseRows<float>>().resize(place);
  else
    table_.synapses.emplace<SynapseRows<double>>().resize(place);
}

/// Returns how many synapses found their place; fewer than all when one needs a wider table.
template <class Weight>
std::size_t SynapseTableBuilder::place(SynapseRows<Weight>& rows, std::span<const NewSynapse> synapses) {
  for (std::size_t i = 0; i < synapses.size(); ++i) {
    if (i + places_ahead < synapses.size()) __builtin_prefetch(&next_[synapses[i + places_ahead].source], 1);
    if (i + synapses_ahead < synapses.size())
      __builtin_prefetch(rows.data() + next_[synapses[i + synapses_ahead].source], 1);
    const NewSynapse& s = synapses[i];
    if constexpr (std::is_same_v<Weight, float>)
      if (!is_float(s.weight)) [[unlikely]]
        return i;
    rows[next_[s.source]++] = {.cell = key_of_delay_[s.delay] + s.cell,
                               .weight = static_cast<Weight>(s.weight)};
  }
  return synapses.size();
}

void SynapseTableBuilder::add(std::span<const NewSynapse> synapses) {
  if (auto* narrow = std::get_if<SynapseRows<float>>(&table_.synapses)) {
    synapses = synapses.subspan(place(*narrow, synapses));
    if (synapses.empty()) return;
    widen();
  }
  place(std::get<SynapseRows<double>>(table_.synapses), synapses);
}

void SynapseTableBuilder::add(std::uint32_t source, std::uint32_t delay, std::uint32_t cell, double weight) {
  const NewSynapse synapse{.source = source, .cell = cell, .delay = delay, .weight = weight};
  add({&synapse, 1});
}

/// Only places already filled are copied.
void SynapseTableBuilder::widen() {
  const auto narrow = std::get<SynapseRows<float>>(std::move(table_.synapses));
  auto& wide = table_.synapses.emplace<SynapseRows<double>>();
  wide.resize(narrow.size());
  for (std::size_t row = 0; row < table_.rows(); ++row)
    for (std::uint64_t i = table_.row_begin[row]; i < next_[table_.source[row]]; ++i)
      wide[i] = {.cell = narrow[i].cell, .weight = narrow[i].weight};
}

SynapseTable SynapseTableBuilder::finish() {
  const std::size_t segments = table_.delays.size();
  table_.segment_end.resize(table_.rows() * segments);
  std::visit(
      [&]<class Weight>(SynapseRows<Weight>& synapses) {
        RowSorter<Weight> sorter(static_cast<unsigned>(
            std::bit_width(std::uint64_t{cells_} * std::max<std::size_t>(segments, 1))));
        for (std::size_t row = 0; row < table_.rows(); ++row) {
          const std::span<Synapse<Weight>> items(synapses.data() + table_.row_begin[row],
                                                 synapses.data() + table_.row_begin[row + 1]);
          sorter.sort(items);
          cut_row(items, cells_, std::span(table_.segment_end).subspan(row * segments, segments));
        }
      },
      table_.synapses);
  counts_.clear();
  next_.clear();
  return std::move(table_);
}

}  // namespace striate::engine
