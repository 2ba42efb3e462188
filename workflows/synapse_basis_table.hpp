// SPDX-License-Identifier: BSD-3-Clause
// The synapses of a network as double alpha functions, and each as the sum of the four alpha functions that
// training calculates with (training/model/synapse_basis.hpp): the tables that the published training program
// reads.
#pragma once

#include "metrics/options/metric_options.hpp"

namespace striate::workflows {

inline constexpr core::Patterns synapse_basis_files{
    {"tf_props/double_alpha_params.csv", "tf_props/double_alpha_params_full.csv",
     "tf_props/basis_function_weights.csv", "tf_props/tau_basis.npy"}};
inline constexpr core::Patterns synapse_basis_reads{{metrics::node_types_file, "network/v1_v1_edge_types.csv",
                                                     "network/lgn_v1_edge_types.csv",
                                                     "network/bkg_v1_edge_types.csv"}};
inline constexpr core::Option synapse_basis_options[] = {
    metrics::options::described(metrics::options::output_dir, "write there instead of to BASE/tf_props")};

std::vector<std::filesystem::path> run_synapse_basis(const core::Call& call, const core::Comm& world);

}  // namespace striate::workflows
