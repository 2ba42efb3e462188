// SPDX-License-Identifier: BSD-3-Clause
// Matrices of source by target type from tables with a row per pair.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "io/text/delimited_table.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"

namespace striate::metrics {

/// Takes the rows of all excitatory or inhibitory cells ("E", "I") out of the table: they have no place among
/// the types. Returns them.
io::DelimitedTable take_class_rows(io::DelimitedTable& table);
/// "all cells: E to E 0.12, E to I …" of a column of such rows; "" without any.
std::string class_text(const io::DelimitedTable& classes, const std::string& column, int digits = 2);

/// Types that occur as source or target, in the order of the figures.
std::vector<std::string> paired_types(const io::DelimitedTable& table);
/// [source * types + target] of a column; NaN for absent pairs.
std::vector<double> pair_matrix(const io::DelimitedTable& table, const std::vector<std::string>& types,
                                const std::string& column);
/// The value below which 95 % of the magnitudes lie; NaN left aside.
double usual_magnitude(std::span<const double> values);

struct PairMap {
  std::string title, colour_label;
  std::vector<double> values;
  double low = 0, high = 1;
  Palette colours = Palette::diverging;
  std::string note = {};  ///< small, below the matrix
};
/// Two by two matrices on one page.
Figure pair_figure(const std::string& title, const std::vector<std::string>& types,
                   const std::vector<PairMap>& maps, const std::string& name);

}  // namespace striate::metrics
