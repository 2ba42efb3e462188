// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/correlation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/values/nan.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/numpy_copies.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr const char *correlations_dataset = "/response_correlations", *distances_dataset = "/distances";

CountMatrix response_counts(const CorrelationRequest& request, const Cells& core, const core::Comm& comm) {
  if (request.responses) return read_count_matrix(*request.responses, core);
  const auto times = presentations(request.protocol);
  for (std::size_t image = 1; image < times.size(); ++image)
    if (times[image] != times[0])
      throw core::FormatError(
          "image {} is shown {} times, image 0 {} times (all must be shown equally often to be compared)",
          image, times[image], times[0]);
  const auto local = sum_by_image(count_slots(request.protocol, core, comm), request.protocol);
  return {comm.all_gather_v(std::span<const Count>(local)), request.protocol.images};
}

/// Where the sums of one pair of types lie.
struct Layout {
  std::size_t bins;
  static constexpr std::size_t edges = 0, undefined = 1, line = 2, contrast = line + LineSums::size;
  std::size_t curve() const { return contrast + 3 * contrast_bins().size(); }
  std::size_t profile() const { return curve() + 3 * bins; }
  std::size_t width() const { return profile() + WeightProfile::size; }
};

/// All pairs of types, then the four of excitatory and inhibitory cells.
struct Pairs {
  explicit Pairs(const TypeLabels& types) : labels(types), n(types.names.size()) {
    for (const auto& name : types.names) inhibits.push_back(is_excitatory(name) ? 0 : 1);
  }
  const TypeLabels& labels;
  std::size_t n;
  std::vector<std::size_t> inhibits;

  std::size_t count() const { return n * n + 4; }
  std::array<std::size_t, 2> of(std::size_t source_label, std::size_t target_label) const {
    return {source_label * n + target_label, n * n + 2 * inhibits[source_label] + inhibits[target_label]};
  }
  std::string source(std::size_t pair) const {
    return pair < n * n ? labels.names[pair / n] : pair < n * n + 2 ? "E" : "I";
  }
  std::string target(std::size_t pair) const {
    return pair < n * n ? labels.names[pair % n] : (pair - n * n) % 2 == 0 ? "E" : "I";
  }
};

struct Accumulator {
  Accumulator(const CorrelationRequest& request, const Pairs& all_pairs)
      : pairs(all_pairs),
        bins(request.low, request.high, request.bin_width, request.closed),
        layout{bins.size()},
        low(request.low),
        high(request.high) {}

  void add(std::size_t pair, double correlation, double weight, std::span<double> all) const {
    const auto sums = all.subspan(pair * layout.width(), layout.width());
    sums[Layout::edges] += 1;
    if (std::isnan(correlation)) {
      sums[Layout::undefined] += 1;
      return;
    }
    if (correlation >= low && correlation <= high)
      LineSums::add(sums.subspan(Layout::line), correlation, weight);
    if (const auto bin = contrast_bins().index(correlation))
      add_to_bin(sums.subspan(Layout::contrast + 3 * *bin, 3), weight);
    if (const auto bin = bins.index(correlation))
      add_to_bin(sums.subspan(layout.curve() + 3 * *bin, 3), weight);
    WeightProfile::add(sums.subspan(layout.profile()), correlation, weight);
  }

  const Pairs& pairs;
  CorrelationBins bins;
  Layout layout;
  double low, high;
};

