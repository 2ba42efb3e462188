// SPDX-License-Identifier: BSD-3-Clause
// A recorded session in the format Neurodata Without Borders (NWB 2, HDF5) as the Allen Institute's visual
// coding recordings have it: sorted units with their spikes, and tables of what was presented when. Times in
// seconds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "io/hdf5/h5.hpp"

namespace striate::io {

struct NwbUnits {
  std::vector<std::uint64_t> id;
  std::vector<std::uint64_t> first_spike, end_spike;  ///< rows of /units/spike_times
  /// Numbers of units by column, NaN where one has none.
  std::map<std::string, std::vector<double>> columns;
  std::vector<std::string> area;  ///< of the peak channel: "VISp"
  std::size_t size() const { return id.size(); }
};

/// `columns` must all be there. Throws FormatError naming what is missing or contradicts itself.
NwbUnits read_nwb_units(const h5::File& file, const std::vector<std::string>& columns);
/// Rising. Throws FormatError for times that are not.
std::vector<double> read_nwb_spikes(const h5::File& file, const NwbUnits& units, std::size_t unit);

/// The sets of stimuli: "drifting_gratings" for /intervals/drifting_gratings_presentations.
std::vector<std::string> nwb_presentation_sets(const h5::File& file);

struct NwbPresentations {
  std::vector<double> start_s, stop_s;
  std::vector<std::vector<std::string>> values;  ///< [row][column] as texts; "" for null, none and NaN
  std::size_t size() const { return start_s.size(); }
};
/// `columns` must all be there. Throws FormatError, also for times that are no numbers or run back.
NwbPresentations read_nwb_presentations(const h5::File& file, const std::string& set,
                                        const std::vector<std::string>& columns);
/// Whether a set has a column.
bool has_nwb_column(const h5::File& file, const std::string& set, const std::string& column);

}  // namespace striate::io
