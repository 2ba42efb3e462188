// SPDX-License-Identifier: BSD-3-Clause
// From a finished run to its files. All are written under temporary names first and get their final names
// together at the end, so that a full disk leaves no part of a result that looks complete.
#pragma once

#include <vector>

#include "core/ranks/comm.hpp"
#include "engine/run/recorder.hpp"
#include "engine/run/spike_recorder.hpp"
#include "engine/run/trials.hpp"

namespace striate::engine {

/// Collective.
void write_results(const Trial& trial, SpikeRecorder& spikes, std::vector<Recorder>& recorders,
                   const core::Comm& comm);

}  // namespace striate::engine
