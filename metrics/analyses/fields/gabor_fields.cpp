// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/fields/gabor_fields.hpp"

#include <fmt/format.h>

#include "core/values/nan.hpp"
#include "metrics/analyses/fields/field_tables.hpp"
#include "metrics/options/trial_design.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;

FieldMap map_of(const PlaceDesign& design, std::span<const std::uint32_t> place,
                std::span<const Count> responses) {
  FieldMap map{.rows = design.axes.y.size(),
               .columns = design.axes.x.size(),
               .values = std::vector<double>(design.axes.places(), 0)};
  for (std::size_t i = 0; i < place.size(); ++i) map.values[place[i]] += responses[i];
  return map;
}

std::vector<FieldColumn> columns_of(const std::vector<CellField>& fields) {
  const auto values = [&](double CellField::*member) {
    std::vector<double> all;
    for (const auto& field : fields) all.push_back(field.*member);
    return all;
  };
  std::vector<FieldShape> shapes;
  for (const auto& field : fields) shapes.push_back(field.shape);
  std::vector<FieldColumn> columns{{"rate(Hz)", values(&CellField::rate_hz), true, "firing_rate_rf"},
                                   {"p", values(&CellField::p), false}};
  for (auto& column : shape_columns("", shapes)) {
    if (column.name == "width") column.recorded = "width_rf";
    if (column.name == "height") column.recorded = "height_rf";
    columns.push_back(std::move(column));
  }
  columns.push_back({"suppressive", values(&CellField::suppressive), false});
  return columns;
}

void write_maps(const fs::path& path, const Cells& cells, const PlaceDesign& design,
                const std::vector<std::uint32_t>& counts, const Provenance& provenance) {
  namespace h5 = io::h5;
  auto file = create_array_file(path, provenance);
  h5::write<std::uint64_t>(file, "/node_id", cells.node_id);
  h5::write<double>(file, "/azimuth", design.axes.x);
  h5::write<double>(file, "/elevation", design.axes.y);
  const std::uint64_t shape[] = {cells.size(), design.axes.y.size(), design.axes.x.size()};
  h5::create_dataset<std::uint32_t>(file, "/spikes", shape);
  h5::write_rows<std::uint32_t>(file, "/spikes", 0, counts);
  finish_array_file(file, path);
}

}  // namespace

CellField cell_field(const PlaceDesign& design, const PlaceShuffles& shuffles,
                     std::span<const std::uint32_t> place, std::span<const Count> responses,
                     FieldOffset offset) {
  CellField field{.p = nan, .shape = no_shape(), .suppressive = nan};
  for (const auto count : responses) field.spikes += count;
  field.rate_hz =
      static_cast<double>(field.spikes) / (static_cast<double>(place.size()) * gabor_counted_ms / 1000);
  if (field.spikes < fewest_field_spikes) return field;
  field.p = shuffles.test(responses).p;
  auto map = map_of(design, place, responses);
  const auto mask = mask_of(map);
  field.suppressive = mask.suppressive ? 1 : 0;
  if (mask.suppressive) map = turned(map);
  field.shape = field_shape(design.axes, mask, fit_gaussian(map, offset));
  return field;
}

std::vector<fs::path> make_gabor_fields(const GaborRequest& request, const core::Comm& comm) {
  require_served(places_refusal(request.paradigm), request.paradigm, "receptive-field --from gabors");
  const auto cells = core_cells(read_cells(request.base, request.core));
  const auto design = place_design(request.paradigm, request.base, request.option, gabor_counted_ms);
  const auto responses = count_places(design, cells, comm);
  const PlaceShuffles shuffles(responses.place, design.axes.places(), request.shuffles, request.seed);
  std::vector<CellField> own;
  std::vector<std::uint32_t> own_maps;
  for (std::size_t local = 0; local < responses.cells.count(); ++local) {
    own.push_back(cell_field(design, shuffles, responses.place, responses.of_cell(local), request.offset));
    for (const double count : map_of(design, responses.place, responses.of_cell(local)).values)
      own_maps.push_back(static_cast<std::uint32_t>(count));
  }
  const auto fields = gather_to_root(std::span<const CellField>(own), comm);
  const auto maps = gather_to_root(std::span<const std::uint32_t>(own_maps), comm);
  std::vector<fs::path> files;
  for (const auto* pattern : gabor_field_files)
    files.push_back(table_file(pattern, request.output_directory, request.option));
  if (!comm.is_root()) return files;
  const auto runs = design.runs.size();
  const Provenance provenance{
      .kind = "receptive-field",
      .inputs = {cells.nodes_file.string(),
                 fmt::format("{} ({} of {} runs)",
                             all_spike_files(request.paradigm, request.base, request.option),
                             runs - responses.missing_runs, runs)},
      .options = {{"from", "gabors"},
                  {"window", fmt::format("{} ms from the start of each presentation", gabor_counted_ms)},
                  {"shuffles", fmt::format("{}", request.shuffles)},
                  {"seed", fmt::format("{}", request.seed)},
                  {"offset", request.offset == FieldOffset::fit ? "fit" : "none"},
                  {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  std::vector<std::uint64_t> spikes;
  std::vector<double> p;
  for (const auto& field : fields) {
    spikes.push_back(field.spikes);
    p.push_back(field.p);
  }
  const auto columns = columns_of(fields);
  write_csv(files[0], field_cell_table(cells, spikes, columns), ',', provenance);
  write_csv(files[1], field_type_table(cells, p, columns), ',', provenance);
  write_maps(files[2], cells, design, maps, provenance);
  return files;
}

}  // namespace striate::metrics
