// SPDX-License-Identifier: BSD-3-Clause
// Whether the times of a spike input can be meant so: a train that stops long before the run does was made of
// a shorter stimulus, one that comes within its first moments is in seconds.
#pragma once

#include <bitset>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "engine/config/simulation_spec.hpp"

namespace striate::engine {

/// Times of one or several files, spike by spike.
class InputTimes {
 public:
  InputTimes(double end_ms, double dt_ms) : end_ms_(end_ms), dt_ms_(dt_ms) {}
  void add(double time_ms);
  void add(const InputTimes& other);
  std::uint64_t count() const { return count_; }

  /// Nothing at all, or nothing within the run, all of it at its very start, or much of it after its end; ""
  /// when neither.
  std::string warning(const SpikeInput& input) const;
  /// Silence from the last spike on that does not happen by chance, or "". `inputs`: all of one population,
  /// whose spikes these are. Spikes of one moment count once, so a single volley is no stimulus that stops.
  std::string stops_early(const std::vector<SpikeInput>& inputs, const std::string& population) const;

 private:
  double unlikely_gap() const;

  static constexpr std::size_t moments = 2048;  ///< of the run
  double end_ms_, dt_ms_;
  std::uint64_t count_ = 0, later_ = 0;
  double first_ms_ = std::numeric_limits<double>::infinity(), last_ms_ = -first_ms_;
  double last_inside_ms_ = 0;
  std::bitset<moments> used_;
};

/// The same of the file as it will be played. Throws as its reading does.
InputTimes times_of(const SpikeInput& input, double end_ms, double dt_ms);

}  // namespace striate::engine
