// SPDX-License-Identifier: BSD-3-Clause
// From milliseconds to steps: the four different rules of NEST 3 (nest_time.h and the models). Tics are
// 0.001 ms.
#pragma once

#include <cstdint>

#include "core/values/ids.hpp"

namespace striate::core {

struct TimeGrid {
  double dt_ms;

  std::int64_t tics_per_step() const;  ///< floor(1000 dt + 0.5)
  /// Connection delays: floor(delay * steps_per_ms + 0.5), half rounds up. May be 0; the caller refuses that.
  Step delay_steps(double delay_ms) const;
  /// Refractory time: rounded to tics, then up to whole steps.
  Step refractory_steps(double t_ref_ms) const;
  /// Step that contains an input spike at `time_ms`: its right end (precise_times of the spike generator).
  /// Values a few ulp above a grid point belong to the next step.
  Step spike_stamp(double time_ms) const;
  /// True when `time_ms`, rounded to tics, lies on the grid (current changes, durations, report times).
  bool on_grid(double time_ms) const;
  Step nearest_step(double time_ms) const;
  /// Time of a step's right end as NEST prints it: rounded to 0.001 ms.
  double time_ms(Step step) const;
};

/// Throws ConfigError naming `where` unless dt > 0 and a whole number of tics.
TimeGrid make_time_grid(double dt_ms, const char* where);

}  // namespace striate::core
