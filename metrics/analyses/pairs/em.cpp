// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/em.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "core/values/nan.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "metrics/analyses/pairs/direction_resampling.hpp"
#include "metrics/analyses/pairs/em_tables.hpp"
#include "metrics/analyses/tuning/odsi.hpp"
#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;

/// Sums over all of the model's connections: those of the fit, then three for each bin.
template <const EmKind& kind>
void add_to_all(std::span<double> sums, double x, double y) {
  kind.sums.add(sums.first(kind.sums.size), x, y);
  if (const auto bin = kind.bin_of(x); bin < kind.bins()) {
    const auto own = sums.subspan(kind.sums.size + 3 * bin, 3);
    own[0] += 1;
    own[1] += y;
    own[2] += y * y;
  }
}

std::size_t all_size(const EmKind& kind) {
  return kind.sums.size + 3 * kind.bins();
}

/// The model's side of one kind.
struct ModelDraws {
  DrawnPairs pairs;
  DrawResult result;
  std::size_t samples = 0;
  std::vector<std::size_t> measured;  ///< [pair of the measured ones] index into pairs.names, or its size
};

/// Only connections of the measured pairs take part, so that all together are of the same types on both
/// sides.
OpenNetwork of_measured_pairs(OpenNetwork open, const EmPairs& measured) {
  return [open = std::move(open), &measured](std::size_t i) {
    auto network = open(i);
    const auto types = network->labels.names.size();
    std::vector<char> known(types * types, 0);
    for (std::size_t from = 0; from < types; ++from)
      for (std::size_t to = 0; to < types; ++to)
        known[from * types + to] =
            std::ranges::find(measured.names, TypePair{network->labels.names[from],
                                                       network->labels.names[to]}) != measured.names.end()
                ? 1
                : 0;
    network->value = [known = std::move(known), types, value = network->value,
                      &of_type = network->labels.of_type,
                      &type = network->cells.type](std::uint32_t source, std::uint32_t target) {
      return known[of_type[type[source]] * types + of_type[type[target]]] != 0 ? value(source, target) : nan;
    };
    return network;
  };
}

ModelDraws draw_model(const EmKind& kind, const EmPairs& measured, const EmRequest& request,
                      const std::function<OpenNetwork(const DrawnPairs&)>& networks,
                      void (*add_all)(std::span<double>, double, double), const core::Comm& comm) {
  ModelDraws draws{
      .pairs = DrawnPairs(request.networks, request.directions.core,
                          {.l5 = request.pool_l5 || &kind == &em_direction, .inhibitory = false}),
      .result = {},
      .samples = request.samples,
      .measured = {}};
  std::vector<std::optional<std::int64_t>> limits(draws.pairs.names.size());
  for (std::size_t pair = 0; pair < measured.names.size(); ++pair) {
    const auto place = static_cast<std::size_t>(std::ranges::find(draws.pairs.names, measured.names[pair]) -
                                                draws.pairs.names.begin());
    draws.measured.push_back(place);
    if (place < limits.size()) limits[place] = std::ssize(measured.points[pair]);
  }
  limits[draws.pairs.together()] = static_cast<std::int64_t>(measured.size());
  draws.result = draw_pairs({.networks = request.networks.size(),
                             .sums = kind.sums,
                             .all = {all_size(kind), add_all},
                             .samples = request.samples,
                             .short_pairs = false,
                             .seed = request.seed,
                             .block_rows = request.directions.block_rows},
                            draws.pairs, limits, of_measured_pairs(networks(draws.pairs), measured), comm);
  return draws;
}

std::span<const double> all_of(const EmKind& kind, const ModelDraws& model, std::size_t pair) {
  return std::span(model.result.all).subspan(pair * all_size(kind), all_size(kind));
}

EmModelSums pair_sums(const EmKind& kind, const ModelDraws& model, std::size_t pair) {
  EmModelSums sums;
  if (pair >= model.pairs.names.size()) return sums;
  sums.edges = model.result.totals[pair];
  const auto all = all_of(kind, model, pair).first(kind.sums.size);
  if (sums.edges > 0) sums.all.assign(all.begin(), all.end());
  for (std::size_t k = 0; k < model.samples && model.result.drawn[pair]; ++k) {
    const auto own =
        std::span(model.result.sums).subspan((pair * model.samples + k) * kind.sums.size, kind.sums.size);
    sums.draws.emplace_back(own.begin(), own.end());
  }
  return sums;
}

/// All together as they are. `names` of draws are those of all pairs' connections.
EmModelSums raw_sums(const EmKind& kind, const ModelDraws& model) {
  auto sums = pair_sums(kind, model, model.pairs.together());
  sums.all.clear();
  for (const auto pair : model.measured)
    if (pair < model.pairs.names.size()) {
      const auto all = all_of(kind, model, pair).first(kind.sums.size);
      add_sums(sums.all, {all.begin(), all.end()});
    }
  return sums;
}