Table pair_table(const Accumulator& accumulator, std::span<const double> all) {
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> edges, undefined;
  std::vector<double> slope, intercept, swapped, r, p, anti, none, like, delta_anti, delta_like, half;
  const auto& layout = accumulator.layout;
  for (std::size_t pair = 0; pair < accumulator.pairs.count(); ++pair) {
    const auto sums = all.subspan(pair * layout.width(), layout.width());
    if (sums[Layout::edges] == 0) continue;
    sources.push_back(accumulator.pairs.source(pair));
    targets.push_back(accumulator.pairs.target(pair));
    edges.push_back(static_cast<std::int64_t>(sums[Layout::edges]));
    undefined.push_back(static_cast<std::int64_t>(sums[Layout::undefined]));
    const auto line = LineSums::fit(sums.subspan(Layout::line, LineSums::size));
    slope.push_back(line.slope);
    intercept.push_back(line.intercept);
    swapped.push_back(line.slope_swapped);
    r.push_back(line.r);
    p.push_back(line.p);
    const auto contrast = like_to_like(sums.subspan(Layout::contrast, 3 * contrast_bins().size()));
    anti.push_back(contrast.anti);
    none.push_back(contrast.none);
    like.push_back(contrast.like);
    delta_anti.push_back(contrast.delta_anti);
    delta_like.push_back(contrast.delta_like);
    half.push_back(WeightProfile::half_weight_fraction(sums.subspan(layout.profile(), WeightProfile::size)));
  }
  return {{{"source_type", std::move(sources)},
           {"target_type", std::move(targets)},
           {"edges", std::move(edges)},
           {"undefined", std::move(undefined)},
           {"slope(pA)", std::move(slope)},
           {"intercept(pA)", std::move(intercept)},
           {"slope_swapped(1/pA)", std::move(swapped)},
           {"r", std::move(r)},
           {"p", std::move(p)},
           {"anti(pA)", std::move(anti)},
           {"none(pA)", std::move(none)},
           {"like(pA)", std::move(like)},
           {"delta_anti", std::move(delta_anti)},
           {"delta_like", std::move(delta_like)},
           {"half_weight_fraction", std::move(half)}}};
}

Table bin_table(const Accumulator& accumulator, std::span<const double> all) {
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> edges;
  std::vector<double> centres, means, errors;
  const auto& layout = accumulator.layout;
  for (std::size_t pair = 0; pair < accumulator.pairs.count(); ++pair) {
    const auto sums = all.subspan(pair * layout.width(), layout.width());
    if (sums[Layout::edges] == 0) continue;
    for (std::size_t bin = 0; bin < layout.bins; ++bin) {
      const auto own = bin_mean(sums.subspan(layout.curve() + 3 * bin, 3));
      sources.push_back(accumulator.pairs.source(pair));
      targets.push_back(accumulator.pairs.target(pair));
      centres.push_back(accumulator.bins.centre(bin));
      edges.push_back(own.n);
      means.push_back(own.mean);
      errors.push_back(own.sem);
    }
  }
  return {{{"source_type", std::move(sources)},
           {"target_type", std::move(targets)},
           {"correlation", std::move(centres)},
           {"edges", std::move(edges)},
           {"mean_weight(pA)", std::move(means)},
           {"sem(pA)", std::move(errors)}}};
}

std::vector<std::optional<std::size_t>> limits_of(const CorrelationRequest& request, const Pairs& pairs) {
  constexpr double most = 2e7;  // points of 32 bytes on every rank
  double points = 0;
  std::vector<std::optional<std::size_t>> limits(pairs.count());
  for (std::size_t pair = 0; pair < pairs.count(); ++pair) {
    if (request.samples > 0) limits[pair] = request.limits.find(pairs.source(pair), pairs.target(pair));
    points += static_cast<double>(limits[pair].value_or(0) * request.samples);
  }
  if (points > most)
    throw core::UsageError("{} samples hold {} connections (at most {}) take fewer or smaller ones",
                           request.samples, points, most);
  return limits;
}

void warn_of_unknown_pairs(const PairLimits& limits, const Pairs& pairs) {
  std::set<std::pair<std::string, std::string>> known;
  for (std::size_t pair = 0; pair < pairs.count(); ++pair)
    known.emplace(pairs.source(pair), pairs.target(pair));
  for (const auto& [pair, limit] : limits.of_pair)
    if (!known.contains(pair))
      core::log::warning("no cells of the pair {} -> {} for which a number of connections is given",
                         pair.first, pair.second);
}

Table sample_table(const Pairs& pairs, const std::vector<SampledLine>& lines) {
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> samples, edges;
  std::vector<double> slope, r, p;
  for (const auto& [pair, sample, line] : lines) {
    sources.push_back(pairs.source(pair));
    targets.push_back(pairs.target(pair));
    samples.push_back(static_cast<std::int64_t>(sample));
    edges.push_back(line.n);
    slope.push_back(line.slope);
    r.push_back(line.r);
    p.push_back(line.p);
  }
  return {{{"source_type", std::move(sources)},
           {"target_type", std::move(targets)},
           {"sample", std::move(samples)},
           {"edges", std::move(edges)},
           {"slope(pA)", std::move(slope)},
           {"r", std::move(r)},
           {"p", std::move(p)}}};
}

