// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/direction_resampling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_set>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "core/values/draws.hpp"
#include "core/values/nan.hpp"
#include "core/values/random.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/pair_samples.hpp"
#include "metrics/base/type_labels.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;
constexpr std::int64_t least_connections = 10, most_draws = 100'000'000;
const TypePair all_pairs{"E", "E"};

/// The pairs that are drawn from: those of the excitatory labels, then all together.
struct DrawnPairs {
  TypeLabels labels;
  std::vector<std::size_t> index_of_label;  ///< among the excitatory ones; npos for others
  std::vector<TypePair> names;
  static constexpr std::size_t npos = std::numeric_limits<std::size_t>::max();

  /// npos for edges that take no part.
  std::size_t pair_of(std::uint32_t source_type, std::uint32_t target_type) const {
    const std::size_t source = index_of_label[labels.of_type[source_type]],
                      target = index_of_label[labels.of_type[target_type]];
    if (source == npos || target == npos) return npos;
    return source * excitatory + target;
  }
  std::size_t together() const { return names.size() - 1; }
  std::size_t excitatory = 0;
};

DrawnPairs pairs_of(const Cells& cells) {
  DrawnPairs pairs{
      .labels = labels_of(cells, {.l5 = true, .inhibitory = false}), .index_of_label = {}, .names = {}};
  std::vector<std::string> types;
  for (const auto& name : pairs.labels.names) {
    pairs.index_of_label.push_back(is_excitatory(name) ? types.size() : DrawnPairs::npos);
    if (is_excitatory(name)) types.push_back(name);
  }
  for (const auto& source : types)
    for (const auto& target : types) pairs.names.emplace_back(source, target);
  pairs.names.push_back(all_pairs);
  pairs.excitatory = types.size();
  return pairs;
}

/// [pair] how many connections are drawn; nullopt: none.
std::vector<std::optional<std::int64_t>> limits_of(const DrawnPairs& pairs, const ResamplingRequest& request,
                                                   const std::map<TypePair, MeasuredPair>& measured) {
  std::map<TypePair, std::int64_t> table;
  if (request.limits) {
    table = read_excitatory_limits(*request.limits);
    std::int64_t total = 0;
    for (const auto& [pair, count] : table) total += count;
    if (!table.empty()) table.emplace(all_pairs, total);
  } else {
    for (const auto& [pair, points] : measured) table[pair] = points.points;
  }
  std::vector<std::optional<std::int64_t>> limits;
  std::int64_t draws = 0;
  for (const auto& name : pairs.names) {
    const auto found = table.find(name);
    limits.push_back(found != table.end() ? std::optional(found->second) : request.limit);
    draws += limits.back().value_or(0) * request.resamples;
  }
  if (draws > most_draws)
    throw core::UsageError("too many draws: {} (at most {}) give a smaller --monte-carlo or limit", draws,
                           most_draws);
  return limits;
}

/// Connections of each pair before each block of the file, and at the end their number. [block][pair]
using BlockOffsets = std::vector<std::vector<std::uint64_t>>;

template <class Visit>
void for_drawn_edges(const CoreEdges& edges, const Cells& cells, const EdgeDirections& directions,
                     const DrawnPairs& pairs, const Visit& visit) {
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto pair = pairs.pair_of(cells.type[edges.source[i]], cells.type[edges.target[i]]);
    if (pair == DrawnPairs::npos) continue;
    const double difference = directions.difference(edges.source[i], edges.target[i]);
    if (!std::isnan(difference)) visit(pair, difference, edges.weight[i]);
  }
}

BlockOffsets count_connections(const fs::path& file, const Cells& cells, const EdgeDirections& directions,
                               const DrawnPairs& pairs, const PreferredDirectionRequest& request,
                               const core::Comm& comm) {
  const std::size_t width = pairs.names.size();
  const auto rows = io::EdgePopulation(file, v1_edge_population).size();
  const std::uint64_t blocks = (rows + request.block_rows - 1) / request.block_rows;
  std::vector<std::int64_t> counts(blocks * width, 0);
  const auto visit = [&](std::uint64_t block, const CoreEdges& edges, std::span<double>) {
    for_drawn_edges(edges, cells, directions, pairs, [&](std::size_t pair, double, double) {
      ++counts[block * width + pair];
      ++counts[block * width + pairs.together()];
    });
  };
  sum_core_edge_blocks(file, cells, 0, visit, comm, request.block_rows);
  comm.sum_in_place(counts);
  BlockOffsets offsets(blocks + 1, std::vector<std::uint64_t>(width, 0));
  for (std::uint64_t block = 0; block < blocks; ++block)
    for (std::size_t pair = 0; pair < width; ++pair)
      offsets[block + 1][pair] =
          offsets[block][pair] + static_cast<std::uint64_t>(counts[block * width + pair]);
  return offsets;
}

