// SPDX-License-Identifier: BSD-3-Clause
#include "training/model/circuit.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <numeric>
#include <tuple>

#include "core/errors/error.hpp"
#include "core/ranks/local_count.hpp"

namespace striate::training {
namespace {

/// Kinds that have a source in common form one class: with one receptor per class of sources, as in the V1
/// model, a source's synapses then touch the slots of its class only. The same on all ranks.
class SourceClasses {
 public:
  SourceClasses(std::uint32_t cells, std::size_t kinds, std::span<const Edge> edges, const Ranks& ranks)
      : kind_of_source_(cells, unknown), parent_(kinds) {
    std::iota(parent_.begin(), parent_.end(), 0u);
    for (const Edge& edge : edges) unite_source(edge.source, edge.kind);
    // A source may have some kinds on one rank and some on another.
    const auto seen = ranks.gather(std::span<const std::uint32_t>(kind_of_source_));
    for (std::size_t i = 0; i < seen.size(); ++i)
      if (seen[i] != unknown) unite_source(static_cast<std::uint32_t>(i % cells), seen[i]);
    const auto parents = ranks.gather(std::span<const std::uint32_t>(parent_));
    for (std::size_t i = 0; i < parents.size(); ++i) unite(static_cast<std::uint32_t>(i % kinds), parents[i]);
    std::vector<std::uint32_t> number(kinds, unknown);
    for (std::uint32_t kind = 0; kind < kinds; ++kind) {
      auto& n = number[find(kind)];
      if (n == unknown) n = count_++;
      class_of_kind_.push_back(static_cast<std::uint16_t>(n));
    }
  }
  std::size_t count() const { return std::max(count_, 1u); }
  std::uint16_t of_kind(std::uint16_t kind) const { return class_of_kind_[kind]; }
  std::uint16_t of_source(std::uint32_t source) const {
    const auto kind = kind_of_source_[source];
    return kind == unknown ? std::uint16_t{0} : class_of_kind_[kind];
  }

 private:
  static constexpr std::uint32_t unknown = ~0u;
  std::uint32_t find(std::uint32_t kind) {
    while (parent_[kind] != kind) kind = parent_[kind] = parent_[parent_[kind]];
    return kind;
  }
  void unite(std::uint32_t a, std::uint32_t b) {
    a = find(a), b = find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }
  void unite_source(std::uint32_t source, std::uint32_t kind) {
    auto& known = kind_of_source_[source];
    if (known == unknown)
      known = kind;
    else if (known != kind)
      unite(known, kind);
  }

