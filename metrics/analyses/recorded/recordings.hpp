// SPDX-License-Identifier: BSD-3-Clause
// Recorded sessions (NWB files) put through the analyses of the model: a row for each unit of a known type,
// with the columns of 'metrics tuning' for each set of stimuli that was shown.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/kinds.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

/// Which units are good enough.
struct UnitQuality {
  double least_presence = 0.9;  ///< presence_ratio above
  double most_cutoff = 0.1;  ///< amplitude_cutoff below
  double most_violations = 0.5;  ///< isi_violations below
};

struct RecordingsRequest {
  std::vector<std::filesystem::path> sessions;
  std::filesystem::path types;  ///< table with ecephys_unit_id and cell_type
  std::filesystem::path table;
  UnitQuality quality = {};
  std::vector<std::string> areas = {};  ///< none: all
};

/// Writes the table, which 'metrics reference' and 'similarity --reference' read. Collective. Throws
/// UsageError when no unit is left, FormatError for files that lack columns.
std::vector<std::filesystem::path> make_recordings(const RecordingsRequest& request, const core::Comm& comm);

/// `striate recordings`.
const core::Kind& recordings_kind();

}  // namespace striate::metrics
