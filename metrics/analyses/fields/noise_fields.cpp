// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/fields/noise_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/values/nan.hpp"
#include "metrics/analyses/conditions/responses.hpp"
#include "metrics/analyses/fields/field_tables.hpp"
#include "metrics/options/trial_design.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;

/// Bins are not longer than presentations are apart, so that each counts for one of them at a latency.
void require_short_bins(const NoiseDesign& design, double bin_ms) {
  for (std::size_t i = 1; i < design.shown.size(); ++i) {
    const double apart = design.shown[i].start_ms - design.shown[i - 1].start_ms;
    if (design.shown[i].run == design.shown[i - 1].run && apart < bin_ms)
      throw core::UsageError("invalid --latency-bin {} (pictures follow one another after {} ms)", bin_ms,
                             apart);
  }
}

std::size_t latencies_of(const NoiseRequest& request) {
  const double bins = request.end_ms / request.bin_ms;
  if (bins != std::floor(bins) || bins < 1)
    throw core::UsageError(
        "invalid --latency-end {} with --latency-bin {} (latencies must be a whole number of bins)",
        request.end_ms, request.bin_ms);
  return static_cast<std::size_t>(bins);
}

/// What the cells of this rank did.
struct NoiseSpikes {
  std::vector<std::uint32_t> picture_of;  ///< [presentation] of runs that are there
  double seconds = 0;  ///< from the first picture of each run to the last latency
  std::vector<std::uint64_t> spikes;  ///< [local cell] in that time
  std::vector<LatencyCounts> cells;
  std::size_t missing_runs = 0;
};

/// A window for each run, from its first picture to the end of the last latency.
ShownConditions whole_runs(const NoiseDesign& design, double end_ms, std::vector<core::Share>& of_run) {
  ShownConditions shown{.variables = {}, .conditions = {}, .runs = {}, .presentations = {}};
  for (std::size_t first = 0, end = 0; first < design.shown.size(); first = end) {
    const auto run = design.shown[first].run;
    while (end < design.shown.size() && design.shown[end].run == run) ++end;
    shown.presentations.push_back(
        {.run = shown.runs.size(),
         .condition = 0,
         .window = {design.shown[first].start_ms, design.shown[end - 1].start_ms + end_ms}});
    shown.runs.push_back(design.runs[run]);
    of_run.push_back({first, end});
  }
  return shown;
}

/// A spike is counted after every presentation that it may follow: where pictures last shorter than
/// latencies, after several.
void count(const NoiseDesign& design, core::Share presentations, std::uint32_t first_number, double bin_ms,
           double time_ms, LatencyCounts& counts) {
  const auto begin = design.shown.begin() + static_cast<std::ptrdiff_t>(presentations.first),
             end = design.shown.begin() + static_cast<std::ptrdiff_t>(presentations.end);
  auto at = std::ranges::upper_bound(begin, end, time_ms, {}, &NoiseDesign::Shown::start_ms);
  while (at != begin) {
    --at;
    const auto latency = static_cast<std::size_t>((time_ms - at->start_ms) / bin_ms);
    if (latency >= counts.size()) return;
    const auto number = first_number + static_cast<std::uint32_t>(at - begin);
    auto& of_latency = counts[latency];
    if (!of_latency.empty() && of_latency.back().presentation == number)
      ++of_latency.back().count;
    else
      of_latency.push_back({.presentation = number, .count = 1});
  }
}

