// SPDX-License-Identifier: BSD-3-Clause
// Node sets of selective and of other cells, excitatory and inhibitory, as the table of features labels them;
// and of the larger group as many cells as the smaller one has ("matched").
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/ranks/comm.hpp"

namespace striate::interventions {

struct SelectiveSetRequest {
  std::filesystem::path base;
  std::filesystem::path features;  ///< neuron_features_OPT.csv
  std::filesystem::path output_directory;
  std::uint64_t seed = 0;  ///< of the choice of matched cells
};

/// `count` of the ids, ascending: those with the smallest random numbers, one for each id.
std::vector<std::uint64_t> draw_ids(const std::vector<std::uint64_t>& ids, std::size_t count,
                                    std::uint64_t seed);

/// {exc,inh}_{selective,nonselective}{,_matched}_nodes.json. Cells with an unknown label are in none. The
/// root works alone. Throws FormatError for other labels.
std::vector<std::filesystem::path> make_selective_sets(const SelectiveSetRequest& request,
                                                       const core::Comm& comm);

}  // namespace striate::interventions
