// SPDX-License-Identifier: BSD-3-Clause
#include "core/time_grid.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"

namespace striate::core {
namespace {

constexpr double tics_per_ms = 1000.0;
// Beyond this, tics no longer fit a 64-bit integer; such times are later than any simulation ends.
constexpr double largest_tics = 4e18;
constexpr std::int64_t largest_tics_per_step = 1'000'000'000;

std::int64_t to_integer(double tics) {
  return static_cast<std::int64_t>(std::clamp(tics, -largest_tics, largest_tics));
}

std::int64_t rounded_tics(double time_ms) {
  return to_integer(std::floor(time_ms * tics_per_ms + 0.5));
}

}  // namespace

std::int64_t TimeGrid::tics_per_step() const {
  return to_integer(std::floor(dt_ms * tics_per_ms + 0.5));
}

Step TimeGrid::delay_steps(double delay_ms) const {
  // A product, not a quotient: 1.15 ms at dt 0.1 ms is 11.5 -> 12 steps, but 1.15 / 0.1 is below 11.5.
  const double steps_per_ms = 1.0 / (static_cast<double>(tics_per_step()) / tics_per_ms);
  return to_integer(std::floor(delay_ms * steps_per_ms + 0.5));
}

Step TimeGrid::refractory_steps(double t_ref_ms) const {
  const auto tics = to_integer(std::trunc(t_ref_ms * tics_per_ms + 0.5));
  const auto per_step = tics_per_step();
  return tics / per_step + (tics % per_step > 0 ? 1 : 0);
}

Step TimeGrid::spike_stamp(double time_ms) const {
  const auto per_step = tics_per_step();
  const auto tics = to_integer(std::trunc(time_ms * tics_per_ms));
  Step step = tics / per_step;
  // The left end of the step in ms, by NEST's own expression: a time a rounding error above it moves on.
  const double begin_ms = (static_cast<double>(step * per_step) * (1.0 / static_cast<double>(per_step))) *
                          (static_cast<double>(per_step) / tics_per_ms);
  if (begin_ms < time_ms) ++step;
  return step;
}

bool TimeGrid::on_grid(double time_ms) const {
  return rounded_tics(time_ms) % tics_per_step() == 0;
}

Step TimeGrid::nearest_step(double time_ms) const {
  return static_cast<Step>(
      std::llround(static_cast<double>(rounded_tics(time_ms)) / static_cast<double>(tics_per_step())));
}

double TimeGrid::time_ms(Step step) const {
  // One rounding only, so that the value equals its decimal with three digits read back.
  return static_cast<double>(step * tics_per_step()) / tics_per_ms;
}

TimeGrid make_time_grid(double dt_ms, const char* where) {
  if (!(dt_ms > 0.0) || !std::isfinite(dt_ms))
    throw ConfigError("invalid time step {} ms in {} (must be positive)", dt_ms, where);
  const double tics = dt_ms * tics_per_ms;
  const double whole = std::floor(tics + 0.5);
  // Decimals such as 0.3 are not exact in binary: allow a few units in the last place.
  if (whole < 1.0 || std::abs(tics - whole) > 1e-9 * whole)
    throw ConfigError(
        "invalid time step {} ms in {} (not a whole number of microseconds, the simulator's smallest unit of "
        "time) use for example 0.25 or 0.1",
        dt_ms, where);
  if (whole > static_cast<double>(largest_tics_per_step))
    throw ConfigError("invalid time step {} ms in {} (above {} ms)", dt_ms, where,
                      static_cast<double>(largest_tics_per_step) / tics_per_ms);
  return TimeGrid{whole / tics_per_ms};
}

}  // namespace striate::core
