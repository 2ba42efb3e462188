// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/correlation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/network_paths.hpp"
#include "core/values/nan.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/numpy_copies.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr const char *correlations_dataset = "/response_correlations", *distances_dataset = "/distances";

/// Of one network's core cells.
CountMatrix response_counts(const CorrelationRequest& request, std::size_t network, const Cells& core,
                            const core::Comm& comm) {
  if (!request.responses.empty()) return read_count_matrix(request.responses[network], core);
  const auto& protocol = request.protocols[network];
  const auto times = presentations(protocol);
  for (std::size_t image = 1; image < times.size(); ++image)
    if (times[image] != times[0])
      throw core::FormatError(
          "image {} is shown {} times, image 0 {} times (all must be shown equally often to be compared)",
          image, times[image], times[0]);
  const auto local = sum_by_image(count_slots(protocol, core, comm), protocol);
  return {comm.all_gather_v(std::span<const Count>(local)), protocol.images};
}

std::vector<std::optional<std::size_t>> limits_of(const CorrelationRequest& request,
                                                  const CorrelatedPairs& pairs) {
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

void warn_of_unknown_pairs(const PairLimits& limits, const CorrelatedPairs& pairs) {
  std::set<std::pair<std::string, std::string>> known;
  for (std::size_t pair = 0; pair < pairs.count(); ++pair)
    known.emplace(pairs.source(pair), pairs.target(pair));
  for (const auto& [pair, limit] : limits.of_pair)
    if (!known.contains(pair))
      core::log::warning("no cells of the pair {} -> {} for which a number of connections is given",
                         pair.first, pair.second);
}

Provenance provenance_of(const CorrelationRequest& request) {
  Provenance provenance{
      .kind = "correlation",
      .inputs = {},
      .options = {{"weights", request.weights_option},
                  {"respective layers", request.respective_layers ? "yes" : "no"},
                  {"range of correlations", fmt::format("{} to {}", request.range.low, request.range.high)},
                  {"bin width", fmt::format("{}", request.range.bin_width)},
                  {"samples", fmt::format("{}", request.samples)},
                  {"seed", fmt::format("{}", request.seed)},
                  {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  describe_networks(provenance, request.networks);
  describe_inputs(provenance, request);
  return provenance;
}

/// A value for each connection in the core, in the order of the edge file; nowhere for pooled networks.
class EdgeValues {
 public:
  EdgeValues(std::filesystem::path file, const Provenance& provenance, std::uint64_t connections,
             const core::Comm& comm)
      : path_(std::move(file)), comm_(comm), file_(create_array_file(path_, provenance, comm)) {
    for (const char* dataset : {correlations_dataset, distances_dataset})
      io::h5::create_dataset<double>(file_, dataset, std::array{connections});
  }
  void write(std::uint64_t first, std::span<const double> correlations, std::span<const double> distances) {
    io::h5::write_rows<double>(file_, correlations_dataset, first, correlations);
    io::h5::write_rows<double>(file_, distances_dataset, first, distances);
  }
  void finish() { finish_array_file(file_, path_, comm_); }

 private:
  std::filesystem::path path_;
  const core::Comm& comm_;
  io::h5::File file_;
};

/// What is summed over networks.
struct Totals {
  std::vector<double> sums;  ///< on the root
  std::uint64_t connections = 0;
  std::size_t images = 0;
};

/// Adds a network's connections. Collective.
void add_network(Totals& totals, PairSamples& samples, std::size_t network,
                 const CorrelationAccumulator& accumulator, const CorrelationRequest& request,
                 const Provenance& provenance, const std::filesystem::path& values_file,
                 const core::Comm& comm) {
  const auto& base = request.networks[network];
  const auto& pairs = accumulator.pairs;
  const auto cells = read_cells(base, request.core);
  const auto core = core_cells(cells);
  const auto labels = labels_among(pairs.names, cells, request.pooling);
  const auto edge_file = v1_edge_file(base, request.weights_option);
  const auto offsets = core_edge_offsets(edge_file, cells, comm, request.block_rows);
  const auto counts = response_counts(request, network, core, comm);
  if (network > 0 && counts.images() != totals.images)
    throw core::FormatError("{} responses in {}, {} in {} (only equal runs can be pooled)", counts.images(),
                            base, totals.images, request.networks.front());
  totals.images = counts.images();
  std::vector<std::uint32_t> matrix_row(cells.size(), 0);
  for (std::uint32_t i = 0; const auto row : core_rows(cells)) matrix_row[row] = i++;
  std::optional<EdgeValues> values;
  if (request.networks.size() == 1) values.emplace(values_file, provenance, offsets.back(), comm);
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
        if (accumulator.range.covers(r))
          samples.add(pair, totals.connections + offsets[block] + i, r, edges.weight[i]);
      }
    }
    if (edges.size() > 0 && values) values->write(offsets[block], correlations, distances);
  };
  add_sums(totals.sums, sum_core_edge_blocks(edge_file, cells, pairs.count() * accumulator.width(), visit,
                                             comm, request.block_rows));
  if (values) values->finish();
  totals.connections += offsets.back();
  if (comm.is_root())
    core::log::info("{}: {} connections between {} core cells, {} images", base, offsets.back(), core.size(),
                    counts.images());
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
  const CorrelatedPairs pairs(labels_of_all(request.networks, request.core, request.pooling));
  const auto limits = limits_of(request, pairs);
  if (comm.is_root()) warn_of_unknown_pairs(request.limits, pairs);
  const auto provenance = provenance_of(request);
  const auto named = [&](const char* pattern) {
    return table_file(pattern, request.output_directory,
                      pooled_name(request.option, request.networks.size()));
  };
  const auto values_file = named(correlation_files.items[0]), pairs_file = named(correlation_files.items[1]),
             bins_file = named(correlation_files.items[2]), fits_file = named(correlation_files.items[3]);
  const CorrelationAccumulator accumulator(request.range, pairs);
  PairSamples samples(limits, request.samples, request.seed);
  Totals totals;
  for (std::size_t network = 0; network < request.networks.size(); ++network)
    add_network(totals, samples, network, accumulator, request, provenance, values_file, comm);
  const auto points = gather_to_root(std::span<const SampledPoint>(samples.points()), comm);
  if (comm.is_root()) {
    write_csv(pairs_file, pair_table(accumulator, totals.sums), ',', provenance);
    write_csv(bins_file, bin_table(accumulator, totals.sums), ',', provenance);
    write_csv(fits_file, fit_table(accumulator, totals.sums), ',', provenance);
  }
  std::vector<std::filesystem::path> files{pairs_file, bins_file, fits_file};
  if (request.networks.size() == 1) files.insert(files.begin(), values_file);
  if (request.numpy)
    for (std::size_t k = 0; const char* dataset : {correlations_dataset, distances_dataset}) {
      files.push_back(named(correlation_in_numpy.writes.items[k++]));
      if (comm.is_root()) write_npy_copy(values_file, {.name = dataset + 1}, files.back(), provenance);
    }
  if (request.measured) {
    files.push_back(named("{tables}/correlation_em_{option}.csv"));
    const auto measured =
        read_em(em_correlation, *request.measured, request.pooling.l5, request.range.low, request.range.high);
    if (comm.is_root())
      write_csv(files.back(), em_fit_table(em_correlation, em_samples(em_correlation, measured)), ',',
                {.kind = "correlation", .inputs = {request.measured->string()}, .options = {}});
  }
  if (request.samples == 0) return files;
  files.push_back(named("{tables}/correlation_samples_{option}.csv"));
  if (comm.is_root())
    write_csv(files.back(), sample_table(pairs, fit_samples(points, limits)), ',', provenance);
  return files;
}

void describe_inputs(Provenance& provenance, const CorrelationRequest& request) {
  for (std::size_t i = 0; i < request.networks.size(); ++i) {
    const core::NetworkPaths paths{request.networks[i]};
    provenance.inputs.push_back(paths.nodes(core::v1_population).string());
    provenance.inputs.push_back(v1_edge_file(request.networks[i], request.weights_option).string());
    if (!request.responses.empty())
      provenance.inputs.push_back(request.responses[i].string());
    else
      provenance.inputs.push_back(
          fmt::format("{} … {} runs", request.protocols[i].runs.front(), request.protocols[i].runs.size()));
  }
}

void set_responses(CorrelationRequest& request, const core::Call& call, const io::Paradigm& paradigm) {
  const auto responses = path_if(call.values, "responses");
  if (!responses) require_served(images_refusal(paradigm), paradigm, call.kind->name);
  for (const auto& network : request.networks) {
    auto of_network = call;
    of_network.arguments["BASE"] = {network.string()};
    if (responses)
      request.responses.push_back(request.networks.size() > 1 ? network / *responses : *responses);
    else
      request.protocols.push_back(protocol_of(of_network, paradigm, Unlabelled::own_image));
  }
}

OpenNetwork correlation_networks(const CorrelationRequest& request, const DrawnPairs& pairs,
                                 const core::Comm& comm) {
  return [&request, &pairs, &comm](std::size_t i) {
    auto network =
        std::make_unique<DrawnNetwork>(request.networks[i], request.weights_option, request.core, pairs);
    const auto core = core_cells(network->cells);
    const auto counts = std::make_shared<CountMatrix>(response_counts(request, i, core, comm));
    std::vector<std::uint32_t> matrix_row(network->cells.size(), 0);
    for (std::uint32_t k = 0; const auto row : core_rows(network->cells)) matrix_row[row] = k++;
    network->value = [counts, matrix_row = std::move(matrix_row), range = request.range](
                         std::uint32_t source, std::uint32_t target) {
      const double r = counts->correlation(matrix_row[source], matrix_row[target]);
      return range.covers(r) ? r : nan;
    };
    return network;
  };
}

namespace {

/// As many connections of each pair as were measured.
PairLimits measured_limits(const std::filesystem::path& file, bool pool_l5) {
  const auto measured = read_em(em_correlation, file, pool_l5, em_correlation.low, em_correlation.high);
  PairLimits limits;
  for (std::size_t pair = 0; pair < measured.names.size(); ++pair)
    limits.of_pair[measured.names[pair]] = measured.points[pair].size();
  limits.of_pair[all_excitatory] = measured.size();
  return limits;
}

}  // namespace

std::vector<std::filesystem::path> run_correlation(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto paradigm =
      io::read_paradigm(values.text(values.given("images") ? "images" : "paradigm"), nullptr);
  const auto responses = path_if(values, "responses");
  const auto limits_file = path_if(values, "limits");
  auto limits = limits_file ? read_pair_limits(*limits_file) : PairLimits{};
  if (const auto limit = values.whole_if("limit")) limits.others = static_cast<std::size_t>(*limit);
  const auto measured = path_if(values, "em");
  if (measured && !limits_file && !values.given("limit"))
    limits = measured_limits(*measured, pooling(values).l5);
  const auto networks = all_networks(call);
  if (networks.size() > 1 && values.is("format", "npy"))
    throw core::UsageError("--format npy with --networks (pooled networks have no arrays) leave one out");
  CorrelationRequest request{
      .networks = networks,
      .option = responses ? name_beside_usual(call, responses->stem().string()) : result_name(call, paradigm),
      .output_directory = output_directory(call, paradigm, image_net),
      .protocols = {},
      .responses = {},
      .weights_option = values.is("weights", "plain") ? "plain" : call.option(),
      .respective_layers = values.is("layers", "respective"),
      .pooling = pooling(values),
      .range = {.low = values.number("from"),
                .high = values.number("to"),
                .bin_width = values.number("bin"),
                .closed = values.is("closed", "right") ? CorrelationBins::Closed::right
                                                       : CorrelationBins::Closed::left},
      .measured = measured,
      .limits = std::move(limits),
      .samples = static_cast<std::size_t>(values.whole_if("samples").value_or(0)),
      .seed = static_cast<std::uint64_t>(values.whole("seed")),
      .core = core_rule(values),
      .numpy = values.is("format", "npy")};
  const auto& range = request.range;
  const double bins = (range.high - range.low) / range.bin_width;
  if (!(bins > 0.5) || std::abs(bins - std::round(bins)) > 1e-6)
    throw core::UsageError("invalid --from {} --to {} --bin {} (no whole number of bins)", range.low,
                           range.high, range.bin_width);
  set_responses(request, call, paradigm);
  return make_correlation(request, world);
}

}  // namespace striate::metrics
