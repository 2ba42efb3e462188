// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/images/image_selectivity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "core/errors/error.hpp"
#include "metrics/analyses/tuning/similarity.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/numpy_copies.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/math/statistics.hpp"
#include "metrics/math/tuning_measures.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

constexpr const char *selectivity_name = "image_selectivity", *rate_name = "firing_rate(Hz)",
                     *similarity_file = "{tables}/image_similarity_{option}.csv";

/// The rates in every slot: rates_core (runs x cells x slots), labels_core (runs x slots) with the number of
/// images for the blank, node_id.
void write_cache(const fs::path& file_name, const TrialCounts& counts, const ImageProtocol& protocol,
                 const Cells& core, const Provenance& provenance, const core::Comm& comm) {
  const std::uint64_t runs = counts.trials, slots = counts.bins;
  io::h5::File file;
  if (comm.is_root()) {
    file = create_array_file(file_name, provenance);
    io::h5::create_dataset<float>(file, "/rates_core", std::array{runs, std::uint64_t{core.size()}, slots},
                                  {.deflate = 1, .chunk_rows = 1});
    io::h5::create_dataset<std::int64_t>(file, "/labels_core", std::array{runs, slots});
    std::vector<std::int64_t> labels(protocol.shown.begin(), protocol.shown.end());
    std::ranges::replace(labels, ImageProtocol::no_image, static_cast<std::int64_t>(protocol.images));
    io::h5::write_rows<std::int64_t>(file, "/labels_core", 0, labels);
    io::h5::write<std::uint64_t>(file, "/node_id", core.node_id);
  }
  for (std::size_t run = 0; run < runs; ++run) {
    std::vector<Count> mine;  // cell by cell
    for (std::size_t cell = 0; cell < counts.cells.count(); ++cell)
      for (std::size_t slot = 0; slot < slots; ++slot) mine.push_back(counts.at(run, slot, cell));
    const auto all = gather_to_root(std::span<const Count>(mine), comm);
    std::vector<float> rates;
    for (const auto count : all) rates.push_back(static_cast<float>(count / protocol.slots.width_s));
    if (comm.is_root()) io::h5::write_rows<float>(file, "/rates_core", run, rates);
  }
  if (comm.is_root()) finish_array_file(file, file_name);
}

/// The reference's arrays: as many slots as there are images, without the blank at the end.
void write_numpy_cache(const fs::path& cache, std::uint64_t images, const Provenance& provenance) {
  const auto array_file = cache / "rates_core.h5";
  const NumpyCopy copies[] = {{.name = "rates_core", .type = io::NpyType::float16, .columns = images},
                              {.name = "labels_core", .type = io::NpyType::int16, .columns = images}};
  for (const auto& copy : copies)
    write_npy_copy(array_file, copy, cache / fmt::format("{}.npy", copy.name), provenance);
}

Table meta_table(const Cells& core) {
  std::vector<std::string> populations, types;
  for (std::size_t row = 0; row < core.size(); ++row) {
    populations.push_back(core.population_of(row));
    types.push_back(core.type_of(row));
  }
  return {{{"node_id", std::vector<std::int64_t>(core.node_id.begin(), core.node_id.end())},
           {"pop_name", std::move(populations)},
           {"cell_type", std::move(types)}}};
}

struct Values {
  std::size_t cells = 0;
  std::vector<double> selectivity, rate;  ///< without NaN
  double sum = 0, squares = 0;  ///< of the mean rates of all cells to all images
};
using ValuesByType = std::map<std::string, Values>;

ValuesByType model_values(const Cells& core, const std::vector<ImageResponse>& responses) {
  ValuesByType values;
  for (std::size_t row = 0; row < core.size(); ++row) {
    auto& of_type = values[core.type_of(row)];
    ++of_type.cells;
    of_type.rate.push_back(responses[row].rate);
    of_type.sum += responses[row].sum;
    of_type.squares += responses[row].squares;
    if (!std::isnan(responses[row].selectivity)) of_type.selectivity.push_back(responses[row].selectivity);
  }
  return values;
}

