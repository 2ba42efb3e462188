// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/pair_draws.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include "core/values/draws.hpp"
#include "core/values/random.hpp"
#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
namespace {

/// npos for edges that take no part.
std::size_t pair_of(const DrawnNetwork& network, std::uint32_t source, std::uint32_t target) {
  const auto index = [&](std::uint32_t row) {
    return network.pairs.index_of_label[network.labels.of_type[network.cells.type[row]]];
  };
  const std::size_t from = index(source), to = index(target);
  if (from == DrawnPairs::npos || to == DrawnPairs::npos) return DrawnPairs::npos;
  return from * network.pairs.excitatory + to;
}

template <class Visit>
void for_drawn_edges(const DrawnNetwork& network, const CoreEdges& edges, const Visit& visit) {
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto pair = pair_of(network, edges.source[i], edges.target[i]);
    if (pair == DrawnPairs::npos) continue;
    const double x = network.value(edges.source[i], edges.target[i]);
    if (!std::isnan(x)) visit(pair, x, edges.weight[i]);
  }
}

/// Connections of each pair before each block of a network's file, and at the end their number. [block][pair]
using BlockOffsets = std::vector<std::vector<std::uint64_t>>;

/// `before`: connections of each pair in the networks before this one. Adds the sums over all connections.
BlockOffsets count_connections(const DrawnNetwork& network, const std::vector<std::uint64_t>& before,
                               const DrawRequest& request, std::vector<double>& all, const core::Comm& comm) {
  const std::size_t width = network.pairs.names.size(), together = network.pairs.together();
  const auto rows = io::EdgePopulation(network.file, v1_edge_population).size();
  const std::uint64_t blocks = (rows + request.block_rows - 1) / request.block_rows;
  std::vector<std::int64_t> counts(blocks * width, 0);
  const auto visit = [&](std::uint64_t block, const CoreEdges& edges, std::span<double> sums) {
    for_drawn_edges(network, edges, [&](std::size_t pair, double x, double y) {
      ++counts[block * width + pair];
      ++counts[block * width + together];
      if (request.all.size > 0)
        request.all.add(sums.subspan(pair * request.all.size, request.all.size), x, y);
    });
  };
  add_sums(all, sum_core_edge_blocks(network.file, network.cells, width * request.all.size, visit, comm,
                                     request.block_rows));
  comm.sum_in_place(counts);
  BlockOffsets offsets(blocks + 1, before);
  for (std::uint64_t block = 0; block < blocks; ++block)
    for (std::size_t pair = 0; pair < width; ++pair)
      offsets[block + 1][pair] =
          offsets[block][pair] + static_cast<std::uint64_t>(counts[block * width + pair]);
  return offsets;
}

struct Draw {
  std::uint64_t place;
  std::uint32_t sample;
  auto operator<=>(const Draw&) const = default;
};
using Draws = std::vector<std::vector<Draw>>;  ///< [pair], by place

Draws make_draws(const DrawRequest& request, const std::vector<std::optional<std::int64_t>>& limits,
                 const std::vector<std::uint64_t>& totals) {
  Draws draws(limits.size());
  for (std::size_t pair = 0; pair < limits.size(); ++pair) {
    if (!limits[pair]) continue;
    const auto limit = static_cast<std::uint64_t>(*limits[pair]);
    const auto count = std::min(limit, totals[pair]);
    if (count < static_cast<std::uint64_t>(request.least) || (count < limit && !request.short_pairs))
      continue;
    draws[pair].reserve(count * request.samples);
    for (std::uint32_t k = 0; k < request.samples; ++k)
      for (const auto place :
           draw_without_repetition(totals[pair], count, request.seed, (std::uint64_t{pair} << 32) | k))
        draws[pair].push_back({place, k});
    std::ranges::sort(draws[pair]);
  }
  return draws;
}

