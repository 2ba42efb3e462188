// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/images/response_file.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/network_paths.hpp"
#include "core/values/nan.hpp"
#include "io/hdf5/content_hash.hpp"
#include "io/sonata/nodes.hpp"
#include "io/text/atomic_file.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
namespace h5 = io::h5;
using core::nan;

double variance(std::span<const double> values) {
  const double sd = deviation(values, 0);
  return sd * sd;
}

/// Slots of the protocol that are over when runs end.
std::size_t whole_slots(const ResponsesRequest& request) {
  const auto& slots = request.protocol.slots;
  const double left_s = request.duration_ms / 1000 - slots.begin_s - request.latency_ms / 1000;
  constexpr double rounding = 1e-9;
  const double whole = std::floor(left_s / slots.width_s + rounding);
  if (!(whole >= 1))
    throw core::UsageError("no slot of {} ms that begins at {} ms is over at {} ms, when runs end",
                           slots.width_s * 1000, slots.begin_s * 1000 + request.latency_ms,
                           request.duration_ms);
  return std::min(slots.count, static_cast<std::size_t>(whole));
}

/// Later slots, without those that runs cut off.
ImageProtocol shifted(const ResponsesRequest& request) {
  auto protocol = request.protocol;
  const auto kept = whole_slots(request);
  if (kept < protocol.slots.count)
    core::log::warning("the last {} of {} slots of each run are left out (runs end before they do)",
                       protocol.slots.count - kept, protocol.slots.count);
  std::vector<std::int32_t> shown;
  for (std::size_t run = 0; run < protocol.runs.size(); ++run)
    for (std::size_t slot = 0; slot < kept; ++slot) shown.push_back(protocol.image(run, slot));
  protocol.shown = std::move(shown);
  protocol.slots.count = kept;
  protocol.slots.begin_s += request.latency_ms / 1000;
  return protocol;
}

/// Depths of the nodes; NaN where they have none.
std::vector<double> depths(const fs::path& base, const Cells& cells) {
  const core::NetworkPaths paths{base};
  std::vector<double> y(cells.size(), nan);
  for (const auto& population :
       io::read_node_populations({{.nodes_file = paths.nodes(core::v1_population), .node_types_file = {}}})) {
    const auto column = population.name == core::v1_population ? population.column("y") : std::nullopt;
    const auto* values = column ? std::get_if<std::vector<double>>(&*column) : nullptr;
    for (std::size_t node = 0; values != nullptr && node < values->size(); ++node)
      if (const auto row = cells.row_of(population.node_id[node])) y[*row] = (*values)[node];
  }
  return y;
}

/// Rows of all cells on the root from what ranks have of their cells: [row * local cells + cell].
std::vector<Count> gathered_rows(std::span<const Count> own, std::size_t rows, std::size_t cells,
                                 const core::Comm& comm) {
  const auto all = gather_to_root(own, comm);
  std::vector<Count> sorted(all.size());
  for (int rank = 0; rank < comm.size() && !all.empty(); ++rank) {
    const auto share = core::contiguous_share(cells, rank, comm.size());
    const auto from = static_cast<std::size_t>(share.first) * rows;
    for (std::size_t row = 0; row < rows; ++row)
      std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(from + row * share.count()), share.count(),
                  sorted.begin() + static_cast<std::ptrdiff_t>(row * cells + share.first));
  }
  return sorted;
}

/// Calls write(first row, rows of all cells) on the root, some rows at a time. `value`(row, local cell).
template <class Value, class Write>
void write_gathered(std::size_t rows, const Cells& cells, const core::Share& share, const core::Comm& comm,
                    const Value& value, const Write& write) {
  constexpr std::size_t numbers_at_once = std::size_t{1} << 22;
  const std::size_t step = std::max<std::size_t>(1, numbers_at_once / std::max<std::size_t>(1, cells.size()));
  for (std::size_t first = 0; first < rows; first += step) {
    const auto count = std::min(step, rows - first);
    std::vector<Count> own;
    own.reserve(count * share.count());
    for (std::size_t row = first; row < first + count; ++row)
      for (std::size_t cell = 0; cell < share.count(); ++cell) own.push_back(value(row, cell));
    const auto all = gathered_rows(own, count, cells.size(), comm);
    if (comm.is_root()) write(first, count, all);
  }
}

struct Shown {
  std::vector<std::int64_t> image;  ///< negative: none
  std::vector<std::uint32_t> run, slot;
};

Shown presentations_of(const ImageProtocol& protocol) {
  Shown shown;
  for (std::size_t run = 0; run < protocol.runs.size(); ++run)
    for (std::size_t slot = 0; slot < protocol.slots.count; ++slot) {
      shown.image.push_back(protocol.image(run, slot));
      shown.run.push_back(static_cast<std::uint32_t>(run));
      shown.slot.push_back(static_cast<std::uint32_t>(slot));
    }
  return shown;
}

