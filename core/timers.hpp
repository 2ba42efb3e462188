// SPDX-License-Identifier: BSD-3-Clause
// Where the time goes: a stopwatch per named phase, reduced over ranks at the end.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "core/values/clock.hpp"

namespace striate::core {

/// Seconds of one phase over all ranks.
struct PhaseTime {
  std::string name;
  double min = 0, mean = 0, max = 0;
};

class PhaseTimers {
 public:
  /// Phases are listed in the order given here. All ranks must give the same names.
  explicit PhaseTimers(std::vector<std::string> names)
      : names_(std::move(names)), seconds_(names_.size(), 0.0) {}

  void add(std::size_t phase, double seconds) { seconds_[phase] += seconds; }
  double seconds(std::size_t phase) const { return seconds_[phase]; }

  /// Collective.
  std::vector<PhaseTime> reduce(const Comm& comm) const;

 private:
  std::vector<std::string> names_;
  std::vector<double> seconds_;
};

/// Adds the time from construction to destruction to a phase.
class ScopedPhase {
 public:
  ScopedPhase(PhaseTimers& timers, std::size_t phase)
      : timers_(timers), phase_(phase), start_(Clock::now()) {}
  ~ScopedPhase() { timers_.add(phase_, seconds_since(start_)); }
  ScopedPhase(const ScopedPhase&) = delete;
  ScopedPhase& operator=(const ScopedPhase&) = delete;

 private:
  PhaseTimers& timers_;
  std::size_t phase_;
  Clock::time_point start_;
};

}  // namespace striate::core
