// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/input_times.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "io/sonata/spikes.hpp"

namespace striate::engine {
namespace {

constexpr double fewest_moments = 30;  ///< a rate is told by so many
constexpr double surprising = 1e-6;
constexpr double shortest_gap_ms = 10, shortest_gap_of_run = 1. / 200;  ///< ends are rounded to frames

}  // namespace

void InputTimes::add(double time_ms) {
  ++count_;
  first_ms_ = std::min(first_ms_, time_ms);
  last_ms_ = std::max(last_ms_, time_ms);
  if (time_ms > end_ms_) {
    ++later_;
    return;
  }
  last_inside_ms_ = std::max(last_inside_ms_, time_ms);
  const double moment_ms = std::max(1.0, end_ms_ / static_cast<double>(moments));
  if (time_ms >= 0) used_.set(std::min(moments - 1, static_cast<std::size_t>(time_ms / moment_ms)));
}

void InputTimes::add(const InputTimes& other) {
  count_ += other.count_;
  later_ += other.later_;
  first_ms_ = std::min(first_ms_, other.first_ms_);
  last_ms_ = std::max(last_ms_, other.last_ms_);
  last_inside_ms_ = std::max(last_inside_ms_, other.last_inside_ms_);
  used_ |= other.used_;
}

double InputTimes::unlikely_gap() const {
  return std::max(shortest_gap_ms, end_ms_ * shortest_gap_of_run);
}

std::string InputTimes::warning(const SpikeInput& input) const {
  if (count_ == 0) return fmt::format("no spikes in {} ({}/input_file)", input.file, input.where);
  if (first_ms_ > end_ms_)
    return fmt::format(
        "none of {} spikes in {} counts ({}/input_file; the first is at {} ms, the run ends at {} ms)",
        count_, input.file, input.where, first_ms_, end_ms_);
  if (last_ms_ <= std::max(dt_ms_, end_ms_ / 1000))
    return fmt::format(
        "all {} spikes in {} come before {} ms of a run of {} ms ({}/input_file) are they in seconds? times "
        "are in ms",
        count_, input.file, last_ms_, end_ms_, input.where);
  if (last_ms_ > end_ms_ + unlikely_gap())
    return fmt::format(
        "{} of {} spikes in {} are left out ({}/input_file; the last is at {} ms, the run ends at {} ms)",
        later_, count_, input.file, input.where, last_ms_, end_ms_);
  return {};
}

std::string InputTimes::stops_early(const std::vector<SpikeInput>& inputs,
                                    const std::string& population) const {
  const auto moments_used = static_cast<double>(used_.count());
  const double gap = end_ms_ - last_inside_ms_;
  if (later_ != 0 || moments_used < fewest_moments || gap <= unlikely_gap()) return {};
  if (last_inside_ms_ <= std::max(dt_ms_, end_ms_ / 1000)) return {};  // told as seconds
  // At the rate before, so many moments with spikes would be expected after the last.
  if (std::exp(-moments_used * gap / last_inside_ms_) >= surprising) return {};
  std::vector<std::string> files;
  for (const auto& input : inputs) files.push_back(input.file.string());
  return fmt::format(
      "spikes for '{}' in {} end at {:g} ms (the last of {}; {}/input_file), the run ends at {:g} ms "
      "(run.tstop) "
      "is it longer than the stimulus?",
      population, fmt::join(files, ", "), last_inside_ms_, count_, inputs.front().where, end_ms_);
}

InputTimes times_of(const SpikeInput& input, double end_ms, double dt_ms) {
  InputTimes times(end_ms, dt_ms);
  const auto add = [&](const io::SpikeTrains& trains) {
    for (const double time : trains.time_ms) times.add(time);
  };
  if (input.format == SpikeInput::Format::h5)
    io::visit_spikes_h5(input.file, input.population, add);
  else
    add(io::read_spikes_csv(input.file, input.population));
  return times;
}

}  // namespace striate::engine