struct Draw {
  std::uint64_t place;
  std::uint32_t resample;
  auto operator<=>(const Draw&) const = default;
};

/// [pair], by place; empty for pairs without a limit or with too few connections.
std::vector<std::vector<Draw>> make_draws(const std::vector<std::optional<std::int64_t>>& limits,
                                          const std::vector<std::uint64_t>& totals,
                                          const ResamplingRequest& request) {
  std::vector<std::vector<Draw>> draws(limits.size());
  for (std::size_t pair = 0; pair < limits.size(); ++pair) {
    if (!limits[pair]) continue;
    const auto count = std::min<std::uint64_t>(static_cast<std::uint64_t>(*limits[pair]), totals[pair]);
    if (count < static_cast<std::uint64_t>(least_connections)) continue;
    for (std::uint32_t k = 0; k < static_cast<std::uint32_t>(request.resamples); ++k)
      for (const auto place :
           draw_without_repetition(totals[pair], count, request.seed, (std::uint64_t{pair} << 32) | k))
        draws[pair].push_back({place, k});
    std::ranges::sort(draws[pair]);
  }
  return draws;
}

/// [(pair * resamples + resample) * CosineSums::size] on the root. Collective.
std::vector<double> sum_draws(const fs::path& file, const Cells& cells, const EdgeDirections& directions,
                              const DrawnPairs& pairs, const BlockOffsets& offsets,
                              const std::vector<std::vector<Draw>>& draws, const ResamplingRequest& request,
                              const core::Comm& comm) {
  const auto resamples = static_cast<std::size_t>(request.resamples);
  const auto visit = [&](std::uint64_t block, const CoreEdges& edges, std::span<double> sums) {
    auto place = offsets[block];
    std::vector<std::vector<Draw>::const_iterator> next;
    for (std::size_t pair = 0; pair < draws.size(); ++pair)
      next.push_back(std::ranges::lower_bound(draws[pair], place[pair], {}, &Draw::place));
    for_drawn_edges(
        edges, cells, directions, pairs, [&](std::size_t own_pair, double difference, double weight) {
          for (const auto pair : {own_pair, pairs.together()}) {
            for (; next[pair] != draws[pair].end() && next[pair]->place == place[pair]; ++next[pair]) {
              const std::size_t first = (pair * resamples + next[pair]->resample) * CosineSums::size;
              CosineSums::add(sums.subspan(first, CosineSums::size), difference, weight);
            }
            ++place[pair];
          }
        });
  };
  return sum_core_edge_blocks(file, cells, pairs.names.size() * resamples * CosineSums::size, visit, comm,
                              request.edges.block_rows);
}

struct FitColumns {
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> points;
  std::vector<double> a, b, c, direction, orientation, p_a, p_b;

  void add(const TypePair& pair, std::span<const double> sums) {
    const auto fit = CosineSums::fit(sums);
    sources.push_back(pair.first);
    targets.push_back(pair.second);
    points.push_back(static_cast<std::int64_t>(sums[0]));
    a.push_back(fit.a);
    b.push_back(fit.b);
    c.push_back(fit.c);
    direction.push_back(fit.c == 0 ? nan : fit.a / fit.c);
    orientation.push_back(fit.c == 0 ? nan : fit.b / fit.c);
    p_a.push_back(fit.p_a);
    p_b.push_back(fit.p_b);
  }
  Table table() && {
    return {{{"source_type", std::move(sources)},
             {"target_type", std::move(targets)},
             {"edges", std::move(points)},
             {"a", std::move(a)},
             {"b", std::move(b)},
             {"c", std::move(c)},
             {"a_over_c", std::move(direction)},
             {"b_over_c", std::move(orientation)},
             {"p_a", std::move(p_a)},
             {"p_b", std::move(p_b)}}};
  }
};

Table resample_table(const DrawnPairs& pairs, const std::vector<std::vector<Draw>>& draws,
                     std::span<const double> sums, std::size_t resamples) {
  FitColumns fits;
  std::vector<std::int64_t> numbers;
  for (std::size_t pair = 0; pair < draws.size(); ++pair) {
    if (draws[pair].empty()) continue;
    for (std::size_t k = 0; k < resamples; ++k) {
      fits.add(pairs.names[pair], sums.subspan((pair * resamples + k) * CosineSums::size, CosineSums::size));
      numbers.push_back(static_cast<std::int64_t>(k));
    }
  }
  auto table = std::move(fits).table();
  table.columns.insert(table.columns.begin() + 2, {"resample", std::move(numbers)});
  return table;
}

Table measured_table(const std::map<TypePair, MeasuredPair>& measured) {
  FitColumns fits;
  for (const auto& [pair, points] : measured) fits.add(pair, points.sums);
  return std::move(fits).table();
}

}  // namespace