/// Adds those of a table of units or cells.
void add_values(ValuesByType& values, const fs::path& file, const std::string& origin) {
  const auto table = io::read_delimited_table(file, ',', origin);
  const std::size_t type_column = table.column("cell_type"), selectivity = table.column(selectivity_name);
  const bool has_rate = std::ranges::find(table.columns, rate_name) != table.columns.end();
  const auto keep = [](std::vector<double>& list, double value) {
    if (!std::isnan(value)) list.push_back(value);
  };
  for (const auto& row : table.rows) {
    auto& of_type = values[clean_label(row.cells[type_column])];
    ++of_type.cells;
    keep(of_type.selectivity, number_or_nan(table, row, selectivity));
    if (has_rate) keep(of_type.rate, number_or_nan(table, row, table.column(rate_name)));
  }
}

ValuesByType recorded_values(const fs::path& file) {
  ValuesByType values;
  add_values(values, file, "recorded units with their image_selectivity");
  return values;
}

std::vector<double> sorted(std::vector<double> values) {
  std::ranges::sort(values);
  return values;
}

/// Types of the recordings, and the L5 subtypes against their L5_Exc; the model's L5_Exc is its subtypes'.
Table similarity_table(ValuesByType model, const ValuesByType& recorded, int resamples) {
  for (const char* subtype : {"L5_ET", "L5_IT", "L5_NP"}) {
    if (!model.contains(subtype)) continue;
    const auto own = model.at(subtype);
    auto& pooled = model["L5_Exc"];
    pooled.selectivity.insert(pooled.selectivity.end(), own.selectivity.begin(), own.selectivity.end());
    pooled.rate.insert(pooled.rate.end(), own.rate.begin(), own.rate.end());
  }
  std::vector<std::string> types, metrics;
  std::vector<double> values, low, high;
  std::vector<std::int64_t> n_model, n_recorded, few;
  for (const auto& type : sorted_types(model)) {
    const std::string counterpart = recorded.contains(type) ? type : aggregate_l5(type);
    if (!recorded.contains(counterpart)) continue;
    for (const auto member : {&Values::selectivity, &Values::rate}) {
      const auto own = sorted(model.at(type).*member), other = sorted(recorded.at(counterpart).*member);
      if (own.empty() || other.empty()) continue;
      const auto similarity = similarity_of(own, other, values.size(), resamples);
      types.push_back(type);
      metrics.emplace_back(member == &Values::selectivity ? "image_selectivity" : "firing_rate");
      values.push_back(similarity.value);
      low.push_back(similarity.low);
      high.push_back(similarity.high);
      n_model.push_back(static_cast<std::int64_t>(own.size()));
      n_recorded.push_back(static_cast<std::int64_t>(other.size()));
      few.push_back(std::min(own.size(), other.size()) < small_sample ? 1 : 0);
    }
  }
  return {{{"cell_type", std::move(types)},
           {"metric", std::move(metrics)},
           {"similarity", std::move(values)},
           {"ci_low", std::move(low)},
           {"ci_high", std::move(high)},
           {"n_model", std::move(n_model)},
           {"n_reference", std::move(n_recorded)},
           {"small_sample", std::move(few)}}};
}

}  // namespace

Table image_unit_table(const std::string& network, const std::string& option, const Cells& cells,
                       const std::vector<ImageResponse>& responses) {
  std::vector<double> selectivity, by_thresholds, rate;
  for (const auto& response : responses) {
    selectivity.push_back(response.selectivity);
    by_thresholds.push_back(response.by_thresholds);
    rate.push_back(response.rate);
  }
  Table table{{{"network", std::vector<std::string>(cells.size(), network)},
               {"network_type", std::vector<std::string>(cells.size(), option)}}};
  auto meta = meta_table(cells);
  for (auto& column : meta.columns) table.columns.push_back(std::move(column));
  table.columns.push_back({selectivity_name, selectivity});
  table.columns.push_back({"lifetime_sparsity", selectivity});
  table.columns.push_back({rate_name, std::move(rate)});
  table.columns.push_back({"image_selectivity_ns", std::move(by_thresholds)});
  return table;
}