NoiseSpikes read_spikes(const NoiseDesign& design, const NoiseRequest& request, std::size_t latencies,
                        const Cells& cells, const core::Comm& comm) {
  const auto share = core::contiguous_share(cells.size(), comm.rank(), comm.size());
  NoiseSpikes result{.picture_of = {},
                     .seconds = 0,
                     .spikes = std::vector<std::uint64_t>(share.count(), 0),
                     .cells = std::vector<LatencyCounts>(share.count(), LatencyCounts(latencies)),
                     .missing_runs = 0};
  std::vector<core::Share> of_run;
  const auto shown = whole_runs(design, request.end_ms, of_run);
  std::vector<ResponseSpike> sorted;
  const auto missing =
      spikes_of_runs(shown, cells, comm)([&](std::size_t run, std::span<const ResponseSpike> spikes) {
        const auto first_number = static_cast<std::uint32_t>(result.picture_of.size());
        for (auto i = of_run[run].first; i < of_run[run].end; ++i)
          result.picture_of.push_back(design.shown[i].picture);
        result.seconds += shown.presentations[run].window.seconds();
        sorted.assign(spikes.begin(), spikes.end());
        std::ranges::sort(sorted, {}, &ResponseSpike::time_ms);
        for (const auto& spike : sorted) {
          const auto local = spike.cell - share.first;
          ++result.spikes[local];
          count(design, of_run[run], first_number, request.bin_ms, spike.time_ms, result.cells[local]);
        }
      });
  result.missing_runs = static_cast<std::size_t>(std::ranges::count(missing, 1));
  if (result.picture_of.empty())
    throw core::MissingFileError("no spikes of any run such as {} (simulate first)", shown.runs.front());
  if (result.missing_runs > 0)
    core::log::warning("{} of {} runs have no spikes (left out)", result.missing_runs, shown.runs.size());
  return result;
}

Subfield subfield(const FieldAxes& axes, std::span<const double> average, std::span<const double> z,
                  FieldOffset offset) {
  Subfield part{.z = nan, .shape = no_shape()};
  for (const double value : z)
    if (!std::isnan(value) && !(value <= part.z)) part.z = value;
  const FieldMap map{
      .rows = axes.y.size(), .columns = axes.x.size(), .values = {average.begin(), average.end()}};
  const auto mask = mask_of(map);
  part.shape = field_shape(axes, mask, fit_gaussian(map, offset, mask));
  return part;
}

std::vector<FieldColumn> columns_of(const std::vector<NoiseField>& fields, const std::vector<double>& p) {
  const auto values = [&](const auto& value) {
    std::vector<double> all;
    for (const auto& field : fields) all.push_back(value(field));
    return all;
  };
  std::vector<FieldColumn> columns{{"rate(Hz)", values([](const auto& field) { return field.rate_hz; })},
                                   {"latency_ms", values([](const auto& field) { return field.latency_ms; })},
                                   {"z", values([](const auto& field) { return field.z; })},
                                   {"p", p, false}};
  for (const auto& [prefix, part] :
       {std::pair{"on_", &NoiseField::on}, std::pair{"off_", &NoiseField::off}}) {
    columns.push_back(
        {std::string(prefix) + "z", values([&, part = part](const auto& field) { return (field.*part).z; })});
    std::vector<FieldShape> shapes;
    for (const auto& field : fields) shapes.push_back((field.*part).shape);
    for (auto& column : shape_columns(prefix, shapes)) columns.push_back(std::move(column));
  }
  return columns;
}

void write_maps(const fs::path& path, const Cells& cells, const FieldAxes& axes,
                const std::vector<NoiseField>& fields, std::span<const double> maps,
                const Provenance& provenance) {
  namespace h5 = io::h5;
  auto file = create_array_file(path, provenance);
  std::vector<double> latency;
  for (const auto& field : fields) latency.push_back(field.latency_ms);
  h5::write<std::uint64_t>(file, "/node_id", cells.node_id);
  h5::write<double>(file, "/latency_ms", latency);
  h5::write<double>(file, "/azimuth", axes.x);
  h5::write<double>(file, "/elevation", axes.y);
  const std::uint64_t shape[] = {cells.size(), axes.y.size(), axes.x.size()};
  const auto places = axes.places();
  for (const std::size_t part : {std::size_t{0}, std::size_t{1}}) {
    const std::string dataset = part == 0 ? "/on" : "/off";
    h5::create_dataset<double>(file, dataset, shape);
    for (std::size_t cell = 0; cell < cells.size(); ++cell)
      h5::write_rows<double>(file, dataset, cell, maps.subspan((2 * cell + part) * places, places));
  }
  finish_array_file(file, path);
}

}  // namespace

