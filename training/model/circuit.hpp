// SPDX-License-Identifier: BSD-3-Clause
// The network as the trainer wants it: the synapses onto this rank's cells, in the order in which the sum
// over outgoing synapses reads them. Synapses that share target, shape and delay share a "slot"; slots are
// numbered by (source class, tile of targets, delay, target), synapses lie by (source class, tile, source,
// slot, row of the file). So the slots that a stretch of synapses touches fit the cache, and a slot number
// says all but the weight. For any target, the synapses of a source come in an order that does not depend on
// ranks.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/values/huge_vector.hpp"
#include "training/model/cell_constants.hpp"
#include "training/model/rank_sums.hpp"
#include "training/model/step_kernels.hpp"

namespace striate::training {

/// An edge onto a cell of this rank. `kind` names the shape of its synapse.
struct Edge {
  std::uint64_t row = 0;  ///< in its file
  double weight = 0;  ///< pA per mV of the target's distance from rest to threshold
  std::uint32_t source = 0, target = 0;
  std::uint16_t kind = 0;
  std::uint16_t delay = 1;  ///< steps
};

/// What a spike needs of a slot on its way to the target; small, since all synapses of a spike look theirs
/// up.
struct ArrivalSlot {
  std::uint32_t target;  ///< own cell
  std::uint32_t shape;  ///< into Recurrent::shapes
};
template <class Real>
struct ArrivalShape {
  Real basis[basis_count];
  std::uint32_t delay;
};

/// Rows of a file, one for each synapse: four bytes, or five where any needs them.
class RowNumbers {
 public:
  void reserve(std::size_t count) { low_.reserve(count); }
  void push_back(std::uint64_t row) {
    wide_ = wide_ || row >> 32 != 0;
    if (wide_) {
      high_.resize(low_.size(), 0);
      high_.push_back(static_cast<std::uint8_t>(row >> 32));
    }
    low_.push_back(static_cast<std::uint32_t>(row));
  }
  std::uint64_t operator[](std::size_t i) const {
    const std::uint64_t high = wide_ ? high_[i] : 0;
    return high << 32 | low_[i];
  }
  std::vector<std::uint64_t> all() const {
    std::vector<std::uint64_t> rows(low_.size());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = (*this)[i];
    return rows;
  }

 private:
  core::HugeVector<std::uint32_t> low_;
  std::vector<std::uint8_t> high_;
  bool wide_ = false;
};

/// Synapses that are trained and carry spikes between cells.
template <class Real>
struct Recurrent {
  core::HugeVector<std::uint32_t> slot;  ///< [synapse]
  RowNumbers row;  ///< [synapse]
  std::vector<Segment> segments;
  std::vector<std::uint32_t> first_segment, segment_of;  ///< [source + 1], and the segments of each source;
                                                         ///< sources are numbered by owner everywhere here
  std::vector<ArrivalSlot> slots;
  std::vector<ArrivalShape<Real>> shapes;
  std::vector<std::uint32_t> first_credit_slot;  ///< [own cell + 1]
  std::vector<CreditSlot<Real>> credit_slots;
  std::vector<std::uint16_t> class_of_source;
  std::size_t classes = 1;
  std::uint32_t max_delay = 1;

  std::size_t size() const { return slot.size(); }
};

/// Synapses of the nodes that drive the network, by (target, kind, source, row). They are trained only where
/// that is asked for; where not, those of one (target, kind, source) are added up.
template <class Real>
struct Drive {
  std::vector<std::uint32_t> first_slot;  ///< [own cell + 1]
  std::vector<std::uint32_t> first_edge;  ///< [slot + 1]
  std::vector<Real> basis;  ///< [slot][4]
  core::HugeVector<std::uint32_t> source;  ///< [edge]
  RowNumbers row;  ///< [edge], if trained
  std::uint32_t sources = 0;
  bool trained = false;  ///< the same on all ranks

  std::size_t size() const { return source.size(); }
  std::size_t slots() const { return first_edge.empty() ? 0 : first_edge.size() - 1; }
  /// First edge onto a cell of this rank, and the end.
  std::pair<std::uint32_t, std::uint32_t> edges_of(std::uint32_t cell) const {
    return {first_edge[first_slot[cell]], first_edge[first_slot[cell + 1]]};
  }
};

/// Synapses of the background nodes, trained too: by (target, kind, source, row).
template <class Real>
struct Noise {
  std::vector<std::uint32_t> first_slot;  ///< [own cell + 1]
  std::vector<InputSlot<Real>> slots;
  std::vector<std::uint32_t> node, target;  ///< [edge]; target: own cell
  std::vector<std::uint64_t> row;  ///< [edge]
  std::uint32_t nodes = 0;

  std::size_t size() const { return node.size(); }
};

template <class Real>
struct Circuit {
  std::uint32_t cells = 0;  ///< of all ranks
  std::uint32_t own = 0;
  std::vector<CellConstants<Real>> constants;  ///< [own cell]
  Recurrent<Real> recurrent;
  Drive<Real> drive;
  Noise<Real> noise;
};

/// One number per synapse, in the circuit's order: weights, and gradients of those that are trained.
template <class Real>
struct PerSynapse {
  core::HugeVector<Real> recurrent, noise, drive;
};

/// What a circuit is made of. Edge lists are emptied as they are used: they are large.
struct CircuitParts {
  std::uint32_t cells = 0, drive_sources = 0, noise_nodes = 0;
  std::vector<CellConstants<double>> constants;  ///< [own cell]
  std::vector<BasisWeights> kinds;
  std::vector<Edge> recurrent, drive, noise;
  bool train_drive = false;
};

/// The circuit and its weights.
template <class Real>
struct MadeCircuit {
  Circuit<Real> circuit;
  PerSynapse<Real> weights;
};
/// All at once. Collective.
template <class Real>
MadeCircuit<Real> make_circuit(CircuitParts& parts, const Ranks& ranks);
/// In steps, for large networks: all lists of edges together take more memory than training does. Collective.
template <class Real>
MadeCircuit<Real> circuit_without_edges(const CircuitParts& parts, const Ranks& ranks);
template <class Real>
void add_recurrent(CircuitParts& parts, const Ranks& ranks, MadeCircuit<Real>& made);
template <class Real>
void add_drive(CircuitParts& parts, const Ranks& ranks, MadeCircuit<Real>& made);
template <class Real>
void add_noise(CircuitParts& parts, const Ranks& ranks, MadeCircuit<Real>& made);

/// Targets whose windows together fill half the second-level cache of today's processors.
inline constexpr std::uint32_t tile_targets = 8192;

inline constexpr std::uint32_t longest_delay = 250;  ///< steps

}  // namespace striate::training
