// SPDX-License-Identifier: BSD-3-Clause
// Synapses of one kind of source (neurons, or one virtual population), stored with their targets: one row per
// source that has a target on this rank, rows by rising source. A synapse is 8 bytes (weight as float, when
// every weight of the network is exactly a float) or 12. Within a row synapses are sorted by ring offset and
// weight, which fixes the order of all additions whatever order the file or other ranks gave.
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "engine/input_ring.hpp"

namespace striate::engine {

/// `offset` holds delay, port and target: see InputRing::synapse_offset.
template <class Weight>
struct [[gnu::packed]] Synapse {
  std::uint32_t offset;
  Weight weight;
};
static_assert(sizeof(Synapse<float>) == 8 && sizeof(Synapse<double>) == 12);

template <class Weight>
using SynapseRows = std::vector<Synapse<Weight>>;

struct SynapseTable {
  std::vector<std::uint32_t> source;  ///< [row], rising; Gid or node index
  std::vector<std::uint64_t> row_begin{0};  ///< [row + 1]
  std::variant<SynapseRows<float>, SynapseRows<double>> synapses;

  std::size_t rows() const { return source.size(); }
  std::size_t size() const { return row_begin.back(); }
  std::size_t bytes() const;
  std::size_t bytes_per_synapse() const {
    return synapses.index() == 0 ? sizeof(Synapse<float>) : sizeof(Synapse<double>);
  }
};

/// A spike as the receiving rank sees it.
struct RowSpike {
  std::uint32_t row;
  core::Step stamp;
};

/// Adds the weights of all synapses in the spikes' rows to the ring, spike by spike in the order given.
/// Returns the number of synaptic events.
std::uint64_t deliver(const SynapseTable& table, std::span<const RowSpike> spikes, InputRing& ring);

/// Fills a SynapseTable in two passes: count(source) for every synapse, then begin(), then add() for every
/// synapse in any order, then finish().
class SynapseTableBuilder {
 public:
  explicit SynapseTableBuilder(std::uint32_t source_count) : counts_(source_count, 0) {}

  void count(std::uint32_t source) { ++counts_[source]; }
  enum class WeightType { float32, float64 };
  void begin(WeightType type);
  /// float32 tables take only weights that are exactly floats; the caller checks with is_float().
  void add(std::uint32_t source, std::uint32_t offset, double weight);
  /// Sorts the rows. The builder is empty afterwards.
  SynapseTable finish();

 private:
  std::vector<std::uint64_t> counts_;  // synapses per source, then next free place
  std::vector<std::uint32_t> row_of_;  // [source]
  std::vector<std::uint64_t> next_;  // [row]
  SynapseTable table_;
};

inline bool is_float(double weight) {
  return static_cast<double>(static_cast<float>(weight)) == weight;
}

}  // namespace striate::engine
