// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/fields/gabor_fields.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "core/values/nan.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/recorded_properties.hpp"
#include "metrics/math/statistics.hpp"
#include "metrics/options/trial_design.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;

struct FieldColumn {
  const char* name;
  double CellField::*value;
  const char* recorded;  ///< property of the recordings, or null
};
constexpr FieldColumn field_columns[] = {{"rate(Hz)", &CellField::rate_hz, "firing_rate_rf"},
                                         {"p", &CellField::p, nullptr},
                                         {"azimuth", &CellField::azimuth, nullptr},
                                         {"elevation", &CellField::elevation, nullptr},
                                         {"area", &CellField::area, nullptr},
                                         {"fit_azimuth", &CellField::fit_azimuth, nullptr},
                                         {"fit_elevation", &CellField::fit_elevation, nullptr},
                                         {"width", &CellField::width, "width_rf"},
                                         {"height", &CellField::height, "height_rf"},
                                         {"suppressive", &CellField::suppressive, nullptr},
                                         {"on_screen", &CellField::on_screen, nullptr}};
constexpr double significant = 0.01;

double step_of(const std::vector<double>& axis) {
  return axis[1] - axis[0];
}

/// Degrees at a place between rows or columns.
double degrees_at(const std::vector<double>& axis, double place) {
  return axis[0] + place * step_of(axis);
}

double size_or_nan(double degrees) {
  return degrees <= widest_field_deg ? degrees : nan;
}

bool inside(double place, std::size_t count) {
  return place >= -0.5 && place <= static_cast<double>(count) - 0.5;
}

FieldMap map_of(const PlaceDesign& design, std::span<const std::uint32_t> place,
                std::span<const Count> responses) {
  FieldMap map{
      .rows = design.y.size(), .columns = design.x.size(), .values = std::vector<double>(design.places(), 0)};
  for (std::size_t i = 0; i < place.size(); ++i) map.values[place[i]] += responses[i];
  return map;
}

Table cell_table(const Cells& cells, const std::vector<CellField>& fields) {
  std::vector<std::string> types;
  std::vector<std::int64_t> spikes;
  for (std::size_t row = 0; row < cells.size(); ++row) {
    types.push_back(cells.type_of(row));
    spikes.push_back(static_cast<std::int64_t>(fields[row].spikes));
  }
  Table table{{{"node_id", std::vector<std::int64_t>(cells.node_id.begin(), cells.node_id.end())},
               {"cell_type", std::move(types)},
               {"spikes", std::move(spikes)}}};
  for (const auto& column : field_columns) {
    std::vector<double> values;
    for (const auto& field : fields) values.push_back(field.*column.value);
    table.columns.push_back({column.name, std::move(values)});
  }
  return table;
}

/// Medians over the cells that have a value, beside those of recorded units.
Table type_table(const Cells& cells, const std::vector<CellField>& fields) {
  const auto recorded = read_recorded_properties(shipped_properties());
  const auto types = sorted_types(cells.type_names);
  std::vector<std::int64_t> all, responding;
  std::vector<double> fractions;
  std::vector<std::string> names;
  std::vector<std::vector<double>> medians(std::size(field_columns)), beside(std::size(field_columns));
  for (const auto& type : types) {
    std::vector<CellField> own;
    for (std::size_t row = 0; row < cells.size(); ++row)
      if (cells.type_of(row) == type) own.push_back(fields[row]);
    if (own.empty()) continue;
    std::vector<double> p;
    for (const auto& field : own)
      if (!std::isnan(field.p)) p.push_back(field.p < significant ? 1 : 0);
    names.push_back(type);
    all.push_back(static_cast<std::int64_t>(own.size()));
    responding.push_back(static_cast<std::int64_t>(p.size()));
    fractions.push_back(mean(p));
    for (std::size_t k = 0; k < std::size(field_columns); ++k) {
      std::vector<double> values;
      for (const auto& field : own) values.push_back(field.*field_columns[k].value);
      medians[k].push_back(median(without_nan(values)));
      const auto* property = field_columns[k].recorded == nullptr
                                 ? nullptr
                                 : find_recorded(recorded, type, field_columns[k].recorded);
      beside[k].push_back(property == nullptr ? nan : property->median);
    }
  }
  Table table{{{"cell_type", std::move(names)},
               {"cells", std::move(all)},
               {"with_field", std::move(responding)},
               {"fraction_p<0.01", std::move(fractions)}}};
  for (std::size_t k = 0; k < std::size(field_columns); ++k) {
    const std::string name = field_columns[k].name;
    if (name == "p" || name == "suppressive" || name == "on_screen") continue;
    table.columns.push_back({"median_" + name, medians[k]});
    if (field_columns[k].recorded != nullptr) table.columns.push_back({"recorded_" + name, beside[k]});
  }
  return table;
}

