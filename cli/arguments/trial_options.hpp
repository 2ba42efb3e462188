// SPDX-License-Identifier: BSD-3-Clause
// Options that choose and change the trials of a paradigm.
#pragma once

#include "core/options.hpp"

namespace striate::cli {

inline constexpr core::Option only_option{
    .name = "only",
    .value = "VAR=V,…",
    .help = "only trials with these values, such as angle=0,90; may be repeated",
    .takes = core::Option::Takes::repeated};
inline constexpr core::Option stimulus_option{
    .name = "stimulus",
    .value = "KEY=VALUE",
    .help =
        "a key of the stimulus for all trials, such as temporal_f=1.0 or data_file=FILE.npy; may be repeated",
    .takes = core::Option::Takes::repeated};

}  // namespace striate::cli
