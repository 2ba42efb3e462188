// SPDX-License-Identifier: BSD-3-Clause
#include "io/nwb/nwb_session.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"

namespace striate::io {
namespace {

constexpr std::string_view presentations_ending = "_presentations";
constexpr const char *units_group = "/units", *electrodes_group = "/general/extracellular_ephys/electrodes";

std::string set_group(const std::string& set) {
  return "/intervals/" + set + std::string(presentations_ending);
}

void require_columns(const h5::File& file, const std::string& group, const std::vector<std::string>& columns,
                     const char* why) {
  if (!h5::is_group(file, group)) throw core::FormatError("no {} in {} ({})", group, file.path(), why);
  std::vector<std::string> missing;
  for (const auto& column : columns)
    if (!h5::is_dataset(file, group + "/" + column)) missing.push_back(column);
  if (!missing.empty())
    throw core::FormatError("missing column{} {} in {}:{} ({})", missing.size() > 1 ? "s" : "",
                            fmt::join(missing, ", "), file.path(), group, why);
}

void require_length(const h5::File& file, const std::string& dataset, std::size_t length, std::size_t rows) {
  if (length != rows)
    throw core::FormatError("{} rows in {}:{} (its table has {})", length, file.path(), dataset, rows);
}

std::vector<double> numbers(const h5::File& file, const std::string& dataset, std::size_t rows) {
  auto values = h5::read<double>(file, dataset);
  require_length(file, dataset, values.size(), rows);
  return values;
}

std::vector<std::string> texts(const h5::File& file, const std::string& dataset, std::size_t rows) {
  std::vector<std::string> values;
  if (h5::dataset_info(file, dataset).type == h5::TypeClass::string) {
    values = h5::read_strings(file, dataset);
    for (auto& value : values)
      if (value == "null" || value == "N/A" || value == "nan" || value == "NaN") value.clear();
  } else {
    for (const double value : h5::read<double>(file, dataset))
      values.push_back(std::isnan(value) ? std::string() : fmt::format("{}", value));
  }
  require_length(file, dataset, values.size(), rows);
  return values;
}

/// The area of each unit's peak channel.
std::vector<std::string> areas_of(const h5::File& file, std::size_t rows) {
  require_columns(file, electrodes_group, {"id", "location"},
                  "the areas of units are those of their peak channels");
  const auto ids = h5::read<std::int64_t>(file, std::string(electrodes_group) + "/id");
  const auto locations = texts(file, std::string(electrodes_group) + "/location", ids.size());
  std::map<std::int64_t, std::string> area;
  for (std::size_t k = 0; k < ids.size(); ++k) area[ids[k]] = locations[k];
  std::vector<std::string> areas;
  for (const double channel : numbers(file, "/units/peak_channel_id", rows)) {
    const auto found = area.find(static_cast<std::int64_t>(channel));
    if (found == area.end())
      throw core::FormatError("peak_channel_id {} in {}:/units is none of {}", channel, file.path(),
                              electrodes_group);
    areas.push_back(found->second);
  }
  return areas;
}

}  // namespace

NwbUnits read_nwb_units(const h5::File& file, const std::vector<std::string>& columns) {
  std::vector<std::string> needed{"id", "spike_times", "spike_times_index", "peak_channel_id"};
  needed.insert(needed.end(), columns.begin(), columns.end());
  require_columns(file, units_group, needed, "a session's units are read there");
  NwbUnits units;
  const auto rows = h5::dataset_info(file, "/units/id").count();
  units.id = h5::read_ids(file, "/units/id", 0, rows);
  const auto ends = h5::read_ids(file, "/units/spike_times_index", 0,
                                 h5::dataset_info(file, "/units/spike_times_index").count());
  require_length(file, "/units/spike_times_index", ends.size(), units.size());
  const auto spikes = h5::dataset_info(file, "/units/spike_times").count();
  std::uint64_t first = 0;
  for (const auto end : ends) {
    if (end < first || end > spikes)
      throw core::FormatError(
          "{} after {} in {}:/units/spike_times_index (ends of each unit's spikes, at most {})", end, first,
          file.path(), spikes);
    units.first_spike.push_back(first);
    units.end_spike.push_back(end);
    first = end;
  }
  for (const auto& column : columns) units.columns[column] = numbers(file, "/units/" + column, units.size());
  units.area = areas_of(file, units.size());
  return units;
}

std::vector<double> read_nwb_spikes(const h5::File& file, const NwbUnits& units, std::size_t unit) {
  auto times = h5::read_rows<double>(file, "/units/spike_times", units.first_spike[unit],
                                     units.end_spike[unit] - units.first_spike[unit]);
  if (!std::ranges::is_sorted(times) ||
      std::ranges::any_of(times, [](double time) { return !std::isfinite(time); }))
    throw core::FormatError("spike times of unit {} in {} do not rise (they must be numbers in order)",
                            units.id[unit], file.path());
  return times;
}

std::vector<std::string> nwb_presentation_sets(const h5::File& file) {
  std::vector<std::string> sets;
  if (!h5::is_group(file, "/intervals")) return sets;
  for (const auto& name : h5::children(file, "/intervals"))
    if (name.ends_with(presentations_ending))
      sets.push_back(name.substr(0, name.size() - presentations_ending.size()));
  return sets;
}

bool has_nwb_column(const h5::File& file, const std::string& set, const std::string& column) {
  return h5::is_dataset(file, set_group(set) + "/" + column);
}

NwbPresentations read_nwb_presentations(const h5::File& file, const std::string& set,
                                        const std::vector<std::string>& columns) {
  const auto group = set_group(set);
  std::vector<std::string> needed{"start_time", "stop_time"};
  needed.insert(needed.end(), columns.begin(), columns.end());
  require_columns(file, group, needed, "what was shown when");
  NwbPresentations shown;
  shown.start_s = h5::read<double>(file, group + "/start_time");
  shown.stop_s = numbers(file, group + "/stop_time", shown.start_s.size());
  for (std::size_t row = 0; row < shown.size(); ++row)
    if (!(shown.start_s[row] < shown.stop_s[row]) ||
        (row > 0 && !(shown.start_s[row] >= shown.start_s[row - 1])))
      throw core::FormatError("presentation {} of {}:{} from {} to {} s (must rise, row after row)", row,
                              file.path(), group, shown.start_s[row], shown.stop_s[row]);
  shown.values.assign(shown.size(), {});
  for (const auto& column : columns) {
    const auto values = texts(file, group + "/" + column, shown.size());
    for (std::size_t row = 0; row < shown.size(); ++row) shown.values[row].push_back(values[row]);
  }
  return shown;
}

}  // namespace striate::io
