// SPDX-License-Identifier: BSD-3-Clause
// The trainer's sums over ranks by MPI.
#pragma once

#include "core/ranks/comm.hpp"
#include "training/model/rank_sums.hpp"

namespace striate::workflows {

/// `comm` must outlive the result.
training::Ranks training_ranks(const core::Comm& comm);

}  // namespace striate::workflows