Table image_type_table(const std::string& option, const Cells& own_cells,
                       const std::vector<ImageResponse>& responses, std::size_t images) {
  const auto values = model_values(own_cells, responses);
  const auto types = sorted_types(values);
  std::vector<std::int64_t> cells, defined;
  std::vector<double> selectivity, selectivity_sd, rate, rate_sd, population;
  for (const auto& type : types) {
    const auto& of_type = values.at(type);
    cells.push_back(static_cast<std::int64_t>(of_type.cells));
    defined.push_back(static_cast<std::int64_t>(of_type.selectivity.size()));
    selectivity.push_back(mean(of_type.selectivity));
    selectivity_sd.push_back(deviation(of_type.selectivity, 1));
    rate.push_back(mean(of_type.rate));
    rate_sd.push_back(deviation(of_type.rate, 1));
    population.push_back(sparsity_of_sums(of_type.cells * images, of_type.sum, of_type.squares));
  }
  return {{{"network_type", std::vector<std::string>(types.size(), option)},
           {"cell_type", std::move(types)},
           {"mean_image_selectivity", std::move(selectivity)},
           {"std_image_selectivity", std::move(selectivity_sd)},
           {"n_units", std::move(defined)},
           {"n_cells", std::move(cells)},
           {"firing_rate_mean(Hz)", std::move(rate)},
           {"firing_rate_sd(Hz)", std::move(rate_sd)},
           {"population_sparsity", std::move(population)}}};
}

namespace {

/// Cells of all networks against the recordings, from the networks' tables of cells. On the root.
void write_pooled_similarity(const fs::path& file, const ImagesRequest& request, const NetworkPaths& networks,
                             const NetworkPaths& tables) {
  Provenance provenance{
      .kind = "images", .inputs = {}, .options = {{"resamples", fmt::format("{}", request.resamples)}}};
  describe_networks(provenance, networks);
  ValuesByType pooled;
  MadeAlike alike;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    add_values(pooled, tables[i],
               fmt::format("made by 'striate metrics images {} {}'", networks[i].string(), request.option));
    alike.add(tables[i], networks[i]);
    provenance.inputs.push_back(tables[i].string());
  }
  provenance.inputs.push_back(request.recordings->string());
  write_csv(file,
            similarity_table(std::move(pooled), recorded_values(*request.recordings), request.resamples), ',',
            provenance);
}

}  // namespace

ImageProtocol by_position(const ImageProtocol& protocol) {
  auto relabelled = protocol;
  const std::size_t slots = protocol.slots.count;
  relabelled.images = std::min(protocol.images, slots);
  for (std::size_t i = 0; i < relabelled.shown.size(); ++i)
    relabelled.shown[i] =
        i % slots < relabelled.images ? static_cast<std::int32_t>(i % slots) : ImageProtocol::no_image;
  return relabelled;
}

ImageResponse image_response(std::span<const Count> sums, std::span<const std::size_t> times_shown,
                             double slot_s) {
  std::vector<double> rates;
  double spikes = 0, seconds = 0;
  for (std::size_t image = 0; image < sums.size(); ++image) {
    if (times_shown[image] == 0)
      throw core::FormatError("image {} is never shown (labels must have all numbers from 0 to {})", image,
                              sums.size() - 1);
    const double time = static_cast<double>(times_shown[image]) * slot_s;
    rates.push_back(sums[image] / time);
    spikes += sums[image];
    seconds += time;
  }
  ImageResponse response{.selectivity = sparsity(rates),
                         .by_thresholds = threshold_selectivity(rates),
                         .rate = spikes / seconds};
  for (const double rate : rates) {
    response.sum += rate;
    response.squares += rate * rate;
  }
  return response;
}