NoiseField noise_field(const NoiseStimulus& stimulus, const FieldAxes& axes, const LatencyCounts& counts,
                       double bin_ms, FieldOffset offset, std::span<double> maps) {
  NoiseField field{.latency_ms = nan,
                   .z = nan,
                   .on = {.z = nan, .shape = no_shape()},
                   .off = {.z = nan, .shape = no_shape()}};
  std::ranges::fill(maps, nan);
  SpikeTriggered best;
  for (std::size_t latency = 0; latency < counts.size(); ++latency) {
    auto here = spike_triggered(stimulus, counts[latency]);
    if (std::isnan(here.largest_z) || here.largest_z <= field.z) continue;
    field.z = here.largest_z;
    field.latency_ms = static_cast<double>(latency) * bin_ms;
    best = std::move(here);
  }
  if (std::isnan(field.z)) return field;
  const auto places = axes.places();
  const std::span<const double> average = best.average, z = best.z;
  std::ranges::copy(average, maps.begin());
  field.on = subfield(axes, average.first(places), z.first(places), offset);
  field.off = subfield(axes, average.last(places), z.last(places), offset);
  return field;
}

std::vector<fs::path> make_noise_fields(const NoiseRequest& request, const core::Comm& comm) {
  require_served(noise_refusal(request.paradigm), request.paradigm, "receptive-field");
  const auto latencies = latencies_of(request);
  const auto cells = core_cells(read_cells(request.base, request.core));
  const auto design = noise_design(request.paradigm, request.base, request.option, request.end_ms);
  require_short_bins(design, request.bin_ms);
  if (design.cut_off > 0)
    core::log::warning("{} of {} presentations are left out (runs end less than {} ms after them)",
                       design.cut_off, design.cut_off + design.shown.size(), request.end_ms);
  const auto counts = read_spikes(design, request, latencies, cells, comm);
  const NoiseStimulus stimulus(design.axes.places(), design.squares, counts.picture_of);
  std::vector<NoiseField> own;
  std::vector<double> own_maps(counts.cells.size() * stimulus.marks()), largest;
  for (std::size_t cell = 0; cell < counts.cells.size(); ++cell) {
    const auto maps = std::span(own_maps).subspan(cell * stimulus.marks(), stimulus.marks());
    const bool enough = counts.spikes[cell] >= fewest_field_spikes;
    own.push_back(noise_field(stimulus, design.axes, enough ? counts.cells[cell] : LatencyCounts{},
                              request.bin_ms, request.offset, maps));
    own.back().spikes = counts.spikes[cell];
    own.back().rate_hz = static_cast<double>(counts.spikes[cell]) / counts.seconds;
    largest.push_back(own.back().z);
  }
  core::Progress progress("shuffling", static_cast<double>(request.shuffles), core::shows_progress(comm));
  const auto own_p =
      shuffled_fractions(stimulus, counts.cells, largest, request.shuffles, request.seed, progress);
  const auto fields = gather_to_root(std::span<const NoiseField>(own), comm);
  const auto p = gather_to_root(std::span<const double>(own_p), comm);
  const auto maps = gather_to_root(std::span<const double>(own_maps), comm);
  std::vector<fs::path> files;
  for (const auto* pattern : noise_field_files)
    files.push_back(table_file(pattern, request.output_directory, request.option));
  if (!comm.is_root()) return files;
  const auto runs = design.runs.size();
  const Provenance provenance{
      .kind = "receptive-field",
      .inputs = {cells.nodes_file.string(), design.pictures_file.string(),
                 fmt::format("{} ({} of {} runs)",
                             all_spike_files(request.paradigm, request.base, request.option),
                             runs - counts.missing_runs, runs)},
      .options = {{"from", "noise"},
                  {"presentations", fmt::format("{}", counts.picture_of.size())},
                  {"latencies", fmt::format("{} of {} ms", latencies, request.bin_ms)},
                  {"shuffles", fmt::format("{}", request.shuffles)},
                  {"seed", fmt::format("{}", request.seed)},
                  {"offset", request.offset == FieldOffset::fit ? "fit" : "none"},
                  {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  std::vector<std::uint64_t> spikes;
  for (const auto& field : fields) spikes.push_back(field.spikes);
  const auto columns = columns_of(fields, p);
  write_csv(files[0], field_cell_table(cells, spikes, columns), ',', provenance);
  write_csv(files[1], field_type_table(cells, p, columns), ',', provenance);
  write_maps(files[2], cells, design.axes, fields, maps, provenance);
  return files;
}

}  // namespace striate::metrics
