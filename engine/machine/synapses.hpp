// SPDX-License-Identifier: BSD-3-Clause
// Synapses of one kind of source (neurons, or one virtual population), stored with their targets: one row per
// source that has a target on this rank, rows by rising source. A row falls into segments of equal delay, so
// that whatever arrives in one step is found without looking at the rest. A synapse is 8 bytes (weight as
// float, when every weight of the table is exactly a float) or 12. Within a segment synapses are sorted by
// cell and weight, which fixes the order of all additions whatever order the file or other ranks gave.
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "core/values/huge_vector.hpp"
#include "engine/machine/input_tiles.hpp"

namespace striate::engine {

/// `cell` holds port and target: see InputTiles::cell.
template <class Weight>
struct [[gnu::packed]] Synapse {
  std::uint32_t cell;
  Weight weight;
};
static_assert(sizeof(Synapse<float>) == 8 && sizeof(Synapse<double>) == 12);

template <class Weight>
using SynapseRows = core::HugeVector<Synapse<Weight>>;

struct SynapseTable {
  std::vector<std::uint32_t> source;  ///< [row], rising; Gid or node index
  std::vector<std::uint32_t> delays;  ///< [segment of a row], steps, rising
  std::vector<std::uint64_t> row_begin{0};  ///< [row + 1]
  core::HugeVector<std::uint32_t> segment_end;  ///< [row][segment], relative to the row's begin
  std::variant<SynapseRows<float>, SynapseRows<double>> synapses;

  std::size_t rows() const { return source.size(); }
  std::size_t size() const { return row_begin.back(); }
  std::size_t bytes() const;
  std::size_t bytes_per_synapse() const {
    return synapses.index() == 0 ? sizeof(Synapse<float>) : sizeof(Synapse<double>);
  }
};

/// A synapse on its way into a table.
struct NewSynapse {
  std::uint32_t source;
  std::uint32_t cell;
  std::uint32_t delay;
  double weight;
};

/// Fills a SynapseTable in two passes: count(source) for every synapse, then begin(), then add() for every
/// synapse in any order, then finish().
class SynapseTableBuilder {
 public:
  explicit SynapseTableBuilder(std::uint32_t source_count) : counts_(source_count, 0) {}

  void count(std::uint32_t source) { ++counts_[source]; }
  /// Before count(source), whose places follow each other in no order.
  void prefetch(std::uint32_t source) const { __builtin_prefetch(&counts_[source], 1); }
  enum class WeightType { float32, float64 };
  /// `delays`: all that occur, rising, in steps. `cells`: one more than the largest. Throws SystemError when
  /// (delay, cell) pairs would not fit 32 bits.
  void begin(WeightType type, std::vector<std::uint32_t> delays, std::uint64_t cells);
  /// A float32 table becomes a float64 table at the first weight that is not exactly a float.
  void add(std::span<const NewSynapse> synapses);
  void add(std::uint32_t source, std::uint32_t delay, std::uint32_t cell, double weight);
  /// Sorts the rows. The builder is empty afterwards.
  SynapseTable finish();

 private:
  template <class Weight>
  std::size_t place(SynapseRows<Weight>& rows, std::span<const NewSynapse> synapses);
  void widen();

  std::vector<std::uint32_t> counts_;  // synapses per source
  std::vector<std::uint64_t> next_;  // [source], next free place
  std::vector<std::uint32_t> key_of_delay_;  // [delay], what its cells begin with while rows are unsorted
  std::uint32_t cells_ = 0;
  SynapseTable table_;
};

inline bool is_float(double weight) {
  return static_cast<double>(static_cast<float>(weight)) == weight;
}

}  // namespace striate::engine