  std::vector<std::uint32_t> kind_of_source_, parent_;
  std::vector<std::uint16_t> class_of_kind_;
  std::uint32_t count_ = 0;
};

/// A slot before it has a number.
struct SlotKey {
  std::uint32_t source_class, tile, delay, target, kind;
  auto operator<=>(const SlotKey&) const = default;
};

struct Keyed {
  std::uint32_t group;  ///< (class, tile) counted
  std::uint32_t slot;
  std::uint32_t edge;
};

template <class Real>
void copy_basis(const BasisWeights& from, Real* to) {
  for (std::size_t r = 0; r < basis_count; ++r) to[r] = static_cast<Real>(from[r]);
}

template <class Real>
void number_slots(const std::vector<SlotKey>& keys, const CircuitParts& parts, std::uint32_t own,
                  Recurrent<Real>& recurrent) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> shape_of;  // (kind, delay)
  for (const SlotKey& key : keys) {
    const auto [found, fresh] =
        shape_of.try_emplace({key.kind, key.delay}, static_cast<std::uint32_t>(recurrent.shapes.size()));
    if (fresh) {
      ArrivalShape<Real> shape{.basis = {}, .delay = key.delay};
      copy_basis(parts.kinds[key.kind], shape.basis);
      recurrent.shapes.push_back(shape);
    }
    recurrent.slots.push_back({.target = key.target, .shape = found->second});
  }
  recurrent.first_credit_slot.assign(own + 1, 0);
  for (const SlotKey& key : keys) ++recurrent.first_credit_slot[key.target + 1];
  std::partial_sum(recurrent.first_credit_slot.begin(), recurrent.first_credit_slot.end(),
                   recurrent.first_credit_slot.begin());
  recurrent.credit_slots.resize(keys.size());
  auto next = recurrent.first_credit_slot;
  for (std::size_t s = 0; s < keys.size(); ++s) {
    auto& slot = recurrent.credit_slots[next[keys[s].target]++];
    slot.slot = static_cast<std::uint32_t>(s);
    slot.offset = static_cast<std::uint16_t>(recurrent.max_delay - keys[s].delay);
    slot.source_class = static_cast<std::uint16_t>(keys[s].source_class);
    copy_basis(parts.kinds[keys[s].kind], slot.basis);
  }
}

template <class Real>
void make_recurrent(CircuitParts& parts, std::uint32_t own, const Ranks& ranks, Recurrent<Real>& recurrent,
                    core::HugeVector<Real>& weights) {
  auto& edges = parts.recurrent;
  core::require_local_count(edges.size(), "recurrent edges");
  const SourceClasses classes(parts.cells, parts.kinds.size(), edges, ranks);
  recurrent.classes = classes.count();
  const auto place = [&](std::uint32_t cell) { return ranks.place_by_owner(cell, parts.cells); };
  recurrent.class_of_source.resize(parts.cells);
  for (std::uint32_t cell = 0; cell < parts.cells; ++cell)
    recurrent.class_of_source[place(cell)] = classes.of_source(cell);
  std::uint32_t longest = 1;
  for (const Edge& edge : edges) longest = std::max<std::uint32_t>(longest, edge.delay);
  recurrent.max_delay = static_cast<std::uint32_t>(ranks.maximum(double(longest)));
  if (recurrent.max_delay > longest_delay)
    throw core::ConfigError("delay of {} ms (training takes delays up to {} ms)", recurrent.max_delay,
                            longest_delay);

  const std::uint32_t tiles = own / tile_targets + 1;
  const auto key_of = [&](const Edge& edge) {
    const std::uint32_t target = ranks.local(edge.target);
    return SlotKey{.source_class = classes.of_kind(edge.kind),
                   .tile = target / tile_targets,
                   .delay = edge.delay,
                   .target = target,
                   .kind = edge.kind};
  };
  // Few keys per target: found target by target, so that no list of all edges' keys is needed.
  std::ranges::sort(edges, {},
                    [](const Edge& e) { return std::tuple(e.target, e.kind, e.delay, e.source, e.row); });
  std::vector<SlotKey> keys;
  for (const Edge& edge : edges) {
    const SlotKey key = key_of(edge);
    if (keys.empty() || keys.back() != key) keys.push_back(key);
  }
  std::ranges::sort(keys);
  number_slots(keys, parts, own, recurrent);

  std::vector<Keyed> order;
  order.reserve(edges.size());
  for (std::uint32_t e = 0; e < edges.size(); ++e) {
    const SlotKey key = key_of(edges[e]);
    // Neighbours share their key, so the search is short on average.
    const bool same = e > 0 && key == key_of(edges[e - 1]);
    const std::uint32_t slot =
        same ? order.back().slot
             : static_cast<std::uint32_t>(std::ranges::lower_bound(keys, key) - keys.begin());
    order.push_back({.group = key.source_class * tiles + key.tile, .slot = slot, .edge = e});
  }
  std::ranges::sort(order, {}, [&](const Keyed& k) {
    return std::tuple(k.group, edges[k.edge].source, k.slot, edges[k.edge].row);
  });
  recurrent.slot.resize(edges.size());
  recurrent.row.reserve(edges.size());
  weights.resize(edges.size());
  std::uint32_t group = ~0u;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Edge& edge = edges[order[i].edge];
    auto& segments = recurrent.segments;
    const std::uint32_t source = place(edge.source);
    if (segments.empty() || order[i].group != group || segments.back().source != source)
      segments.push_back({.first = i, .source = source, .count = 0});
    group = order[i].group;
    ++segments.back().count;
    recurrent.slot[i] = order[i].slot;
    recurrent.row.push_back(edge.row);
    weights[i] = static_cast<Real>(edge.weight);
  }
  std::vector<Edge>().swap(edges);
  recurrent.first_segment.assign(parts.cells + 1, 0);
  for (const Segment& s : recurrent.segments) ++recurrent.first_segment[s.source + 1];
  std::partial_sum(recurrent.first_segment.begin(), recurrent.first_segment.end(),
                   recurrent.first_segment.begin());
  recurrent.segment_of.resize(recurrent.segments.size());
  auto next = recurrent.first_segment;
  for (std::uint32_t s = 0; s < recurrent.segments.size(); ++s)
    recurrent.segment_of[next[recurrent.segments[s].source]++] = s;
}

/// Calls `slot(cell, kind)` before the edges of each (cell, kind), then `edge(e)` for each of them.
template <class OnSlot, class OnEdge>
std::vector<std::uint32_t> walk_slots(std::vector<Edge>& edges, std::uint32_t own, const Ranks& ranks,
                                      OnSlot&& slot, OnEdge&& on_edge) {
  core::require_local_count(edges.size(), "input edges");
  std::ranges::sort(edges, {}, [](const Edge& e) { return std::tuple(e.target, e.kind, e.source, e.row); });
  std::vector<std::uint32_t> first_slot(own + 1, 0);
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const bool begins =
        e == 0 || edges[e].target != edges[e - 1].target || edges[e].kind != edges[e - 1].kind;
    if (begins) {
      ++first_slot[ranks.local(edges[e].target) + 1];
      slot(edges[e]);
    }
    on_edge(edges[e], begins);
  }
  std::partial_sum(first_slot.begin(), first_slot.end(), first_slot.begin());
  std::vector<Edge>().swap(edges);
  return first_slot;
}

