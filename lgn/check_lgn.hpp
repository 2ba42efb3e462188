// SPDX-License-Identifier: BSD-3-Clause
// What `striate check` says of a FilterNet configuration besides its network: the stimulus and the cells that
// look at it.
#pragma once

#include "core/errors/problems.hpp"
#include "io/sonata/config/sonata_config.hpp"

namespace striate::lgn {

/// Reads the stimulus with its pictures and makes all cells. Nothing is written.
void check_config(const io::SonataConfig& config, core::Problems& problems);

}  // namespace striate::lgn