/// Each pair relative to its mean, and in the measured shares.
EmModelSums matched_sums(const EmKind& kind, const ModelDraws& model, const EmPairs& measured) {
  EmModelSums sums;
  bool complete = true;
  for (std::size_t i = 0; i < measured.names.size(); ++i) {
    const auto own = pair_sums(kind, model, model.measured[i]);
    sums.edges += own.edges;
    complete = complete && !own.draws.empty();
    if (own.all.empty()) continue;
    const double mean = mean_weight(kind, own.all);
    add_sums(sums.all,
             scaled(kind, own.all, 1 / mean,
                    static_cast<double>(measured.points[i].size()) / static_cast<double>(own.edges)));
    if (!complete) continue;
    sums.draws.resize(model.samples);
    for (std::size_t k = 0; k < model.samples; ++k)
      add_sums(sums.draws[k], scaled(kind, own.draws[k], 1 / mean_weight(kind, own.draws[k])));
  }
  if (!complete) sums.draws.clear();
  return sums;
}

void add_curves(EmCurveRows& rows, const EmKind& kind, const EmSample& sample, const ModelDraws& model) {
  if (sample.pooling == EmPooling::matched) return;
  std::vector<double> bins(3 * kind.bins(), 0), all;
  for (const auto& point : sample.points)
    if (const auto bin = kind.bin_of(point.x); bin < kind.bins())
      add_to_bin(std::span(bins).subspan(3 * bin, 3), point.weight);
  add_em_curve(rows, kind, "em", sample.name, bins, mean_weight(kind, sample.sums));
  for (std::size_t i = 0; i < model.measured.size(); ++i)
    if (const auto pair = model.measured[i];
        pair < model.pairs.names.size() && (sample.pooling == EmPooling::raw || i == sample.pair)) {
      const auto own = all_of(kind, model, pair);
      add_sums(all, {own.begin(), own.end()});
    }
  if (!all.empty() && all[0] > 0)
    add_em_curve(rows, kind, "model", sample.name, std::span(all).subspan(kind.sums.size),
                 mean_weight(kind, all));
}

/// One kind: its fits, and its rows of the other tables. Collective.
void compare(const EmKind& kind, const EmPairs& measured, const std::vector<EmSample>& samples,
             const ModelDraws& model, const EmRequest& request, EmRows& rows, EmCurveRows& curves) {
  for (std::size_t i = 0; i < measured.names.size(); ++i) {
    const auto pair = model.measured[i];
    const std::uint64_t edges = pair < model.pairs.names.size() ? model.result.totals[pair] : 0;
    if (edges < measured.points[i].size())
      core::log::warning(
          "{}: {} to {} has {} connections in the model, {} were measured: no draws of so many", kind.name,
          measured.names[i].first, measured.names[i].second, edges, measured.points[i].size());
  }
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const auto& sample = samples[s];
    const auto intervals = em_intervals(kind, sample, request.resamples, request.seed,
                                        (&kind == &em_direction ? 1u : 2u) * 1'000'000u + s);
    const auto sums = sample.pooling == EmPooling::pair  ? pair_sums(kind, model, model.measured[sample.pair])
                      : sample.pooling == EmPooling::raw ? raw_sums(kind, model)
                                                         : matched_sums(kind, model, measured);
    for (std::size_t m = 0; m < kind.measures.size(); ++m)
      add_em_row(rows, kind.measures[m], sample, intervals[m], sums);
    add_curves(curves, kind, sample, model);
  }
}

}  // namespace

