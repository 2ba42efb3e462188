// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/structural_fields.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <unordered_map>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/network_paths.hpp"
#include "core/values/nan.hpp"
#include "io/sonata/nodes.hpp"
#include "lgn/filters/lgn_cells.hpp"
#include "lgn/filters/spatial_filter.hpp"
#include "metrics/analyses/fields/field_shape.hpp"
#include "metrics/base/output.hpp"
#include "metrics/options/metric_options.hpp"
#include "workflows/synapse_sources.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;
using core::nan;
constexpr std::size_t usual_maps = 12;
constexpr const char* usual_mapped_type = "L4_Exc";
constexpr std::uint32_t none = 0xFFFFFFFF;
constexpr double ms_of_s = 1000;

/// Sums of one cell: charge of both kinds of sub-units, its first moments, and second moments of both
/// together.
enum Sum : std::size_t { on, on_x, on_y, off, off_x, off_y, xx, yy, sum_count };

/// A sub-unit on the screen.
struct Unit {
  lgn::SpatialKernel kernel;
  bool prefers_light;
  double x, y, xx, yy;  ///< moments of the kernel
};

struct AxisMoments {
  double first = 0, second = 0;
};
AxisMoments moments(const lgn::Profile& profile, double pitch_deg) {
  AxisMoments sums;
  for (std::size_t i = 0; i < profile.weight.size(); ++i) {
    const double at = static_cast<double>(profile.first + i) * pitch_deg;
    sums.first += profile.weight[i] * at;
    sums.second += profile.weight[i] * at * at;
  }
  return sums;
}

/// The LGN's sub-units by node.
struct Sources {
  std::vector<Unit> units;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> of_cell;  ///< first unit and number
  std::unordered_map<std::uint64_t, std::uint32_t> cell_by_id;
  fs::path nodes_file;

  std::uint32_t cell(std::uint64_t id, const io::EdgeSlab& slab, std::size_t i, const fs::path& file) const {
    const auto found = cell_by_id.find(id);
    if (found == cell_by_id.end())
      throw core::FormatError("unknown source_node_id {} in row {} of {} (no node of {})", id, slab.first + i,
                              file, nodes_file);
    return found->second;
  }
};

Sources read_sources(const fs::path& base) {
  const core::NetworkPaths paths{base};
  Sources sources{
      .units = {}, .of_cell = {}, .cell_by_id = {}, .nodes_file = paths.nodes(core::lgn_population)};
  const auto models = paths.components() / "filter_models";
  std::error_code ignored;
  std::size_t off_screen = 0;
  for (const auto& population : io::read_node_populations(
           {{.nodes_file = sources.nodes_file, .node_types_file = paths.node_types(core::lgn_population)}})) {
    if (population.name != core::lgn_population) continue;
    const auto cells = lgn::make_cells(
        population, fs::is_directory(models, ignored) ? std::optional<fs::path>(models) : std::nullopt);
    for (const auto& unit : cells.units) {
      Unit own{.kernel = lgn::spatial_kernel(unit.x_deg, unit.y_deg, unit.sigma_deg, field_screen),
               .prefers_light = unit.amplitude > 0,
               .x = 0,
               .y = 0,
               .xx = 0,
               .yy = 0};
      if (!own.kernel.on_screen()) ++off_screen;
      const auto x = moments(own.kernel.columns, field_screen.column_pitch_deg),
                 y = moments(own.kernel.rows, field_screen.row_pitch_deg);
      own.x = x.first;
      own.y = y.first;
      own.xx = x.second;
      own.yy = y.second;
      sources.units.push_back(std::move(own));
    }
    for (const auto& cell : cells.cells) {
      sources.cell_by_id.emplace(cell.node_id, static_cast<std::uint32_t>(sources.of_cell.size()));
      sources.of_cell.emplace_back(cell.first_unit, cell.unit_count);
    }
  }
  if (off_screen > 0)
    core::log::warning("{} LGN sub-units look beyond the screen of {} x {} degrees and are left out",
                       off_screen, field_screen.columns, field_screen.rows);
  return sources;
}

/// Cells whose tuning angles lie nearest to evenly spread ones.
std::vector<std::uint32_t> usual_cells(const metrics::Cells& cells) {
  std::vector<std::uint32_t> candidates, chosen;
  for (const auto row : metrics::core_rows(cells))
    if (cells.type_of(row) == usual_mapped_type) candidates.push_back(row);
  if (candidates.empty()) candidates = metrics::core_rows(cells);
  for (std::size_t k = 0; k < usual_maps && !candidates.empty(); ++k) {
    const auto apart = [&](std::uint32_t row) {
      const double angle = cells.tuning_angle[row] - 360.0 / usual_maps * static_cast<double>(k);
      return std::isnan(angle) ? 1e9 : std::abs(std::remainder(angle, 360.0));
    };
    const auto nearest = std::ranges::min_element(candidates, {}, apart);
    chosen.push_back(*nearest);
    candidates.erase(nearest);
  }
  return chosen;
}

