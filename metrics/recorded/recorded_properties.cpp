// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/recorded/recorded_properties.hpp"

#include <algorithm>

#include "io/text/delimited_table.hpp"
#include "io/text/shipped_configs.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"

namespace striate::metrics {
namespace {

struct Counterpart {
  std::string_view paradigm, column, property;
};
constexpr Counterpart counterparts[] = {{"static_gratings", "pref_cpd", "pref_sf_sg"},
                                        {"dg_tf", "pref_temporal_f", "pref_tf_dg"},
                                        {"dg_tf", "OSI", "g_osi_dg"},
                                        {"dg_tf", "DSI", "g_dsi_dg"},
                                        {"dg_tf", "fano", "fano_dg"},
                                        {"dg_tf", "mean_rate", "firing_rate_dg"},
                                        {"gabors", "mean_rate", "firing_rate_rf"},
                                        {"spontaneous", "mean_rate", "firing_rate_sp"}};
/// Of stimuli that only the sessions 'brain observatory 1.1' showed.
constexpr std::string_view of_observatory[] = {"pref_sf_sg", "pref_tf_dg", "g_osi_dg", "g_dsi_dg"};

}  // namespace

RecordedProperties read_recorded_properties(const std::filesystem::path& file) {
  const auto table = io::read_delimited_table(file, ',', "recorded properties to compare with");
  const auto type = table.column("cell_type"), metric = table.column("metric");
  RecordedProperties properties;
  for (const auto& row : table.rows) {
    const auto number = [&](const char* column) { return number_or_nan(table, row, table.column(column)); };
    const auto units = [&](const char* column) {
      return static_cast<std::int64_t>(table.number(row, table.column(column)));
    };
    const auto& name = row.cells[metric];
    const bool both = std::ranges::find(of_observatory, name) == std::end(of_observatory);
    properties[row.cells[type]][name] = {.median = number("median"),
                                         .mean = number("mean"),
                                         .sem = number("sem"),
                                         .units = units("n_bo") + (both ? units("n_fc") : 0)};
  }
  return properties;
}

std::filesystem::path shipped_properties() {
  return io::config_directory() / "reference/neuropixels_functional_properties.csv";
}

std::optional<std::string> recorded_counterpart(std::string_view paradigm, std::string_view column) {
  constexpr std::string_view shorter = "_quick";
  if (paradigm.ends_with(shorter)) paradigm.remove_suffix(shorter.size());
  const auto found = std::ranges::find_if(
      counterparts, [&](const auto& each) { return each.paradigm == paradigm && each.column == column; });
  if (found == std::end(counterparts)) return std::nullopt;
  return std::string(found->property);
}

const RecordedProperty* find_recorded(const RecordedProperties& properties, const std::string& cell_type,
                                      const std::string& property) {
  for (const auto& type : {cell_type, aggregate_l5(cell_type)})
    if (const auto of_type = properties.find(type); of_type != properties.end())
      if (const auto found = of_type->second.find(property); found != of_type->second.end())
        return &found->second;
  return nullptr;
}

}  // namespace striate::metrics