std::vector<fs::path> make_em(const EmRequest& request, const core::Comm& comm) {
  const auto name = pooled_name(request.option, request.networks.size());
  std::vector<fs::path> files{table_file(em_files.items[0], request.output_directory, name),
                              table_file(em_files.items[1], request.output_directory, name)};
  Provenance provenance{
      .kind = "em",
      .inputs = {},
      .options = {{"L5", request.pool_l5 ? "pooled" : "split"},
                  {"draws", fmt::format("{}", request.samples)},
                  {"resamples", fmt::format("{}", request.resamples)},
                  {"seed", fmt::format("{}", request.seed)},
                  {"range of correlations",
                   fmt::format("{} to {}", request.correlations.range.low, request.correlations.range.high)},
                  {"core radius (um)", fmt::format("{}", request.directions.core.radius_um)}}};
  if (request.direction) describe(provenance, request.directions);
  if (!request.direction) describe_networks(provenance, request.networks);
  if (request.correlation) describe_inputs(provenance, request.correlations);
  EmRows rows;
  EmCurveRows curves;
  const auto half = [&](const EmKind& kind, const fs::path& file, bool pool_l5, double low, double high,
                        const std::function<OpenNetwork(const DrawnPairs&)>& networks,
                        void (*add_all)(std::span<double>, double, double)) {
    const auto measured = read_em(kind, file, pool_l5, low, high);
    const auto samples = em_samples(kind, measured);
    const auto model = draw_model(kind, measured, request, networks, add_all, comm);
    provenance.inputs.push_back(file.string());
    std::string pattern = em_fits_file;
    core::replace_all(pattern, "{kind}", kind.name);
    files.push_back(table_file(pattern.c_str(), request.output_directory, name));
    if (!comm.is_root()) return;
    Provenance measurements{.kind = "em", .inputs = {file.string()}, .options = {}};
    describe_networks(measurements, request.networks);  // as figures of several networks ask
    write_csv(files.back(), em_fit_table(kind, samples), ',', measurements);
    compare(kind, measured, samples, model, request, rows, curves);
  };
  if (request.direction)
    half(
        em_direction, *request.direction, true, em_direction.low, em_direction.high,
        [&](const DrawnPairs& pairs) { return direction_networks(request.directions, pairs); },
        add_to_all<em_direction>);
  if (request.correlation)
    half(
        em_correlation, *request.correlation, request.pool_l5, request.correlations.range.low,
        request.correlations.range.high,
        [&](const DrawnPairs& pairs) { return correlation_networks(request.correlations, pairs, comm); },
        add_to_all<em_correlation>);
  if (!comm.is_root()) return files;
  write_csv(files[0], em_comparison_table(std::move(rows)), ',', provenance);
  write_csv(files[1], em_curve_table(std::move(curves)), ',', provenance);
  return files;
}

namespace {

/// The first file that the model's side needs and that is not there.
std::optional<fs::path> missing_directions(const PreferredDirectionRequest& request) {
  if (request.source == DirectionSource::structure) return std::nullopt;
  std::error_code ignored;
  for (const auto& network : request.networks)
    if (const auto file = table_file(odsi_files.items[0], network / "metrics", request.option);
        !fs::exists(file, ignored))
      return file;
  return std::nullopt;
}

std::optional<fs::path> missing_responses(const CorrelationRequest& request) {
  std::error_code ignored;
  for (const auto& file : request.responses)
    if (!fs::exists(file, ignored)) return file;
  for (const auto& protocol : request.protocols)
    for (const auto& run : protocol.runs)
      if (!spike_file_in(run)) return run / "spikes.h5";
  return std::nullopt;
}

}  // namespace

std::vector<fs::path> run_em(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto networks = all_networks(call);
  const auto paradigm = paradigm_of(call);
  const auto responses = path_if(values, "responses");
  EmRequest request;
  request.networks = networks;
  request.option =
      responses ? name_beside_usual(call, responses->stem().string()) : result_name(call, paradigm);
  request.output_directory = output_directory(call, paradigm, image_net);
  request.direction = path_if(values, "em-direction").value_or(shipped_em(em_direction));
  request.correlation = path_if(values, "em-correlation").value_or(shipped_em(em_correlation));
  request.directions.networks = request.correlations.networks = networks;
  request.directions.option = request.correlations.weights_option = call.option();
  request.directions.source =
      values.is("directions", "response") ? DirectionSource::response : DirectionSource::structure;
  request.directions.min_rate_hz = values.number("min-rate");
  request.directions.core = request.correlations.core = core_rule(values);
  request.correlations.range = {.low = values.number("from"), .high = values.number("to")};
  request.pool_l5 = values.is("l5", "pooled");
  request.samples = static_cast<std::size_t>(values.whole("draws"));
  request.resamples = static_cast<int>(values.whole("resamples"));
  request.seed = static_cast<std::uint64_t>(values.whole("seed"));
  if (!(request.correlations.range.low < request.correlations.range.high))
    throw core::UsageError("invalid --from {} --to {} (must be from below to)",
                           request.correlations.range.low, request.correlations.range.high);
  set_responses(request.correlations, call, paradigm);
  if (values.is("kind", "correlation")) request.direction.reset();
  if (values.is("kind", "direction")) request.correlation.reset();
  const auto leave_out = [&](std::optional<fs::path>& half, const std::optional<fs::path>& missing,
                             const char* what) {
    if (!half || !missing) return;
    if (!values.is("kind", "both"))
      throw core::MissingFileError("no {} (the model's {} come from there) make it first", *missing, what);
    if (world.is_root()) core::log::warning("no {}: the model's {} are not compared", *missing, what);
    half.reset();
  };
  leave_out(request.direction, missing_directions(request.directions), "preferred directions");
  leave_out(request.correlation, missing_responses(request.correlations), "correlations");
  if (!request.direction && !request.correlation)
    throw core::MissingFileError(
        "nothing to compare of {}, {} (neither tuning of 'odsi' nor responses to images "
        "are there) simulate first, or take --directions structure",
        call.base(), call.option());
  if (request.direction) require_alike_tuning(request.directions);
  return make_em(request, world);
}

}  // namespace striate::metrics
