// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/spikes/spike_trains.hpp"

#include <algorithm>
#include <cmath>

namespace striate::lgn {
namespace {

/// Rounding may not carry a spike over the end of its interval.
double within(double time_ms, double begin_ms, double end_ms) {
  return std::clamp(time_ms, begin_ms, std::nextafter(end_ms, begin_ms));
}

/// Unit-rate exponential steps on the integral of the rate.
void append_poisson(std::span<const double> rates_hz, const TimeAxis& times, core::RandomStream& random,
                    std::vector<double>& times_ms) {
  double rest = random.exponential();  // of the integral until the next spike
  for (std::size_t k = 0; k + 1 < rates_hz.size(); ++k) {
    const double expected = rates_hz[k] * times.step_ms * 1e-3;
    if (rest >= expected) {
      rest -= expected;
      continue;
    }
    const double begin_ms = times.at_ms(k), end_ms = times.at_ms(k + 1);
    double spent = 0;
    while (rest < expected - spent) {
      spent += rest;
      times_ms.push_back(within(begin_ms + times.step_ms * (spent / expected), begin_ms, end_ms));
      rest = random.exponential();
    }
    rest -= expected - spent;
  }
}

void append_bernoulli(std::span<const double> rates_hz, const TimeAxis& times, core::RandomStream& random,
                      std::vector<double>& times_ms) {
  constexpr double most_per_bin = 0.1;
  for (std::size_t k = 0; k + 1 < rates_hz.size(); ++k) {
    const double expected = rates_hz[k] * times.step_ms * 1e-3;
    if (!(expected > 0)) continue;
    const double begin_ms = times.at_ms(k), end_ms = times.at_ms(k + 1);
    const auto bins =
        static_cast<std::size_t>(expected <= most_per_bin ? 1 : std::ceil(expected / most_per_bin));
    const double bin_ms = times.step_ms / static_cast<double>(bins);
    for (std::size_t bin = 0; bin < bins; ++bin)
      if (random.uniform() < expected / static_cast<double>(bins))
        times_ms.push_back(
            within(begin_ms + (static_cast<double>(bin) + random.uniform()) * bin_ms, begin_ms, end_ms));
  }
}

}  // namespace

void append_spike_train(std::span<const double> rates_hz, const TimeAxis& times, SpikeProcess process,
                        core::RandomStream& random, std::vector<double>& times_ms) {
  if (process == SpikeProcess::poisson)
    append_poisson(rates_hz, times, random, times_ms);
  else
    append_bernoulli(rates_hz, times, random, times_ms);
}

}  // namespace striate::lgn
