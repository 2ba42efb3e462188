// SPDX-License-Identifier: BSD-3-Clause
#include "core/timers.hpp"

namespace striate::core {

std::vector<PhaseTime> PhaseTimers::reduce(const Comm& comm) const {
  std::vector<PhaseTime> result;
  for (std::size_t phase = 0; phase < names_.size(); ++phase)
    result.push_back({.name = names_[phase],
                      .min = comm.min(seconds_[phase]),
                      .mean = comm.sum_of_timings(seconds_[phase]) / comm.size(),
                      .max = comm.max(seconds_[phase])});
  return result;
}

}  // namespace striate::core
