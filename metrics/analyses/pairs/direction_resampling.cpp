// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/direction_resampling.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "core/values/nan.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/analyses/pairs/pair_samples.hpp"
#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;
constexpr std::int64_t least_connections = 10, most_draws = 100'000'000;
const TypePair& all_pairs = all_excitatory;

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

Table resample_table(const DrawnPairs& pairs, const DrawResult& draws, std::size_t resamples) {
  FitColumns fits;
  std::vector<std::int64_t> numbers;
  for (std::size_t pair = 0; pair < pairs.names.size(); ++pair) {
    if (!draws.drawn[pair]) continue;
    for (std::size_t k = 0; k < resamples; ++k) {
      fits.add(pairs.names[pair],
               std::span(draws.sums).subspan((pair * resamples + k) * CosineSums::size, CosineSums::size));
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

OpenNetwork direction_networks(const PreferredDirectionRequest& request, const DrawnPairs& pairs) {
  return [&request, &pairs](std::size_t i) {
    const auto& base = request.networks[i];
    auto network = std::make_unique<DrawnNetwork>(base, request.option, request.core, pairs);
    const auto directions = std::make_shared<EdgeDirections>(base, network->cells, request);
    network->value = [directions](std::uint32_t source, std::uint32_t target) {
      return directions->difference(source, target);
    };
    return network;
  };
}

std::vector<fs::path> make_direction_resampling(const ResamplingRequest& request, const core::Comm& comm) {
  const auto& edges = request.edges;
  std::map<TypePair, MeasuredPair> measured;
  std::vector<fs::path> files;
  const auto named = [&](const char* pattern) {
    return table_file(pattern, edges.output_directory, pooled_name(edges.option, edges.networks.size()));
  };
  if (request.measured) {
    measured = read_measured_pairs(*request.measured);
    files.push_back(named("{tables}/preferred_direction_em_{option}.csv"));
    if (comm.is_root())
      write_csv(files.back(), measured_table(measured), ',',
                {.kind = "preferred-direction", .inputs = {request.measured->string()}, .options = {}});
  }
  if (request.resamples == 0) return files;
  const DrawnPairs pairs(edges.networks, edges.core, {.l5 = true, .inhibitory = false});
  const auto limits = limits_of(pairs, request, measured);
  const DrawRequest draw{.networks = edges.networks.size(),
                         .sums = {CosineSums::size, CosineSums::add},
                         .all = {0, nullptr},
                         .samples = static_cast<std::size_t>(request.resamples),
                         .least = least_connections,
                         .seed = request.seed,
                         .block_rows = edges.block_rows};
  const auto draws = draw_pairs(draw, pairs, limits, direction_networks(edges, pairs), comm);
  files.push_back(named("{tables}/preferred_direction_mc_{option}.csv"));
  if (!comm.is_root()) return files;
  Provenance provenance{.kind = "preferred-direction",
                        .inputs = {},
                        .options = {{"resamples", fmt::format("{}", request.resamples)},
                                    {"seed", fmt::format("{}", request.seed)},
                                    {"core radius (um)", fmt::format("{}", edges.core.radius_um)}}};
  describe(provenance, edges);
  for (const auto& input : {request.limits, request.measured})
    if (input) provenance.inputs.push_back(input->string());
  if (request.limit) provenance.options.emplace_back("limit", fmt::format("{}", *request.limit));
  write_csv(files.back(), resample_table(pairs, draws, draw.samples), ',', provenance);
  return files;
}

std::vector<fs::path> run_preferred_direction(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto pooled = pooling(values);
  const PreferredDirectionRequest request{
      .networks = all_networks(call),
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
