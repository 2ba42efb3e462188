// SPDX-License-Identifier: BSD-3-Clause
#include "core/pulse/pulse.hpp"

#include <algorithm>
#include <mutex>

namespace striate::core::pulse {
namespace {

std::mutex phase_mutex;
Text current_phase{};

/// Returns what it was.
Text exchange_phase(const Text& phase) {
  const std::scoped_lock lock(phase_mutex);
  const Text before = current_phase;
  current_phase = phase;
  return before;
}

}  // namespace

State state() {
  const auto& marks = internal::marks;
  State now{.beats = marks.beats.load(std::memory_order_relaxed),
            .calls = marks.calls.load(std::memory_order_relaxed),
            .call = marks.call.load(std::memory_order_relaxed)};
  const std::scoped_lock lock(phase_mutex);
  now.phase = current_phase;
  return now;
}

Phase::Phase(std::string_view name) : before_(exchange_phase(fitted(name))) {
  beat();
}

Phase::~Phase() {
  exchange_phase(before_);
  beat();
}

Text fitted(std::string_view text) {
  Text cut{};
  std::copy_n(text.begin(), std::min(text.size(), cut.size() - 1), cut.begin());
  return cut;
}

}  // namespace striate::core::pulse