void write_cells(const h5::File& file, const fs::path& base, const Cells& cells) {
  std::vector<std::uint16_t> type(cells.type.begin(), cells.type.end());
  h5::write<std::uint64_t>(file, "/node_id", cells.node_id);
  h5::write<std::uint16_t>(file, "/cell_type", type);
  h5::write_attribute(file, "/cell_type", "names", fmt::format("{}", fmt::join(cells.type_names, ",")));
  h5::write<double>(file, "/x", cells.x);
  h5::write<double>(file, "/y", depths(base, cells));
  h5::write<double>(file, "/z", cells.z);
}

/// The presentations of images that come at least twice, as many of each: [repetition][image] indices.
struct Repeats {
  std::size_t images = 0, repetitions = 0;
  std::vector<std::size_t> presentation;
};

Repeats repeats_of(const Shown& shown, std::size_t images) {
  std::vector<std::vector<std::size_t>> of_image(images);
  for (std::size_t i = 0; i < shown.image.size(); ++i)
    if (shown.image[i] != ImageProtocol::no_image)
      of_image[static_cast<std::size_t>(shown.image[i])].push_back(i);
  std::erase_if(of_image, [](const auto& each) { return each.size() < 2; });
  Repeats repeats{.images = of_image.size(), .repetitions = 0, .presentation = {}};
  if (of_image.size() < 2) return repeats;
  repeats.repetitions = std::ranges::min(of_image, {}, [](const auto& each) { return each.size(); }).size();
  for (std::size_t k = 0; k < repeats.repetitions; ++k)
    for (const auto& each : of_image) repeats.presentation.push_back(each[k]);
  return repeats;
}

Table oracle_table(const Cells& cells, const std::vector<Reliability>& values, const Repeats& repeats) {
  std::vector<std::string> types;
  std::vector<double> oracle, signal;
  for (std::size_t row = 0; row < cells.size(); ++row) {
    types.push_back(cells.type_of(row));
    oracle.push_back(values[row].oracle);
    signal.push_back(values[row].signal_variance);
  }
  const auto all = [&](std::size_t number) {
    return std::vector<std::int64_t>(cells.size(), static_cast<std::int64_t>(number));
  };
  return {{{"node_id", std::vector<std::int64_t>(cells.node_id.begin(), cells.node_id.end())},
           {"cell_type", std::move(types)},
           {"images", all(repeats.images)},
           {"repetitions", all(repeats.repetitions)},
           {"oracle", std::move(oracle)},
           {"signal_variance", std::move(signal)}}};
}

void require_rows_by_id(const Cells& cells) {
  for (std::size_t row = 0; row < cells.size(); ++row)
    if (cells.node_id[row] != row)
      throw core::FormatError(
          "node ids of {} are not 0, 1, 2, … (row i of arr_0 is node i) leave out --layout "
          "reference",
          cells.nodes_file);
}

}  // namespace

Reliability reliability(const std::vector<double>& responses, std::size_t repetitions) {
  const std::size_t images = repetitions == 0 ? 0 : responses.size() / repetitions;
  if (repetitions < 2 || images < 2) return {nan, nan};
  std::vector<double> total(images, 0), others(images);
  for (std::size_t i = 0; i < responses.size(); ++i) total[i % images] += responses[i];
  std::vector<double> correlations;
  double single = 0;
  const double n = static_cast<double>(repetitions);
  for (std::size_t k = 0; k < repetitions; ++k) {
    const auto own = std::span(responses).subspan(k * images, images);
    for (std::size_t i = 0; i < images; ++i) others[i] = (total[i] - own[i]) / (n - 1);
    correlations.push_back(pearson(own, others));
    single += variance(own) / n;
  }
  for (double& value : total) value /= n;
  return {.oracle = nan_mean(correlations),
          .signal_variance = single > 0 ? (n * variance(total) - single) / (n - 1) / single : nan};
}

