// SPDX-License-Identifier: BSD-3-Clause
// Names of cortical cell types: the 22 populations of the model ("e23Cux2", "i4Sst") fall into 19 types
// ("L2/3_Exc", "L4_SST"); Neuropixels recordings tell 17 of them apart (one L5_Exc).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace striate::metrics {

/// The cell type of a population; a name that follows no known pattern is its own type.
std::string cell_type_of(std::string_view pop_name);
/// Blanks become underscores, "L1_Htr3a" becomes "L1_Inh".
std::string clean_label(std::string_view label);

bool is_excitatory(std::string_view cell_type);
/// "L2/3" of "L2/3_PV"; nullopt for labels without a layer, such as "PV".
std::optional<std::string> layer_of(std::string_view cell_type);
/// "Exc", "PV", "SST", "VIP", "Inh" (layer 1) or the label itself.
std::string class_of(std::string_view cell_type);

bool is_l5_excitatory(std::string_view cell_type);  ///< L5_IT, L5_ET, L5_NP
/// L5_IT, L5_ET, L5_NP -> L5_Exc.
std::string aggregate_l5(std::string_view cell_type);
/// Layered PV, SST, VIP -> PV, SST, VIP; L1_Inh stays.
std::string simplify_inhibitory(std::string_view cell_type);
/// An edge with exactly one inhibitory end survives when both ends are in one layer, the inhibitory end is in
/// layer 1 or a layer is unknown. All other edges survive.
bool in_respective_layers(std::string_view source_type, std::string_view target_type);

/// Sorts labels as the figures show them: excitatory from the surface down, L1_Inh, PV, SST, VIP, others.
void sort_types(std::vector<std::string>& types);
/// The labels of a set, or those under which a map has something, in that order.
template <class Labels>
std::vector<std::string> sorted_types(const Labels& labels) {
  std::vector<std::string> types;
  for (const auto& label : labels)
    if constexpr (requires { label.first; })
      types.push_back(label.first);
    else
      types.push_back(label);
  sort_types(types);
  return types;
}

}  // namespace striate::metrics
