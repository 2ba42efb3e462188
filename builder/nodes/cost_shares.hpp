// SPDX-License-Identifier: BSD-3-Clause
// Deals targets to ranks in contiguous ranges of about equal work.
#pragma once

#include <cstdint>
#include <span>

#include "core/ranks/comm.hpp"

namespace striate::builder {

/// The range of `rank`; the ranges of all ranks cover every target once. Costs must not be negative.
core::Share share_by_cost(std::span<const double> cost, int rank, int size);

}  // namespace striate::builder