std::vector<std::uint32_t> mapped_rows(const StructuralFieldsRequest& request, const metrics::Cells& cells) {
  if (request.mapped.empty()) return usual_cells(cells);
  std::vector<std::uint32_t> rows;
  for (const auto id : request.mapped) {
    const auto row = cells.row_of(id);
    if (!row || cells.core[*row] == 0)
      throw core::UsageError("invalid --cells {} (no core cell of {})", id, cells.nodes_file);
    rows.push_back(*row);
  }
  return rows;
}

struct Fields {
  std::vector<std::uint32_t> rows;  ///< core cells
  std::vector<std::uint32_t> mapped;
  std::vector<double> sums;  ///< [core cell * sum_count], then [mapped cell][ON, OFF][row][column]
  std::span<const double> of_cell(std::size_t place) const {
    return std::span(sums).subspan(place * sum_count, sum_count);
  }
};

void add_kernel(std::span<double> map, const lgn::SpatialKernel& kernel, double charge) {
  for (std::size_t j = 0; j < kernel.rows.weight.size(); ++j)
    for (std::size_t i = 0; i < kernel.columns.weight.size(); ++i)
      map[(kernel.rows.first + j) * field_screen.columns + kernel.columns.first + i] +=
          charge * kernel.rows.weight[j] * kernel.columns.weight[i];
}

Fields sum_fields(const StructuralFieldsRequest& request, const metrics::Cells& cells, const Sources& sources,
                  const core::Comm& comm) {
  const core::NetworkPaths paths{request.base};
  Fields fields{.rows = metrics::core_rows(cells), .mapped = mapped_rows(request, cells), .sums = {}};
  std::vector<std::uint32_t> place(cells.size(), none), map_of(cells.size(), none);
  for (std::size_t k = 0; k < fields.rows.size(); ++k) place[fields.rows[k]] = static_cast<std::uint32_t>(k);
  for (std::size_t k = 0; k < fields.mapped.size(); ++k)
    map_of[fields.mapped[k]] = static_cast<std::uint32_t>(k);
  const auto source =
      read_source(request.base, interventions::SynapseSource::Kind::lgn, paths.edges(core::lgn_population));
  const auto time_constants = read_time_constants(request.base);
  const io::EdgePopulation edges(source.edge_file, core::edges_onto_v1(core::lgn_population));
  interventions::EdgeCharge charge_of(cells, source, time_constants, edges);
  const std::size_t pixels = field_screen.pixels(), maps = fields.rows.size() * sum_count;
  const auto visit = [&](std::uint64_t, const io::EdgeSlab& slab, std::span<double> sums) {
    for (std::size_t i = 0; i < slab.size(); ++i) {
      const auto target = cells.require_row(slab.target_id[i], [&] {
        return fmt::format("row {} of target_node_id of {}", slab.first + i, edges.file());
      });
      const auto cell = sources.cell(slab.source_id[i], slab, i, edges.file());
      if (place[target] == none) continue;
      const double charge = charge_of(slab, i, target) * ms_of_s;
      const auto own = sums.subspan(place[target] * sum_count, sum_count);
      const auto [first, count] = sources.of_cell[cell];
      for (auto u = first; u < first + count; ++u) {
        const auto& unit = sources.units[u];
        if (!unit.kernel.on_screen()) continue;
        const std::size_t kind = unit.prefers_light ? on : off;
        own[kind] += charge;
        own[kind + on_x] += charge * unit.x;
        own[kind + on_y] += charge * unit.y;
        own[xx] += charge * unit.xx;
        own[yy] += charge * unit.yy;
        if (map_of[target] != none)
          add_kernel(
              sums.subspan(maps + (2 * map_of[target] + (unit.prefers_light ? 0 : 1)) * pixels, pixels),
              unit.kernel, charge);
      }
    }
  };
  fields.sums = metrics::sum_edge_blocks(edges, maps + 2 * pixels * fields.mapped.size(), visit, comm,
                                         request.block_rows);
  return fields;
}

