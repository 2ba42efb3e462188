// SPDX-License-Identifier: BSD-3-Clause
// The same columns of the tables of pairs of several options as matrices beside each other, with one scale of
// colours for all options.
#pragma once

#include <string>
#include <vector>

#include "metrics/figures/panels/pair_matrix.hpp"

namespace striate::metrics {

/// A table with a row per pair of types, parted into types and all excitatory or inhibitory cells.
struct PairTable {
  PairTable(std::string of_option, io::DelimitedTable table);
  std::string option;
  io::DelimitedTable types, classes;
};

/// Types of any of the tables, in the order of the figures.
std::vector<std::string> types_of(const std::vector<PairTable>& tables);
/// "bio_trained", "bio_trained beside naive".
std::string shown_options(const std::vector<std::string>& options);

struct MappedColumn {
  std::string title, colour_label, column;
  std::vector<std::string> scale_of = {};  ///< columns that the scale is to fit, its own when empty
  bool certainty = false;  ///< p values, shown as -log10 up to 10
};
/// For each column a matrix per option.
std::vector<PairMap> option_maps(const std::vector<PairTable>& tables, const std::vector<std::string>& types,
                                 const std::vector<MappedColumn>& columns);

}  // namespace striate::metrics