std::string excitatory_label(std::string_view label) {
  const auto clean = clean_label(label);
  return clean.find('_') == std::string::npos && clean.starts_with('L') ? clean + "_Exc" : clean;
}

std::map<TypePair, std::int64_t> read_excitatory_limits(const fs::path& file) {
  std::map<TypePair, std::int64_t> limits;
  const auto table = read_pair_limits(file);
  for (const auto& [pair, count] : table.of_pair) {
    const TypePair excitatory{excitatory_label(pair.first), excitatory_label(pair.second)};
    if (!limits.emplace(excitatory, static_cast<std::int64_t>(count)).second)
      throw core::FormatError("{} to {} twice in {} (each pair has one number)", excitatory.first,
                              excitatory.second, file);
  }
  return limits;
}

std::map<TypePair, MeasuredPair> read_measured_pairs(const fs::path& file) {
  const auto table = io::read_delimited_table(file, ',', "measured weights and preferred directions");
  const auto source = table.column("source"), target = table.column("target"),
             difference = table.column("delta_pref_direction"), weight = table.column("weight");
  std::map<TypePair, MeasuredPair> pairs;
  for (const auto& row : table.rows) {
    const double degrees = table.number(row, difference), value = table.number(row, weight);
    if (degrees < 0 || degrees > 180)
      throw core::FormatError("bad delta_pref_direction {} in {}:{} (must be from 0 to 180 degrees)", degrees,
                              file, row.line);
    for (const auto& pair :
         {TypePair{excitatory_label(row.cells[source]), excitatory_label(row.cells[target])}, all_pairs}) {
      auto& points = pairs[pair];
      ++points.points;
      CosineSums::add(points.sums, degrees, value);
    }
  }
  return pairs;
}

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

std::vector<fs::path> make_direction_resampling(const ResamplingRequest& request, const core::Comm& comm) {
  const auto& edges = request.edges;
  std::map<TypePair, MeasuredPair> measured;
  std::vector<fs::path> files;
  const auto named = [&](const char* pattern) {
    return table_file(pattern, edges.output_directory, edges.option);
  };
  if (request.measured) {
    measured = read_measured_pairs(*request.measured);
    files.push_back(named("{tables}/preferred_direction_em_{option}.csv"));
    if (comm.is_root())
      write_csv(files.back(), measured_table(measured), ',',
                {.kind = "preferred-direction", .inputs = {request.measured->string()}, .options = {}});
  }
  if (request.resamples == 0) return files;
  const auto cells = read_cells(edges.base, edges.core);
  const EdgeDirections directions(cells, edges);
  const auto pairs = pairs_of(cells);
  const auto limits = limits_of(pairs, request, measured);
  const auto file = v1_edge_file(edges.base, edges.option);
  const auto offsets = count_connections(file, cells, directions, pairs, edges, comm);
  const auto draws = make_draws(limits, offsets.back(), request);
  const auto sums = sum_draws(file, cells, directions, pairs, offsets, draws, request, comm);
  files.push_back(named("{tables}/preferred_direction_mc_{option}.csv"));
  if (!comm.is_root()) return files;
  Provenance provenance{.kind = "preferred-direction",
                        .inputs = {file.string()},
                        .options = {{"resamples", fmt::format("{}", request.resamples)},
                                    {"seed", fmt::format("{}", request.seed)},
                                    {"core radius (um)", fmt::format("{}", edges.core.radius_um)}}};
  directions.describe(provenance);
  for (const auto& input : {request.limits, request.measured})
    if (input) provenance.inputs.push_back(input->string());
  if (request.limit) provenance.options.emplace_back("limit", fmt::format("{}", *request.limit));
  write_csv(files.back(), resample_table(pairs, draws, sums, static_cast<std::size_t>(request.resamples)),
            ',', provenance);
  return files;
}

std::vector<fs::path> run_preferred_direction(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto pooled = pooling(values);
  const PreferredDirectionRequest request{
      .base = call.base(),
      .option = call.option(),
      .output_directory = output_directory(call),
      .source = values.is("from", "response") ? DirectionSource::response : DirectionSource::structure,
      .min_rate_hz = values.number("min-rate"),
      .respective_layers = values.is("layers", "respective"),
      .aggregate_l5 = pooled.l5,
      .simplify_inhibitory = pooled.inhibitory,
      .core = core_rule(values)};
  auto files = make_preferred_direction(request, world);
  for (const auto& file : make_direction_resampling({.edges = request,
                          .resamples = values.whole_if("monte-carlo").value_or(0),
                          .limit = values.whole_if("limit"),
                          .limits = path_if(values, "limits"),
                          .measured = path_if(values, "em"),
                          .seed = static_cast<std::uint64_t>(values.whole("seed"))},
                                                    world))
    files.push_back(file);
  return files;
}

}  // namespace striate::metrics
