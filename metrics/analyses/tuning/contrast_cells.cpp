// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/contrast_cells.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/errors/error.hpp"
#include "core/values/nan.hpp"
#include "io/text/delimited_table.hpp"
#include "io/text/shipped_configs.hpp"
#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr std::size_t models = contrast_model_names.size();

/// Counts of responding cells or units by best model.
struct Preferring {
  std::int64_t cells = 0, responding = 0;
  std::int64_t of_model[models] = {};
  double fraction(std::size_t model) const {
    return responding == 0 ? nan : static_cast<double>(of_model[model]) / static_cast<double>(responding);
  }
};

std::map<std::string, Preferring> read_preferences(const std::filesystem::path& file) {
  const auto table = io::read_delimited_table(file, ',', "recorded contrast preferences");
  std::map<std::string, Preferring> types;
  for (const auto& row : table.rows) {
    const auto whole = [&](const std::string& column) {
      return static_cast<std::int64_t>(table.number(row, table.column(column)));
    };
    auto& own = types[row.cells[table.column("cell_type")]];
    own = {.cells = whole("n_units"), .responding = whole("n_responsive")};
    for (std::size_t model = 0; model < models; ++model)
      own.of_model[model] = whole(std::string("n_") + contrast_model_names[model]);
  }
  return types;
}

}  // namespace

void require_contrasts(const ContrastDesign& design, double least) {
  const auto all = design.contrasts.values;
  const auto kept = std::ranges::count_if(all, [&](double contrast) { return contrast >= least; });
  if (kept < std::ssize(all) && kept < static_cast<std::ptrdiff_t>(fewest_for_preference))
    throw core::UsageError(
        "invalid --drop-below {} ({} of {} contrasts would be left, {} tell what cells prefer)", least, kept,
        all.size(), fewest_for_preference);
}

CellContrast cell_contrast(const TrialCounts& counts, std::size_t cell, const ContrastDesign& design,
                           double least) {
  CellContrast result{
      .direction = nan, .p = nan, .best = {}, .aic = {nan, nan, nan}, .rise = nan, .fall = nan, .half = nan};
  std::vector<Count> blanks;
  for (const auto trial : design.blanks) blanks.push_back(counts.at(trial, 0, cell));
  const auto levels = design.contrasts.size();
  const auto first = static_cast<std::size_t>(std::ranges::lower_bound(design.contrasts.values, least) -
                                              design.contrasts.values.begin());
  if (levels - first < fewest_for_preference) return result;
  CountsByContrast best;
  for (std::size_t k = 0; k < design.directions.size(); ++k) {
    CountsByContrast own{.contrasts = {design.contrasts.values.begin() + static_cast<std::ptrdiff_t>(first),
                                       design.contrasts.values.end()},
                         .counts = {}};
    std::uint64_t total = 0;
    for (auto level = first; level < levels; ++level) {
      auto& of_level = own.counts.emplace_back();
      for (std::size_t repetition = 0; repetition < design.repetitions; ++repetition) {
        of_level.push_back(
            counts.at(design.evoked[(k * levels + level) * design.repetitions + repetition], 0, cell));
        total += of_level.back();
      }
    }
    const auto test = responsiveness_of(blanks, total, (levels - first) * design.repetitions);
    const double p = std::min(test.p_positive, test.p_negative);
    if (std::isnan(p) || p >= result.p) continue;  // the first passes: nothing is as large as NaN
    result.direction = design.directions.degrees[k];
    result.p = p;
    best = std::move(own);
  }
  if (std::isnan(result.direction)) return result;
  const auto preference = contrast_preference(best);
  if (std::isnan(preference.fits[0].aic)) return result;
  result.best = preference.best;
  for (std::size_t model = 0; model < models; ++model) result.aic[model] = preference.fits[model].aic;
  result.rise = preference.rise;
  result.fall = preference.fall;
  result.half = preference.half;
  return result;
}

Table contrast_preference_table(const Cells& cells, const std::vector<CellContrast>& results) {
  std::vector<std::int64_t> ids;
  std::vector<std::string> types, best;
  std::vector<double> direction, p, aic[models], rise, fall, half;
  for (const auto row : core_rows(cells)) {
    const auto& own = results[row];
    ids.push_back(static_cast<std::int64_t>(cells.node_id[row]));
    types.push_back(cells.type_of(row));
    direction.push_back(own.direction);
    p.push_back(own.p);
    best.emplace_back(own.best ? contrast_model_names[static_cast<std::size_t>(*own.best)] : "NaN");
    for (std::size_t model = 0; model < models; ++model) aic[model].push_back(own.aic[model]);
    rise.push_back(own.rise);
    fall.push_back(own.fall);
    half.push_back(own.half);
  }
  return {{{"node_id", std::move(ids)},
           {"cell_type", std::move(types)},
           {"direction", std::move(direction)},
           {"p", std::move(p)},
           {"best_model", std::move(best)},
           {"aic_high", std::move(aic[0])},
           {"aic_band", std::move(aic[1])},
           {"aic_low", std::move(aic[2])},
           {"c50_rise", std::move(rise)},
           {"c50_fall", std::move(fall)},
           {"c50", std::move(half)}}};
}

Table preference_type_table(const Cells& cells, const std::vector<CellContrast>& results,
                            const std::filesystem::path& recorded) {
  const auto units = read_preferences(recorded);
  std::map<std::string, Preferring> model;
  for (const auto row : core_rows(cells)) {
    auto& own = model[cells.type_of(row)];
    ++own.cells;
    if (!(results[row].p < significant_response) || !results[row].best) continue;
    ++own.responding;
    ++own.of_model[static_cast<std::size_t>(*results[row].best)];
  }
  const auto types = sorted_types(model);
  Table table{{{"cell_type", types}}};
  const auto add = [&](const std::string& prefix, const char* cells_name, const auto& of_type) {
    std::vector<std::int64_t> all, responding;
    std::vector<double> fractions[models];
    for (const auto& type : types) {
      const Preferring own = of_type(type);
      all.push_back(own.cells);
      responding.push_back(own.responding);
      for (std::size_t k = 0; k < models; ++k) fractions[k].push_back(own.fraction(k));
    }
    table.columns.push_back({prefix + cells_name, std::move(all)});
    table.columns.push_back({prefix + "n_responsive", std::move(responding)});
    for (std::size_t k = 0; k < models; ++k)
      table.columns.push_back({prefix + contrast_model_names[k], std::move(fractions[k])});
  };
  add("", "n_cells", [&](const std::string& type) { return model.at(type); });
  add("recorded_", "n_units", [&](const std::string& type) {
    const auto found = units.contains(type) ? units.find(type) : units.find(aggregate_l5(type));
    return found == units.end() ? Preferring{} : found->second;
  });
  return table;
}

std::filesystem::path shipped_contrast_preferences() {
  return io::config_directory() / "reference/neuropixels_contrast_preference.csv";
}

}  // namespace striate::metrics
