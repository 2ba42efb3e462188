// SPDX-License-Identifier: BSD-3-Clause
// The network option "adjusted": recurrent weights scaled so that each cell type receives the current at
// which it fires as recorded. With excitation E, inhibition I (negative) and the recurrent current R that is
// needed, R = a E + I / a gives the factor a of the type: excitatory weights are multiplied, inhibitory ones
// divided.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "interventions/actuation.hpp"

namespace striate::interventions {

/// The first positive root of E a^2 - R a + I = 0; nullopt when there is none.
std::optional<double> adjustment_factor(double needed, double excitation, double inhibition);

struct Adjustment {
  std::string type;
  double target_current = 0, background = 0, lgn = 0;  ///< pA; `lgn` during gratings
  double needed = 0, excitation = 0, inhibition = 0;  ///< pA; without the inhibition from layer 1
  double factor = 1;
};

/// One for each target of the matrix, in its order. Throws FormatError for a type without target current or
/// without a positive factor.
std::vector<Adjustment> adjustments(const ActuationMatrix& currents,
                                    const std::map<std::string, double>& target_currents);

/// target_currents.csv of 'striate metrics target-current' by cell type, without NaN.
std::map<std::string, double> read_target_currents(const std::filesystem::path& file);

/// The modfile: for each type the rows "pop_name e pop_name SUBSTRING * a" and "pop_name i … / a".
metrics::Table modulation_table(const std::vector<Adjustment>& adjustments);

/// [population of Cells] the factor of the first type whose substring occurs in its name; 1 without one.
/// Throws FormatError when a modfile would treat a population otherwise than its cell type or its sign.
std::vector<double> population_factors(const metrics::Cells& cells,
                                       const std::vector<Adjustment>& adjustments);

/// Copies an edge file within V1 and multiplies weights of at least 0 by the factor of the target's
/// population and divides negative ones by it. Complete or not at all; one rank calls this. Throws
/// FormatError unless the file has one group with its rows in order.
void write_adjusted_edges(const std::filesystem::path& source, const std::filesystem::path& destination,
                          const metrics::Cells& cells, const std::vector<double>& factor_of_population,
                          std::uint64_t block_rows = metrics::edge_block_rows);

}  // namespace striate::interventions