std::vector<fs::path> make_images(const ImagesRequest& request, const core::Comm& comm) {
  const auto core = core_cells(read_cells(request.base, request.core));
  const auto protocol =
      request.average == ImageAverage::label ? request.protocol : by_position(request.protocol);
  const auto recorded = request.recordings ? recorded_values(*request.recordings) : ValuesByType{};
  const auto counts = count_slots(protocol, core, comm);
  const auto sums = sum_by_image(counts, protocol);
  const auto times_shown = presentations(protocol);
  std::vector<ImageResponse> local;
  for (std::size_t cell = 0; cell < counts.cells.count(); ++cell)
    local.push_back(image_response(std::span(sums).subspan(cell * protocol.images, protocol.images),
                                   times_shown, protocol.slots.width_s));
  const auto responses = gather_to_root(std::span<const ImageResponse>(local), comm);

  Provenance provenance{
      .kind = "images",
      .inputs = {core.nodes_file.string(),
                 fmt::format("{} … {} runs", protocol.runs.front(), protocol.runs.size())},
      .options = {{"averaged by", request.average == ImageAverage::label ? "label" : "position"},
                  {"images", fmt::format("{}", protocol.images)},
                  {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  const auto named = [&](const char* pattern) {
    return table_file(pattern, request.output_directory, request.option);
  };
  std::vector<fs::path> files;
  const auto write = [&](const fs::path& file, const auto& make_table) {
    files.push_back(file);
    if (comm.is_root()) write_csv(file, make_table(), ',', provenance);
  };
  if (request.cache_directory) {
    files.push_back(*request.cache_directory / "rates_core.h5");
    write_cache(files.back(), counts, request.protocol, core, provenance, comm);
    write(*request.cache_directory / "meta_core.csv", [&] { return meta_table(core); });
    if (request.numpy) {
      for (const char* name : {"rates_core.npy", "labels_core.npy"})
        files.push_back(*request.cache_directory / name);
      if (comm.is_root()) write_numpy_cache(*request.cache_directory, request.protocol.images, provenance);
    }
  }
  const auto name = network_name(request.base);
  write(named(images_files.items[0]),
        [&] { return image_unit_table(name, request.option, core, responses); });
  write(named(images_files.items[1]),
        [&] { return image_type_table(request.option, core, responses, protocol.images); });
  if (request.recordings) {
    provenance.inputs.push_back(request.recordings->string());
    provenance.options.emplace_back("resamples", fmt::format("{}", request.resamples));
    write(named(similarity_file),
          [&] { return similarity_table(model_values(core, responses), recorded, request.resamples); });
  }
  return files;
}

std::vector<fs::path> run_images(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto paradigm = paradigm_of(call);
  require_served(images_refusal(paradigm), paradigm, "images");
  const auto networks = all_networks(call);
  const SampledTable samples{.kind = "images",
                             .each = images_files.items[1],
                             .means = "{tables}/image_networks_{option}.csv",
                             .keys = {"cell_type"},
                             .number_keys = {},
                             .values = {"mean_image_selectivity", "firing_rate_mean(Hz)"}};
  const auto option = result_name(call, paradigm);
  const auto output = output_directory(call, paradigm, observatory);
  const auto folder = paradigm.tables_folder(observatory);
  const auto tables = sampled_files(samples, networks, folder, output, option);
  NetworkPaths unit_tables;  // read where all cells are compared with recordings
  if (networks.size() > 1 && values.given("reference"))
    unit_tables = sampled_files({.kind = "images",
                                 .each = images_files.items[0],
                                 .means = {},
                                 .keys = {},
                                 .number_keys = {},
                                 .values = {}},
                                networks, folder, output, option);
  ImagesRequest request{
      .base = call.base(),
      .option = option,
      .output_directory = output,
      .cache_directory = {},
      .protocol = protocol_of(call, paradigm, Unlabelled::refused),
      .average = values.is("average", "label") ? ImageAverage::label : ImageAverage::position,
      .recordings = path_if(values, "reference"),
      .resamples = static_cast<int>(values.whole("resamples")),
      .core = core_rule(values),
      .numpy = values.is("format", "npy")};
  if (values.is("cache", "yes")) {
    const bool beside_network =
        request.output_directory == call.base() / "metrics" && !values.given("output_dir");
    request.cache_directory =
        (beside_network ? call.base() : request.output_directory) / ("cached_rates_" + request.option);
  }
  auto files = make_images(request, world);
  for (const auto& file : make_network_means(samples, networks, tables, output, option, world))
    files.push_back(file);
  if (!unit_tables.empty()) {
    files.push_back(table_file(similarity_file, output, pooled_name(option, networks.size())));
    if (world.is_root()) write_pooled_similarity(files.back(), request, networks, unit_tables);
  }
  return files;
}

}  // namespace striate::metrics
