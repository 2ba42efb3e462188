// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <map>

#include "builder/spec/spec_internal.hpp"

namespace striate::builder::internal {
namespace {

LgnFamily read_family(const Table& table, std::size_t row, Diagnostics& diagnostics) {
  const std::map<std::string, LgnFamily> families{{"sON", LgnFamily::sustained_on},
                                                  {"sOFF", LgnFamily::sustained_off},
                                                  {"tOFF", LgnFamily::transient_off},
                                                  {"two_subfield", LgnFamily::two_subfield}};
  const auto found = families.find(table.text(row, "family"));
  if (found != families.end()) return found->second;
  diagnostics.report(table.position(row, "family"),
                     "invalid family='{}' of {} (must be one of: sON, sOFF, tOFF, two_subfield)",
                     table.text(row, "family"), table.row_name(row));
  return LgnFamily::two_subfield;
}

LgnFilter read_filter(const Table& table, std::size_t row, Diagnostics& diagnostics) {
  LgnFilter filter;
  for (int i = 0; i < 2; ++i) {
    const auto column = [i](const char* prefix, const char* suffix) {
      return prefix + std::to_string(i) + suffix;
    };
    filter.weight[i] = table.number(row, column("weight_", ""), any_number, diagnostics);
    filter.kpeak_ms[i] = table.number(row, column("kpeak_", "_ms"), positive, diagnostics);
    filter.delay_ms[i] = table.number(row, column("delay_", "_ms"), not_negative, diagnostics);
  }
  // What the filter stage demands of every unit.
  if (filter.kpeak_ms[0] >= filter.kpeak_ms[1])
    diagnostics.report(table.position(row, "kpeak_0_ms"),
                       "invalid kpeak_0_ms of {} (must be below kpeak_1_ms)", table.row_name(row));
  if (filter.weight[0] <= 0)
    diagnostics.report(table.position(row, "weight_0"), "invalid weight_0 of {} (must be above 0)",
                       table.row_name(row));
  if (filter.delay_ms[0] > filter.delay_ms[1])
    diagnostics.report(table.position(row, "delay_0_ms"),
                       "invalid delay_0_ms of {} (must not exceed delay_1_ms)", table.row_name(row));
  return filter;
}

LgnUnitType read_unit(const Table& units, std::size_t row, const Table& filters, Diagnostics& diagnostics) {
  LgnUnitType unit;
  unit.name = units.row_name(row);
  unit.family = read_family(units, row, diagnostics);
  const bool two_subfields = unit.family == LgnFamily::two_subfield;
  if (!two_subfields)
    unit.temporal_frequency_hz = units.number(row, "temporal_frequency_hz", positive, diagnostics);
  unit.position_shift = units.number(row, "position_shift", {.min = -10, .max = 10}, diagnostics);
  unit.per_tile = units.integer(row, "units_per_tile", 0, 100'000, diagnostics);
  unit.size_min_deg = units.number(row, "spatial_size_min_deg", positive, diagnostics);
  unit.size_max_deg = units.number(row, "spatial_size_max_deg", {.min = unit.size_min_deg}, diagnostics);
  if (unit.size_max_deg > unit.size_min_deg && unit.size_max_deg < unit.size_min_deg + 1)
    diagnostics.report(
        units.position(row, "spatial_size_max_deg"),
        "invalid spatial_size_max_deg={} of {} (must equal the minimum or exceed it by 1 or more)",
        unit.size_max_deg, unit.name);
  const auto dominant = filters.find(unit.name + "->dominant");
  if (dominant == filters.size())
    filters.report_missing(unit.name + "->dominant", "the LGN unit type", diagnostics);
  else
    unit.dominant = read_filter(filters, dominant, diagnostics);
  if (!two_subfields) return unit;
  const auto other = filters.find(unit.name + "->non_dominant");
  if (other == filters.size())
    filters.report_missing(unit.name + "->non_dominant", "the LGN unit type's second subfield", diagnostics);
  else
    unit.non_dominant = read_filter(filters, other, diagnostics);
  if (dominant != filters.size())
    unit.sf_sep_deg = filters.number(dominant, "sf_sep_deg", not_negative, diagnostics);
  return unit;
}

void read_projection(ConfigSection& lgn, NetworkSpec& spec) {
  auto& diagnostics = lgn.diagnostics();
  const Table table(
      lgn, "projection", Table::Key::one_column,
      {"population", "tf_poisson_mean_hz", "sustained_on_fraction", "synapse_ratio_to_e4", "yule_parameter"},
      &spec.files);
  spec.lgn.projection.resize(spec.populations.size());
  for (std::size_t i = 0; i < spec.populations.size(); ++i) {
    const auto row = table.find(spec.populations[i].name);
    if (row == table.size()) {
      table.report_missing(spec.populations[i].name, needed_by(spec.populations[i]), diagnostics);
      continue;
    }
    auto& projection = spec.lgn.projection[i];
    // Redrawn until above 0: a tiny mean would never end.
    projection.tf_poisson_mean_hz =
        table.number(row, "tf_poisson_mean_hz", {.min = 0.01, .max = 1000}, diagnostics);
    projection.sustained_on_fraction = table.number(row, "sustained_on_fraction", fraction, diagnostics);
    projection.synapse_ratio_to_e4 = table.number(row, "synapse_ratio_to_e4", not_negative, diagnostics);
    projection.yule_parameter =
        table.number(row, "yule_parameter", {.min = 1, .max = 1000, .min_open = true}, diagnostics);
  }
}

void read_geometry(ConfigSection& section, LgnSpec& lgn) {
  const auto* tiles = &section.require("tiles");
  if (tiles->kind == ConfigNode::Kind::list && tiles->items.size() == 2) {
    constexpr std::int64_t most_tiles = 1000;
    const auto read = [&](const ConfigNode& item) {
      return io::parse_integer(item.text, item.position, "lgn.tiles", 1, most_tiles, section.diagnostics());
    };
    lgn.tiles_x = read(tiles->items[0]);
    lgn.tiles_y = read(tiles->items[1]);
  } else if (section.has("tiles")) {
    section.diagnostics().report(tiles->position, "invalid lgn.tiles (must be a list of 2 whole numbers)");
  }
  lgn.tile_deg = section.number("tile_deg", {.min = 0, .max = 360, .min_open = true});
  lgn.filter_spread = section.number("filter_spread", {.min = 0, .max = 0.5});
  const auto retinotopy = section.numbers("retinotopy_deg_per_um", 2);
  lgn.retinotopy_deg_per_um[0] = retinotopy[0];
  lgn.retinotopy_deg_per_um[1] = retinotopy[1];
  lgn.search_radius_deg = section.number("search_radius_deg", positive);
  lgn.subfield_shift_deg = section.number("subfield_shift_deg", {.min = 0, .max = 360});
  lgn.field_aspect = section.number("field_aspect", {.min = 0.1, .max = 10});
  lgn.field_sigma_deg = section.number("field_sigma_deg", {.min = 0.1, .max = 1000});
  lgn.orientation_tolerance_deg = section.number("orientation_tolerance_deg", {.min = 0, .max = 90});
}

}  // namespace

void read_lgn(ConfigSection& root, NetworkSpec& spec) {
  auto section = root.section("lgn");
  auto& diagnostics = section.diagnostics();
  auto& lgn = spec.lgn;
  read_geometry(section, lgn);
  const Table units(section, "units", Table::Key::one_column,
                    {"unit_type", "family", "temporal_frequency_hz", "position_shift", "units_per_tile",
                     "spatial_size_min_deg", "spatial_size_max_deg"},
                    &spec.files);
  const Table filters(section, "temporal_filters", Table::Key::two_columns,
                      {"unit_type", "subfield", "weight_0", "weight_1", "kpeak_0_ms", "kpeak_1_ms",
                       "delay_0_ms", "delay_1_ms", "sf_sep_deg"},
                      &spec.files);
  for (std::size_t row = 0; row < units.size(); ++row)
    lgn.units.push_back(read_unit(units, row, filters, diagnostics));
  read_projection(section, spec);
  lgn.synapses_per_size = section.number("synapses_per_size", {.min = 0, .max = 1000});
  lgn.psp_mV = section.number("psp_mV", not_negative);
  {
    auto size = section.section("size_normalisation");
    const double shape = size.number("shape", {.min = 0, .max = 10});
    lgn.size_normalisation = size.number("scale", positive) * std::exp(shape * shape / 2);
  }
  lgn.delay_ms = section.number("delay_ms", positive);
  const Table factors(section, "weight_factors", Table::Key::one_column, {"model_id", "lgn_weight_factor"},
                      &spec.files);
  for (auto& model : spec.models)
    if (const auto row = factors.find(std::to_string(model.id)); row != factors.size())
      model.lgn_weight_factor = factors.number(row, "lgn_weight_factor", not_negative, diagnostics);
}

void read_background(ConfigSection& root, NetworkSpec& spec) {
  auto section = root.section("background");
  auto& diagnostics = section.diagnostics();
  constexpr std::int64_t most_units = 10'000'000;
  spec.background.units = section.integer("units", 1, most_units);
  spec.background.connections = section.integer("connections", 0, spec.background.units);
  spec.background.delay_ms = section.number("delay_ms", positive);
  const Table weights(section, "weights", Table::Key::one_column, {"model_id", "syn_weight_pA"}, &spec.files);
  for (auto& model : spec.models) {
    const auto row = weights.find(std::to_string(model.id));
    if (row == weights.size())
      weights.report_missing(std::to_string(model.id), "cell model " + std::to_string(model.id), diagnostics);
    else
      model.background_weight_pA = weights.number(row, "syn_weight_pA", any_number, diagnostics);
  }
}

}  // namespace striate::builder::internal