Provenance provenance_of(const CorrelationRequest& request, const Cells& cells,
                         const std::filesystem::path& edge_file) {
  return {.kind = "correlation",
          .inputs = {cells.nodes_file.string(), edge_file.string(),
                     request.responses ? request.responses->string()
                                       : fmt::format("{} … {} runs", request.protocol.runs.front(),
                                                     request.protocol.runs.size())},
          .options = {{"weights", request.weights_option},
                      {"respective layers", request.respective_layers ? "yes" : "no"},
                      {"range of correlations", fmt::format("{} to {}", request.low, request.high)},
                      {"bin width", fmt::format("{}", request.bin_width)},
                      {"samples", fmt::format("{}", request.samples)},
                      {"seed", fmt::format("{}", request.seed)},
                      {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
}

}  // namespace

CountMatrix read_count_matrix(const std::filesystem::path& path, const Cells& core) {
  constexpr const char* dataset = "/arr_0";
  constexpr double largest = std::numeric_limits<std::int16_t>::max();
  const auto file = io::h5::File::open(path);
  const auto shape = io::h5::dataset_info(file, dataset).shape;
  if (shape.size() != 2 || shape[1] < 2)
    throw core::FormatError("{} of {} is no table (one row per node, one column per image, at least two)",
                            dataset, path);
  std::vector<Count> counts;
  constexpr std::uint64_t most_images = 1'000'000, numbers_at_once = 1 << 20;
  if (shape[1] > most_images)
    throw core::FormatError("{} of {} has {} columns (one per image, at most {})", dataset, path, shape[1],
                            most_images);
  counts.reserve(core.size() * shape[1]);
  const std::uint64_t rows_at_once = std::max<std::uint64_t>(1, numbers_at_once / shape[1]);
  std::uint64_t first = 0;
  std::vector<double> rows;  // from `first` on
  for (const auto id : core.node_id) {
    if (id >= shape[0])
      throw core::FormatError("{} of {} has {} rows and none for node {} (row i is that of node i)", dataset,
                              path, shape[0], id);
    if (id >= first + rows.size() / shape[1]) {
      first = id;
      rows = io::h5::read_table_rows<double>(file, dataset, shape[1], first,
                                             std::min(rows_at_once, shape[0] - first));
    }
    for (const double value : std::span(rows).subspan((id - first) * shape[1], shape[1])) {
      if (!(value >= 0) || value != std::floor(value) || value > largest)
        throw core::FormatError("{} in {} {} row {} (spike counts are whole numbers from 0 to {})", value,
                                path, dataset, id, largest);
      counts.push_back(static_cast<Count>(value));
    }
  }
  return {counts, shape[1]};
}

std::vector<std::filesystem::path> make_correlation(const CorrelationRequest& request,
                                                    const core::Comm& comm) {
  const auto cells = read_cells(request.base, request.core);
  const auto core = core_cells(cells);
  const auto labels = labels_of(cells, request.pooling);
  const Pairs pairs(labels);
  const auto limits = limits_of(request, pairs);
  if (comm.is_root()) warn_of_unknown_pairs(request.limits, pairs);
  const auto edge_file = v1_edge_file(request.base, request.weights_option);
  const auto offsets = core_edge_offsets(edge_file, cells, comm, request.block_rows);
  const auto counts = response_counts(request, core, comm);
  const auto provenance = provenance_of(request, cells, edge_file);
  const auto named = [&](const char* pattern) {
    return table_file(pattern, request.output_directory, request.option);
  };
  const auto values_file = named(correlation_files.items[0]), pairs_file = named(correlation_files.items[1]),
             bins_file = named(correlation_files.items[2]);

  std::vector<std::uint32_t> matrix_row(cells.size(), 0);
  for (std::uint32_t i = 0; const auto row : core_rows(cells)) matrix_row[row] = i++;
  const Accumulator accumulator(request, pairs);
  PairSamples samples(limits, request.samples, request.seed);
  auto array_file = create_array_file(values_file, provenance, comm);
  for (const char* dataset : {correlations_dataset, distances_dataset})
    io::h5::create_dataset<double>(array_file, dataset, std::array{offsets.back()});
  const auto visit = [&](std::uint64_t block, const CoreEdges& edges, std::span<double> sums) {
    std::vector<double> correlations, distances;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const auto source = edges.source[i], target = edges.target[i];
      const double r = counts.correlation(matrix_row[source], matrix_row[target]);
      correlations.push_back(r);
      distances.push_back(std::hypot(cells.x[source] - cells.x[target], cells.z[source] - cells.z[target]));
      if (request.respective_layers && !in_respective_layers(cells.type_of(source), cells.type_of(target)))
        continue;
      for (const auto pair :
           pairs.of(labels.of_type[cells.type[source]], labels.of_type[cells.type[target]])) {
        accumulator.add(pair, r, edges.weight[i], sums);
        if (r >= request.low && r <= request.high) samples.add(pair, offsets[block] + i, r, edges.weight[i]);
      }
    }
    if (edges.size() == 0) return;
    io::h5::write_rows<double>(array_file, correlations_dataset, offsets[block], correlations);
    io::h5::write_rows<double>(array_file, distances_dataset, offsets[block], distances);
  };
  const auto sums = sum_core_edge_blocks(edge_file, cells, pairs.count() * accumulator.layout.width(), visit,
                                         comm, request.block_rows);
  finish_array_file(array_file, values_file, comm);
  const auto points = gather_to_root(std::span<const SampledPoint>(samples.points()), comm);
  if (comm.is_root()) {
    core::log::info("{} connections between {} core cells, {} images", offsets.back(), core.size(),
                    counts.images());
    write_csv(pairs_file, pair_table(accumulator, sums), ',', provenance);
    write_csv(bins_file, bin_table(accumulator, sums), ',', provenance);
  }
  std::vector<std::filesystem::path> files{values_file, pairs_file, bins_file};
  if (request.numpy)
    for (std::size_t k = 0; const char* dataset : {correlations_dataset, distances_dataset}) {
      files.push_back(named(correlation_in_numpy.writes.items[k++]));
      if (comm.is_root()) write_npy_copy(values_file, {.name = dataset + 1}, files.back(), provenance);
    }
  if (request.samples == 0) return files;
  files.push_back(named("{tables}/correlation_samples_{option}.csv"));
  if (comm.is_root())
    write_csv(files.back(), sample_table(pairs, fit_samples(points, limits)), ',', provenance);
  return files;
}

std::vector<std::filesystem::path> run_correlation(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto paradigm =
      io::read_paradigm(values.text(values.given("images") ? "images" : "paradigm"), nullptr);
  const auto responses = path_if(values, "responses");
  const auto limits_file = path_if(values, "limits");
  auto limits = limits_file ? read_pair_limits(*limits_file) : PairLimits{};
  if (const auto limit = values.whole_if("limit")) limits.others = static_cast<std::size_t>(*limit);
  CorrelationRequest request{
      .base = call.base(),
      .option = responses ? name_beside_usual(call, responses->stem().string()) : result_name(call, paradigm),
      .output_directory = output_directory(call, paradigm, image_net),
      .protocol = {},
      .responses = responses,
      .weights_option = values.is("weights", "plain") ? "plain" : call.option(),
      .respective_layers = values.is("layers", "respective"),
      .pooling = pooling(values),
      .low = values.number("from"),
      .high = values.number("to"),
      .bin_width = values.number("bin"),
      .closed = values.is("closed", "right") ? CorrelationBins::Closed::right : CorrelationBins::Closed::left,
      .limits = std::move(limits),
      .samples = static_cast<std::size_t>(values.whole_if("samples").value_or(0)),
      .seed = static_cast<std::uint64_t>(values.whole("seed")),
      .core = core_rule(values),
      .numpy = values.is("format", "npy")};
  const double bins = (request.high - request.low) / request.bin_width;
  if (!(bins > 0.5) || std::abs(bins - std::round(bins)) > 1e-6)
    throw core::UsageError("invalid --from {} --to {} --bin {} (no whole number of bins)", request.low,
                           request.high, request.bin_width);
  if (!request.responses) {
    require_served(images_refusal(paradigm), paradigm, "correlation");
    request.protocol = protocol_of(call, paradigm, Unlabelled::own_image);
  }
  return make_correlation(request, world);
}

}  // namespace striate::metrics
