// SPDX-License-Identifier: BSD-3-Clause
// The cells of an LGN population and their linear sub-units, made from a SONATA node population. Most classes
// have one sub-unit; sONsOFF and sONtOFF cells are the sum of an OFF (dominant) and an ON sub-unit at some
// distance, each rectified by itself. Spontaneous rates and the constants of the two-subfield classes are
// fits to mouse LGN recordings (Durand et al. 2016, J. Neurosci. 36, doi:10.1523/JNEUROSCI.1741-16.2016;
// Billeh et al. 2020, Neuron 106, doi:10.1016/j.neuron.2020.01.040).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/sonata/nodes.hpp"
#include "lgn/filters/temporal_filter.hpp"

namespace striate::lgn {

/// rate = sum over a cell's sub-units of max(amplitude * (kernel * drive) + baseline, 0).
struct SubUnit {
  double x_deg = 0, y_deg = 0, sigma_deg = 0;
  double amplitude = 1;
  double baseline_hz = 0;
  TemporalParameters temporal;  ///< delays include the shift that aligns the lobes of a two-subfield cell
};

struct Cell {
  std::uint64_t node_id = 0;
  std::uint32_t first_unit = 0, unit_count = 1;
  std::uint32_t class_index = 0;
};

struct Cells {
  std::string population;
  std::vector<std::string> classes;  ///< pop_name of each class, in order of first appearance by node id
  std::vector<Cell> cells;  ///< by node id
  std::vector<SubUnit> units;  ///< a cell's are adjacent, dominant first
};

/// Spontaneous rate in Hz of a single-unit class such as "sON_TF4"; nullopt when it was not measured.
std::optional<double> spontaneous_rate_hz(const std::string& class_name);

/// What a two-subfield class adds to the parameters of its nodes.
struct TwoSubfieldClass {
  std::string prefix;  ///< "sONsOFF"
  double baseline_hz, max_off_hz, max_on_hz, off_gain;
  double on_peak_ms, off_peak_ms;  ///< where the lobes of the sub-units cross zero after alignment
};
std::optional<TwoSubfieldClass> two_subfield_class(const std::string& class_name);

/// Aligns the two sub-units' kernels and sets the OFF amplitude that balances their lobes. `where` names the
/// node in errors. Both come with amplitude and baseline unset and delays as in the node file.
void balance_subfields(const TwoSubfieldClass& model, SubUnit& off, SubUnit& on, const std::string& where);

/// Throws FormatError naming file, node and column for anything missing or out of range.
Cells make_cells(const io::NodePopulation& nodes);

}  // namespace striate::lgn
