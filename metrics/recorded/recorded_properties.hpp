// SPDX-License-Identifier: BSD-3-Clause
// Functional properties of recorded units by cell type
// (configs/reference/neuropixels_functional_properties.csv): medians and means, as single units are not
// public; and which property a column of ours is compared with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace striate::metrics {

struct RecordedProperty {
  double median = 0, mean = 0, sem = 0;  ///< NaN where there is none
  std::int64_t units = 0;  ///< of sessions that showed the stimulus
};

/// [cell type][property]
using RecordedProperties = std::map<std::string, std::map<std::string, RecordedProperty>>;

/// Columns cell_type, metric, n_bo, n_fc, median, mean, sem. Throws FormatError.
RecordedProperties read_recorded_properties(const std::filesystem::path& file);
std::filesystem::path shipped_properties();

/// "pref_sf_sg" for pref_cpd of static_gratings (or static_gratings_quick); nothing for what was not
/// measured.
std::optional<std::string> recorded_counterpart(std::string_view paradigm, std::string_view column);

/// That of a cell type; L5_ET, L5_IT and L5_NP have that of L5_Exc. Null where there is none.
const RecordedProperty* find_recorded(const RecordedProperties& properties, const std::string& cell_type,
                                      const std::string& property);

}  // namespace striate::metrics