void write_maps(const fs::path& path, const Cells& cells, const PlaceDesign& design,
                const std::vector<std::uint32_t>& counts, const Provenance& provenance) {
  namespace h5 = io::h5;
  auto file = create_array_file(path, provenance);
  h5::write<std::uint64_t>(file, "/node_id", cells.node_id);
  h5::write<double>(file, "/azimuth", design.x);
  h5::write<double>(file, "/elevation", design.y);
  const std::uint64_t shape[] = {cells.size(), design.y.size(), design.x.size()};
  h5::create_dataset<std::uint32_t>(file, "/spikes", shape);
  h5::write_rows<std::uint32_t>(file, "/spikes", 0, counts);
  finish_array_file(file, path);
}

}  // namespace

CellField cell_field(const PlaceDesign& design, const PlaceShuffles& shuffles,
                     std::span<const std::uint32_t> place, std::span<const Count> responses,
                     FieldOffset offset) {
  CellField field{.p = nan,
                  .azimuth = nan,
                  .elevation = nan,
                  .area = nan,
                  .fit_azimuth = nan,
                  .fit_elevation = nan,
                  .width = nan,
                  .height = nan,
                  .suppressive = nan,
                  .on_screen = nan};
  for (const auto count : responses) field.spikes += count;
  field.rate_hz =
      static_cast<double>(field.spikes) / (static_cast<double>(place.size()) * gabor_counted_ms / 1000);
  if (field.spikes < fewest_field_spikes) return field;
  field.p = shuffles.test(responses).p;
  auto map = map_of(design, place, responses);
  const auto mask = mask_of(map);
  const double dx = step_of(design.x), dy = std::abs(step_of(design.y));
  field.azimuth = degrees_at(design.x, mask.column);
  field.elevation = degrees_at(design.y, mask.row);
  field.area = static_cast<double>(mask.pixels) * dx * dy;
  field.suppressive = mask.suppressive ? 1 : 0;
  if (mask.suppressive) map = turned(map);
  const auto fit = fit_gaussian(map, offset);
  if (!fit.found) return field;
  field.fit_azimuth = degrees_at(design.x, fit.column);
  field.fit_elevation = degrees_at(design.y, fit.row);
  field.width = size_or_nan(dx * std::abs(fit.sd_column));
  field.height = size_or_nan(dy * std::abs(fit.sd_row));
  field.on_screen = inside(fit.row, map.rows) && inside(fit.column, map.columns) ? 1 : 0;
  return field;
}

std::vector<fs::path> make_gabor_fields(const GaborRequest& request, const core::Comm& comm) {
  require_served(places_refusal(request.paradigm), request.paradigm, "receptive-field --from gabors");
  const auto cells = core_cells(read_cells(request.base, request.core));
  const auto design = place_design(request.paradigm, request.base, request.option, gabor_counted_ms);
  const auto responses = count_places(design, cells, comm);
  const PlaceShuffles shuffles(responses.place, design.places(), request.shuffles, request.seed);
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
  write_csv(files[0], cell_table(cells, fields), ',', provenance);
  write_csv(files[1], type_table(cells, fields), ',', provenance);
  write_maps(files[2], cells, design, maps, provenance);
  return files;
}

}  // namespace striate::metrics
