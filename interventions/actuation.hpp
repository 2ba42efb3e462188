// SPDX-License-Identifier: BSD-3-Clause
// Mean currents that flow into the core cells of each cell type from each source (background, LGN, cell types
// of V1) when all fire as recorded: charge per presynaptic spike times rate. Independent of ranks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "interventions/edge_charge.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/base/output.hpp"
#include "metrics/recorded/reference_values.hpp"

namespace striate::interventions {

inline constexpr double background_rate_hz = 250, evoked_lgn_rate_hz = 6.13, gray_lgn_rate_hz = 3.84;
/// Over half a second of gray screen and one second of grating.
inline constexpr double mean_lgn_rate_hz = (gray_lgn_rate_hz + 2 * evoked_lgn_rate_hz) / 3;

/// Charges and currents from source to target, [source * targets + target].
struct ActuationMatrix {
  std::vector<std::string> sources;  ///< "bkg", "lgn", then cell types
  std::vector<std::string> targets;  ///< cell types, alphabetical, as far as they have core cells
  std::vector<double> values;
  double at(std::size_t source, std::size_t target) const { return values[source * targets.size() + target]; }
};

/// pC per spike of every source cell: the sum of n w tau e over edges to core cells of a type, divided by the
/// number of these cells; n is n_syns_ for edges within V1 and 1 for others. On the root. Collective. Throws
/// FormatError for unknown edge types, edges without weight, receptors that the target does not have.
ActuationMatrix charges(const metrics::Cells& cells, const std::vector<SynapseSource>& sources,
                        const TimeConstants& time_constants, const core::Comm& comm,
                        std::uint64_t block_rows = metrics::edge_block_rows);

/// pA: charges times 250 Hz, the LGN's mean rate and the mean recorded rates of the cell types (that of
/// L5_Exc for each of its three types, which recordings do not tell apart). Throws FormatError for a type
/// without recordings.
ActuationMatrix currents(ActuationMatrix charges, const metrics::ReferenceValues& reference);

/// The part of a population's name by which a modfile knows the cell type: "e2" for L2/3_Exc, "i23P" for
/// L2/3_PV, "i1H" for L1_Inh, "e5ET" for L5_ET; other types are populations and keep their names.
std::string population_substring(const std::string& cell_type);

/// Blank separated: source, and a column for each target, all by these short names.
metrics::Table actuation_table(const ActuationMatrix& currents);

}  // namespace striate::interventions
