// SPDX-License-Identifier: BSD-3-Clause
#include "core/pulse/pulse.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

namespace striate::core::pulse {
namespace {

std::mutex phase_mutex;
std::vector<Text> phases;

}  // namespace

State state() {
  const auto& marks = internal::marks;
  State now{.beats = marks.beats.load(std::memory_order_relaxed),
            .calls = marks.calls.load(std::memory_order_relaxed),
            .call = marks.call.load(std::memory_order_relaxed)};
  const std::scoped_lock lock(phase_mutex);
  if (!phases.empty()) now.phase = phases.back();
  return now;
}

void begin_phase(std::string_view name) {
  beat();
  const std::scoped_lock lock(phase_mutex);
  phases.push_back(fitted(name));
}

void end_phase() {
  beat();
  const std::scoped_lock lock(phase_mutex);
  if (!phases.empty()) phases.pop_back();
}

Text fitted(std::string_view text) {
  Text cut{};
  std::copy_n(text.begin(), std::min(text.size(), cut.size() - 1), cut.begin());
  return cut;
}

}  // namespace striate::core::pulse