metrics::Table cell_table(const metrics::Cells& cells, const Fields& fields) {
  std::vector<std::int64_t> ids;
  std::vector<std::string> types;
  std::vector<double> azimuth, elevation, width, height, offset, angle, fraction, tuning;
  for (std::size_t k = 0; k < fields.rows.size(); ++k) {
    const auto row = fields.rows[k];
    const auto s = fields.of_cell(k);
    const double all = s[on] + s[off];
    const double x = all > 0 ? (s[on_x] + s[off_x]) / all : nan,
                 y = all > 0 ? (s[on_y] + s[off_y]) / all : nan;
    const bool both = s[on] > 0 && s[off] > 0;
    const double dx = both ? s[on_x] / s[on] - s[off_x] / s[off] : nan,
                 dy = both ? s[on_y] / s[on] - s[off_y] / s[off] : nan;
    const double degrees = std::atan2(dy, dx) * 180 / std::numbers::pi;
    ids.push_back(static_cast<std::int64_t>(cells.node_id[row]));
    types.push_back(cells.type_of(row));
    azimuth.push_back(x - metrics::middle_x_deg);
    elevation.push_back(y - metrics::middle_y_deg);
    width.push_back(all > 0 ? std::sqrt(std::max(0.0, s[xx] / all - x * x)) : nan);
    height.push_back(all > 0 ? std::sqrt(std::max(0.0, s[yy] / all - y * y)) : nan);
    offset.push_back(std::hypot(dx, dy));
    angle.push_back(degrees < 0 ? degrees + 360 : degrees);
    fraction.push_back(all > 0 ? s[on] / all : nan);
    tuning.push_back(cells.tuning_angle[row]);
  }
  return {{{"node_id", std::move(ids)},
           {"cell_type", std::move(types)},
           {"azimuth", std::move(azimuth)},
           {"elevation", std::move(elevation)},
           {"width", std::move(width)},
           {"height", std::move(height)},
           {"on_off_offset_deg", std::move(offset)},
           {"on_off_angle_deg", std::move(angle)},
           {"on_fraction", std::move(fraction)},
           {"tuning_angle", std::move(tuning)}}};
}

void write_maps(const fs::path& path, const metrics::Cells& cells, const Fields& fields,
                const metrics::Provenance& provenance) {
  namespace h5 = io::h5;
  auto file = metrics::create_array_file(path, provenance);
  std::vector<std::uint64_t> ids;
  std::vector<double> tuning, azimuth, elevation;
  for (const auto row : fields.mapped) {
    ids.push_back(cells.node_id[row]);
    tuning.push_back(cells.tuning_angle[row]);
  }
  for (std::size_t i = 0; i < field_screen.columns; ++i)
    azimuth.push_back(static_cast<double>(i) * field_screen.column_pitch_deg - metrics::middle_x_deg);
  for (std::size_t j = 0; j < field_screen.rows; ++j)
    elevation.push_back(static_cast<double>(j) * field_screen.row_pitch_deg - metrics::middle_y_deg);
  h5::write<std::uint64_t>(file, "/node_id", ids);
  h5::write<double>(file, "/tuning_angle", tuning);
  h5::write<double>(file, "/azimuth", azimuth);
  h5::write<double>(file, "/elevation", elevation);
  const std::uint64_t shape[] = {fields.mapped.size(), field_screen.rows, field_screen.columns};
  const auto maps = std::span(fields.sums).subspan(fields.rows.size() * sum_count);
  for (const std::size_t kind : {std::size_t{0}, std::size_t{1}}) {
    const std::string dataset = kind == 0 ? "/on" : "/off";
    h5::create_dataset<double>(file, dataset, shape);
    for (std::size_t k = 0; k < fields.mapped.size(); ++k)
      h5::write_rows<double>(file, dataset, k,
                             maps.subspan((2 * k + kind) * field_screen.pixels(), field_screen.pixels()));
    h5::write_attribute(file, dataset, "units", std::string("pA ms"));
  }
  metrics::finish_array_file(file, path);
}

}  // namespace

std::vector<fs::path> make_structural_fields(const StructuralFieldsRequest& request, const core::Comm& comm) {
  const auto cells = metrics::read_cells(request.base, request.core);
  const auto sources = read_sources(request.base);
  const auto fields = sum_fields(request, cells, sources, comm);
  const std::vector<fs::path> files{
      metrics::table_file(structural_field_files.items[0], request.output_directory, {}),
      metrics::table_file(structural_field_files.items[1], request.output_directory, {})};
  if (!comm.is_root()) return files;
  const metrics::Provenance provenance{
      .kind = "receptive-field",
      .inputs = {core::NetworkPaths{request.base}.edges(core::lgn_population).string(),
                 sources.nodes_file.string(), cells.nodes_file.string()},
      .options = {{"from", "structure"}, {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  metrics::write_csv(files[0], cell_table(cells, fields), ',', provenance);
  write_maps(files[1], cells, fields, provenance);
  return files;
}

}  // namespace striate::workflows