template <class Real>
void make_drive(CircuitParts& parts, std::uint32_t own, const Ranks& ranks, Drive<Real>& drive,
                core::HugeVector<Real>& weights) {
  drive.sources = parts.drive_sources;
  drive.trained = parts.train_drive;
  if (drive.trained) {
    drive.source.reserve(parts.drive.size());
    drive.row.reserve(parts.drive.size());
    weights.reserve(parts.drive.size());
  }
  double weight = 0;
  const auto flush = [&] {
    if (!drive.source.empty()) weights.push_back(static_cast<Real>(weight));
  };
  drive.first_slot = walk_slots(
      parts.drive, own, ranks,
      [&](const Edge& edge) {
        drive.first_edge.push_back(static_cast<std::uint32_t>(drive.source.size()));
        for (const double b : parts.kinds[edge.kind]) drive.basis.push_back(static_cast<Real>(b));
      },
      [&](const Edge& edge, bool begins) {
        if (!drive.trained && !begins && drive.source.back() == edge.source) {
          weight += edge.weight;
          return;
        }
        flush();
        drive.source.push_back(edge.source);
        if (drive.trained) drive.row.push_back(edge.row);
        weight = edge.weight;
      });
  flush();
  drive.first_edge.push_back(static_cast<std::uint32_t>(drive.source.size()));
}

template <class Real>
void make_noise(CircuitParts& parts, std::uint32_t own, const Ranks& ranks, Noise<Real>& noise,
                core::HugeVector<Real>& weights) {
  noise.nodes = parts.noise_nodes;
  noise.first_slot = walk_slots(
      parts.noise, own, ranks,
      [&](const Edge& edge) {
        const auto first = static_cast<std::uint32_t>(noise.node.size());
        InputSlot<Real> slot{.first_edge = first, .end_edge = first, .basis = {}};
        copy_basis(parts.kinds[edge.kind], slot.basis);
        noise.slots.push_back(slot);
      },
      [&](const Edge& edge, bool) {
        noise.node.push_back(edge.source);
        noise.target.push_back(ranks.local(edge.target));
        noise.row.push_back(edge.row);
        weights.push_back(static_cast<Real>(edge.weight));
        ++noise.slots.back().end_edge;
      });
}

}  // namespace

template <class Real>
MadeCircuit<Real> circuit_without_edges(const CircuitParts& parts, const Ranks& ranks) {
  MadeCircuit<Real> made;
  made.circuit.cells = parts.cells;
  made.circuit.own = ranks.own_cells(parts.cells);
  assert(parts.constants.size() == made.circuit.own);
  for (const auto& cell : parts.constants) made.circuit.constants.push_back(rounded<Real>(cell));
  return made;
}

template <class Real>
void add_recurrent(CircuitParts& parts, const Ranks& ranks, MadeCircuit<Real>& made) {
  make_recurrent(parts, made.circuit.own, ranks, made.circuit.recurrent, made.weights.recurrent);
}

template <class Real>
void add_drive(CircuitParts& parts, const Ranks& ranks, MadeCircuit<Real>& made) {
  make_drive(parts, made.circuit.own, ranks, made.circuit.drive, made.weights.drive);
}

template <class Real>
void add_noise(CircuitParts& parts, const Ranks& ranks, MadeCircuit<Real>& made) {
  make_noise(parts, made.circuit.own, ranks, made.circuit.noise, made.weights.noise);
}

template <class Real>
MadeCircuit<Real> make_circuit(CircuitParts& parts, const Ranks& ranks) {
  auto made = circuit_without_edges<Real>(parts, ranks);
  add_recurrent(parts, ranks, made);
  add_drive(parts, ranks, made);
  add_noise(parts, ranks, made);
  return made;
}

template MadeCircuit<float> circuit_without_edges<float>(const CircuitParts&, const Ranks&);
template void add_recurrent<float>(CircuitParts&, const Ranks&, MadeCircuit<float>&);
template void add_drive<float>(CircuitParts&, const Ranks&, MadeCircuit<float>&);
template void add_noise<float>(CircuitParts&, const Ranks&, MadeCircuit<float>&);
template MadeCircuit<float> make_circuit<float>(CircuitParts&, const Ranks&);
template MadeCircuit<double> make_circuit<double>(CircuitParts&, const Ranks&);

}  // namespace striate::training
