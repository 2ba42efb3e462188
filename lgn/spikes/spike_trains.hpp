// SPDX-License-Identifier: BSD-3-Clause
// Spike trains from rates. rate[k] holds from time_ms[k] to time_ms[k + 1]; the last rate only ends the
// train. The default is the exact inhomogeneous Poisson process of this step function; the Bernoulli mode
// repeats BMTK's generator (bins of at most 0.1 expected spikes, at most one spike in each), with our random
// numbers.
#pragma once

#include <span>
#include <vector>

#include "core/values/random.hpp"
#include "lgn/filters/time_axis.hpp"

namespace striate::lgn {

enum class SpikeProcess { poisson, bernoulli };

/// Ascending times within [first sample, last sample). Rates must be finite and not negative.
void append_spike_train(std::span<const double> rates_hz, const TimeAxis& times, SpikeProcess process,
                        core::RandomStream& random, std::vector<double>& times_ms);

}  // namespace striate::lgn