std::vector<fs::path> make_responses(const ResponsesRequest& request, const core::Comm& comm) {
  const auto everyone = read_cells(request.base, request.core);
  const auto cells = request.core_only ? core_cells(everyone) : everyone;
  if (request.reference_layout) require_rows_by_id(cells);
  const auto protocol = shifted(request);
  const auto counts = count_slots(protocol, cells, comm);
  const auto shown = presentations_of(protocol);
  const auto by_image = sum_by_image(counts, protocol);
  const auto times_shown = presentations(protocol);
  const auto repeats = repeats_of(shown, protocol.images);
  const auto path = table_file(response_files.items[0], request.output_directory, request.option),
             oracle_path = table_file(oracle_file, request.output_directory, request.option);
  const Provenance provenance{
      .kind = "responses",
      .inputs = {cells.nodes_file.string(),
                 fmt::format("{} ({} runs)", protocol.runs.front().parent_path(), protocol.runs.size())},
      .options = {{"option", request.option},
                  {"slots (s)", fmt::format("{} from {}, {} each", protocol.slots.count,
                                            protocol.slots.begin_s, protocol.slots.width_s)},
                  {"latency (ms)", fmt::format("{}", request.latency_ms)},
                  {"cells", request.core_only ? fmt::format("core, {} um", request.core.radius_um)
                                              : std::string("all")}}};

  std::optional<h5::File> file;
  const std::uint64_t images = protocol.images, all = shown.image.size();
  if (comm.is_root()) {
    file.emplace(create_array_file(path, provenance));
    write_cells(*file, request.base, cells);
    h5::write<std::int64_t>(*file, "/image", shown.image);
    h5::write<std::uint32_t>(*file, "/run", shown.run);
    h5::write<std::uint32_t>(*file, "/slot", shown.slot);
    h5::write<std::uint64_t>(*file, "/times_shown",
                             std::vector<std::uint64_t>(times_shown.begin(), times_shown.end()));
    h5::write_attribute<double>(*file, "/", "slot_ms", std::vector<double>{protocol.slots.width_s * 1000});
    h5::write_attribute<double>(*file, "/", "latency_ms", std::vector<double>{request.latency_ms});
    if (request.images) {
      h5::write_attribute(*file, "/", "images_file", request.images->string());
      h5::write_attribute(*file, "/", "images_hash",
                          io::is_there(*request.images) ? io::content_hash(*request.images) : std::string());
    }
    const std::uint64_t shape[] = {all, cells.size()}, sums[] = {images, cells.size()};
    h5::create_dataset<Count>(*file, "/counts", shape);
    h5::create_dataset<Count>(*file, "/by_image", sums);
    const std::uint64_t reference[] = {cells.size(), images};
    if (request.reference_layout) h5::create_dataset<Count>(*file, "/arr_0", reference);
  }
  write_gathered(
      all, cells, counts.cells, comm,
      [&](std::size_t i, std::size_t cell) { return counts.at(i / counts.bins, i % counts.bins, cell); },
      [&](std::size_t first, std::size_t, const std::vector<Count>& rows) {
        h5::write_rows<Count>(*file, "/counts", first, rows);
      });
  write_gathered(
      images, cells, counts.cells, comm,
      [&](std::size_t image, std::size_t cell) { return by_image[cell * images + image]; },
      [&](std::size_t first, std::size_t, const std::vector<Count>& rows) {
        h5::write_rows<Count>(*file, "/by_image", first, rows);
      });
  if (request.reference_layout) {
    const auto rows = gather_to_root(std::span<const Count>(by_image), comm);
    if (comm.is_root()) h5::write_rows<Count>(*file, "/arr_0", 0, rows);
  }
  if (comm.is_root()) finish_array_file(*file, path);

  std::vector<fs::path> files{path};
  if (repeats.repetitions < 2) return files;
  std::vector<Reliability> own;
  std::vector<double> responses(repeats.presentation.size());
  for (std::size_t cell = 0; cell < counts.cells.count(); ++cell) {
    for (std::size_t i = 0; i < responses.size(); ++i)
      responses[i] =
          counts.at(repeats.presentation[i] / counts.bins, repeats.presentation[i] % counts.bins, cell);
    own.push_back(reliability(responses, repeats.repetitions));
  }
  const auto values = gather_to_root(std::span<const Reliability>(own), comm);
  files.push_back(oracle_path);
  if (comm.is_root()) write_csv(oracle_path, oracle_table(cells, values, repeats), ',', provenance);
  return files;
}

std::vector<fs::path> run_responses(const core::Call& call, const core::Comm& world) {
  const auto paradigm = paradigm_of(call);
  require_served(images_refusal(paradigm), paradigm, "responses");
  return make_responses({.base = call.base(),
                         .option = result_name(call, paradigm),
                         .output_directory = output_directory(call, paradigm, image_net),
                         .protocol = protocol_of(call, paradigm, Unlabelled::own_image),
                         .latency_ms = call.values.number("latency"),
                         .duration_ms = paradigm.duration_ms,
                         .core_only = call.values.is("cells", "core"),
                         .reference_layout = call.values.is("layout", "reference"),
                         .images = paradigm.trials.front().picture_file(call.base()),
                         .core = core_rule(call.values)},
                        world);
}

}  // namespace striate::metrics
