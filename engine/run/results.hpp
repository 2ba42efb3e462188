// SPDX-License-Identifier: BSD-3-Clause
// From a finished run to its files. All are written under temporary names first and get their final names
// together at the end, so that a full disk leaves no part of a result that looks complete.
#pragma once

#include <span>
#include <vector>

#include "core/comm.hpp"
#include "engine/machine/glif_kernel.hpp"
#include "engine/network/network.hpp"
#include "engine/network/partition.hpp"
#include "engine/run/recorder.hpp"
#include "engine/run/trials.hpp"

namespace striate::engine {

/// `spikes`: of this rank. Collective.
void write_results(const Trial& trial, std::span<const LocalSpike> spikes, std::vector<Recorder>& recorders,
                   const Network& network, const Partition& partition, const core::Comm& comm);

}  // namespace striate::engine