std::vector<double> sum_draws(const DrawnNetwork& network, const BlockOffsets& offsets, const Draws& draws,
                              const DrawRequest& request, const core::Comm& comm) {
  const std::size_t size = request.sums.size, together = network.pairs.together();
  const auto visit = [&](std::uint64_t block, const CoreEdges& edges, std::span<double> sums) {
    auto place = offsets[block];
    std::vector<std::vector<Draw>::const_iterator> next;
    for (std::size_t pair = 0; pair < draws.size(); ++pair)
      next.push_back(std::ranges::lower_bound(draws[pair], place[pair], {}, &Draw::place));
    for_drawn_edges(network, edges, [&](std::size_t own_pair, double x, double y) {
      for (const auto pair : {own_pair, together}) {
        for (; next[pair] != draws[pair].end() && next[pair]->place == place[pair]; ++next[pair])
          request.sums.add(sums.subspan((pair * request.samples + next[pair]->sample) * size, size), x, y);
        ++place[pair];
      }
    });
  };
  return sum_core_edge_blocks(network.file, network.cells, draws.size() * request.samples * size, visit, comm,
                              request.block_rows);
}

}  // namespace

std::vector<std::uint64_t> draw_without_repetition(std::uint64_t total, std::uint64_t count,
                                                   std::uint64_t seed, std::uint64_t stream) {
  std::vector<std::uint64_t> drawn(count);
  if (count == total) {
    std::iota(drawn.begin(), drawn.end(), std::uint64_t{0});
    return drawn;
  }
  // Floyd's algorithm: number j joins where a number below j + 1 was there already.
  core::RandomStream random(seed, core::Purpose::resampling, stream);
  std::unordered_set<std::uint64_t> known;
  for (std::uint64_t j = total - count; j < total; ++j) {
    const auto any = core::draw_index(random, j + 1);
    drawn[j - (total - count)] = known.insert(any).second ? any : *known.insert(j).first;
  }
  std::ranges::sort(drawn);
  return drawn;
}

DrawnPairs::DrawnPairs(const NetworkPaths& networks, const CoreRule& core, const TypePooling& of_types)
    : pooling(of_types), labels(labels_of_all(networks, core, of_types)) {
  std::vector<std::string> types;
  for (const auto& name : labels) {
    index_of_label.push_back(is_excitatory(name) ? types.size() : npos);
    if (is_excitatory(name)) types.push_back(name);
  }
  for (const auto& source : types)
    for (const auto& target : types) names.emplace_back(source, target);
  names.push_back(all_excitatory);
  excitatory = types.size();
}

DrawnNetwork::DrawnNetwork(const std::filesystem::path& network, const std::string& option,
                           const CoreRule& core, const DrawnPairs& all_pairs)
    : pairs(all_pairs),
      file(v1_edge_file(network, option)),
      cells(read_cells(network, core)),
      labels(labels_among(all_pairs.labels, cells, all_pairs.pooling)) {}

DrawResult draw_pairs(const DrawRequest& request, const DrawnPairs& pairs,
                      const std::vector<std::optional<std::int64_t>>& limits, const OpenNetwork& open,
                      const core::Comm& comm) {
  DrawResult result{
      .totals = std::vector<std::uint64_t>(pairs.names.size(), 0), .drawn = {}, .sums = {}, .all = {}};
  std::vector<BlockOffsets> offsets;
  std::unique_ptr<DrawnNetwork> network;
  for (std::size_t i = 0; i < request.networks; ++i) {
    network = open(i);
    offsets.push_back(count_connections(*network, result.totals, request, result.all, comm));
    result.totals = offsets.back().back();
  }
  const auto draws = make_draws(request, limits, result.totals);
  for (const auto& of_pair : draws) result.drawn.push_back(!of_pair.empty());
  for (std::size_t i = 0; i < request.networks; ++i) {
    if (request.networks > 1) network = open(i);  // a single one is still there
    add_sums(result.sums, sum_draws(*network, offsets[i], draws, request, comm));
  }
  return result;
}

}  // namespace striate::metrics
