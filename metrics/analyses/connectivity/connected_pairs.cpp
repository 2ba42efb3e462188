// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/connectivity/connected_pairs.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "core/progress.hpp"
#include "io/sonata/nodes.hpp"
#include "metrics/base/cell_sums.hpp"
#include "metrics/math/connection_law.hpp"

namespace striate::metrics {
namespace {

constexpr std::uint32_t outside = 0xFFFFFFFF;
constexpr double most_synapses = 1e6;  // of a row

/// Where cells lie, and the bit of each ordered pair that has a core cell. The pair of rows low < high has
/// two bits, those of `high` lie together: both directions, for all lower cells where `high` is in the core,
/// else for lower cells of the core.
class PairBits {
 public:
  explicit PairBits(const Cells& cells) : core_before_(cells.size() + 1, 0), first_(cells.size() + 1, 0) {
    for (std::size_t row = 0; row < cells.size(); ++row) {
      const bool core = cells.core[row] != 0;
      core_before_[row + 1] = core_before_[row] + (core ? 1 : 0);
      first_[row + 1] = first_[row] + 2 * (core ? row : core_before_[row]);
    }
  }

  bool in_core(std::size_t row) const { return core_before_[row + 1] != core_before_[row]; }
  std::uint32_t place_in_core(std::size_t row) const { return in_core(row) ? core_before_[row] : outside; }
  std::uint64_t first(std::size_t high) const { return first_[high]; }
  std::uint64_t total() const { return first_.back(); }

  /// Of source to target.
  std::uint64_t bit(std::uint32_t source, std::uint32_t target) const {
    const auto low = std::min(source, target), high = std::max(source, target);
    const auto width = (first_[high + 1] - first_[high]) / 2;
    return first_[high] + (source == high ? width : 0) + (in_core(high) ? low : core_before_[low]);
  }

  /// First rows of parts with about equally many bits, and the number of rows.
  std::vector<std::size_t> parts(std::uint64_t count) const {
    std::vector<std::size_t> starts{0};
    for (std::uint64_t part = 1; part < count; ++part) {
      const auto wanted = static_cast<std::uint64_t>(static_cast<double>(total()) *
                                                     static_cast<double>(part) / static_cast<double>(count));
      const auto row = std::ranges::lower_bound(first_, wanted) - first_.begin();
      starts.push_back(std::clamp(static_cast<std::size_t>(row), starts.back(), first_.size() - 1));
    }
    starts.push_back(first_.size() - 1);
    return starts;
  }

 private:
  std::vector<std::uint32_t> core_before_;  ///< [row] core cells among lower rows
  std::vector<std::uint64_t> first_;  ///< [row] its first bit
};

std::size_t micrometre_between(const Cells& cells, std::size_t a, std::size_t b) {
  const double dx = cells.x[a] - cells.x[b], dz = cells.z[a] - cells.z[b];
  return static_cast<std::size_t>(std::sqrt(dx * dx + dz * dz));
}

/// target_sizes over the population's nsyn_size_mean, as the builder has them, in whole units.
std::vector<std::int64_t> relative_sizes(const Cells& cells) {
  std::vector<std::int64_t> sizes(cells.size(), ConnectedPairs::size_unit);
  const auto network = cells.nodes_file.parent_path();
  for (const auto& population :
       io::read_node_populations({{.nodes_file = cells.nodes_file,
       .node_types_file = network / core::node_types_file_name(core::v1_population)}})) {
    if (population.name != core::v1_population) continue;
    const auto size = population.column("target_sizes"), usual = population.column("nsyn_size_mean");
    const auto* own = size ? std::get_if<std::vector<double>>(&*size) : nullptr;
    const auto* mean = usual ? std::get_if<std::vector<double>>(&*usual) : nullptr;
    if (own == nullptr || mean == nullptr) continue;
    for (std::size_t node = 0; node < population.size(); ++node) {
      const auto row = cells.row_of(population.node_id[node]);
      const double relative = (*own)[node] / (*mean)[node];
      if (row && relative >= 0 && relative < largest_relative_size)
        sizes[*row] = std::llround(relative * static_cast<double>(ConnectedPairs::size_unit));
    }
  }
  return sizes;
}

/// Each two cells once, then both orders from that; sizes of targets in both.
void count_pairs(ConnectedPairs& counts, const Cells& cells, const core::Comm& comm) {
  const auto core = core_rows(cells);
  core::Progress progress("pairs of cells", static_cast<double>(core.size()), core::shows_progress(comm));
  std::vector<std::int64_t> once(counts.pairs.size(), 0);
  const auto size = relative_sizes(cells);
  for (auto i = static_cast<std::size_t>(comm.rank()); i < core.size();
       i += static_cast<std::size_t>(comm.size())) {
    for (std::size_t j = 0; j < i; ++j) {
      const auto micrometre = micrometre_between(cells, core[i], core[j]);
      if (micrometre >= counts.reach_um) continue;
      const auto s = cells.type[core[i]], t = cells.type[core[j]];
      ++once[counts.place(s, t, micrometre)];
      counts.sizes[counts.place(s, t, micrometre)] += size[core[j]];
      counts.sizes[counts.place(t, s, micrometre)] += size[core[i]];
    }
    if (progress.due()) progress.update(static_cast<double>(i), "");
  }
  for (std::size_t s = 0; s < counts.types; ++s)
    for (std::size_t t = 0; t < counts.types; ++t)
      for (std::size_t um = 0; um < counts.reach_um; ++um)
        counts.pairs[counts.place(s, t, um)] = once[counts.place(s, t, um)] + once[counts.place(t, s, um)];
  progress.finish(fmt::format("{} core cells", core.size()));
}

std::int64_t whole_synapses(double value, std::uint64_t row, const io::EdgePopulation& edges) {
  if (!(value >= 0 && value <= most_synapses) || value != std::floor(value))
    throw core::FormatError("invalid number of synapses {} in row {} of {} (must be whole, from 0 to {})",
                            value, row, edges.file(), most_synapses);
  return static_cast<std::int64_t>(value);
}

/// Edges whose pair lies in one part of the bits.
class PartCounter {
 public:
  PartCounter(ConnectedPairs& counts, const Cells& cells, const PairBits& bits, std::size_t first_row,
              std::size_t end_row)
      : counts_(counts),
        cells_(cells),
        bits_(bits),
        first_row_(first_row),
        end_row_(end_row),
        first_bit_(bits.first(first_row)),
        seen_((bits.first(end_row) - first_bit_ + 63) / 64, 0) {}

  void add(std::uint32_t source, std::uint32_t target, std::int64_t synapses) {
    const auto high = std::max(source, target);
    if (high < first_row_ || high >= end_row_ || source == target || synapses == 0) return;
    const auto source_place = bits_.place_in_core(source), target_place = bits_.place_in_core(target);
    if (source_place == outside && target_place == outside) return;
    const bool is_new = !seen(bits_.bit(source, target));
    const std::size_t types = counts_.types, s = cells_.type[source], t = cells_.type[target];
    if (target_place != outside) {
      counts_.synapses_in[target_place * types + s] += synapses;
      if (is_new) ++counts_.sources[target_place * types + s];
    }
    if (source_place != outside) {
      counts_.synapses_out[source_place * types + t] += synapses;
      if (is_new) ++counts_.targets[source_place * types + t];
    }
    if (is_new) set(bits_.bit(source, target));
    if (source_place == outside || target_place == outside) return;
    const auto micrometre = micrometre_between(cells_, source, target);
    if (micrometre >= counts_.reach_um) return;
    const auto place = counts_.place(s, t, micrometre);
    counts_.synapses[place] += synapses;
    if (!is_new) return;
    ++counts_.connected[place];
    if (seen(bits_.bit(target, source)))
      ++counts_.both_ways[counts_.place(std::min(s, t), std::max(s, t), micrometre)];
  }

 private:
  bool seen(std::uint64_t bit) const {
    const auto at = bit - first_bit_;
    return (seen_[at / 64] >> (at % 64) & 1) != 0;
  }
  void set(std::uint64_t bit) {
    const auto at = bit - first_bit_;
    seen_[at / 64] |= std::uint64_t{1} << (at % 64);
  }

  ConnectedPairs& counts_;
  const Cells& cells_;
  const PairBits& bits_;
  std::size_t first_row_, end_row_;
  std::uint64_t first_bit_;
  std::vector<std::uint64_t> seen_;
};

void count_edges(ConnectedPairs& counts, const ConnectedPairsRequest& request, const Cells& cells,
                 const core::Comm& comm) {
  const PairBits bits(cells);
  const io::EdgePopulation edges(request.edges_file, v1_edge_population);
  const auto ranks = static_cast<std::uint64_t>(comm.size());
  const auto parts = std::max(ranks, (bits.total() + request.most_bits - 1) / request.most_bits);
  const auto starts = bits.parts(parts);
  const auto readings = (parts + ranks - 1) / ranks;
  core::Progress progress("reading edges", static_cast<double>(edges.size() * readings),
                          core::shows_progress(comm));
  std::uint64_t done = 0;
  for (auto part = static_cast<std::uint64_t>(comm.rank()); part < parts; part += ranks) {
    PartCounter counter(counts, cells, bits, starts[part], starts[part + 1]);
    for (std::uint64_t row = 0; row < edges.size(); row += request.block_rows) {
      const auto slab = edges.read_ends(row, std::min(request.block_rows, edges.size() - row));
      const auto synapses = synapse_counts(edges, slab);
      for (std::size_t i = 0; i < slab.size(); ++i) {
        const auto ends = ends_of(slab, i, cells, edges.file());
        counter.add(ends.source, ends.target,
                    synapses ? whole_synapses(synapses->values[i], row + i, edges) : 1);
      }
      done += slab.size();
      if (progress.due()) progress.update(static_cast<double>(done), "");
    }
  }
  progress.finish(fmt::format("{} edges", edges.size()));
}

}  // namespace

ConnectedPairs count_connected_pairs(const ConnectedPairsRequest& request, const Cells& cells,
                                     const core::Comm& comm) {
  ConnectedPairs counts;
  counts.types = cells.type_names.size();
  counts.reach_um = request.reach_um;
  const auto core_count = core_rows(cells).size();
  for (auto* sums : {&counts.pairs, &counts.connected, &counts.synapses, &counts.sizes, &counts.both_ways})
    sums->assign(counts.types * counts.types * counts.reach_um, 0);
  for (auto* sums : {&counts.sources, &counts.synapses_in, &counts.targets, &counts.synapses_out})
    sums->assign(core_count * counts.types, 0);
  count_pairs(counts, cells, comm);
  count_edges(counts, request, cells, comm);
  for (auto* sums : {&counts.pairs, &counts.connected, &counts.synapses, &counts.sizes, &counts.both_ways,
                     &counts.sources, &counts.synapses_in, &counts.targets, &counts.synapses_out})
    comm.sum_in_place(*sums);
  return counts;
}

}  // namespace striate::metrics
