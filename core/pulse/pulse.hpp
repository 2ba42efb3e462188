// SPDX-License-Identifier: BSD-3-Clause
// What this process is doing, for those who watch whether it goes on (core/watchdog.hpp). Long loops mark
// each turn, and calls that wait for other ranks mark begin and end: a few relaxed stores. Like the level of
// the log there is one for the process, because what is marked stands everywhere. One thread marks, any may
// read.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace striate::core::pulse {

using Text = std::array<char, 48>;  ///< ends with a zero; longer texts are cut

struct State {
  std::uint64_t beats = 0;  ///< turns of loops, and calls that came back
  std::uint64_t calls = 0;  ///< calls begun that all ranks make, in the same order
  const char* call = nullptr;  ///< the one that has not come back, a literal
  Text phase{};
};
State state();

namespace internal {
struct Marks {
  std::atomic<std::uint64_t> beats{0}, calls{0};
  std::atomic<const char*> call{nullptr};
};
inline Marks marks;
/// Only one thread marks, so no atomic addition is needed.
inline void increase(std::atomic<std::uint64_t>& value) {
  value.store(value.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}
}  // namespace internal

inline void beat() {
  internal::increase(internal::marks.beats);
}

/// Lives while a call waits for other ranks; `call` must be a literal, or null: nobody else is in it.
class Waiting {
 public:
  explicit Waiting(const char* call) {
    if (call != nullptr) internal::increase(internal::marks.calls);
    internal::marks.call.store(call, std::memory_order_relaxed);
  }
  ~Waiting() {
    internal::marks.call.store(nullptr, std::memory_order_relaxed);
    beat();
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
};

/// Names what is done until end_phase(), when the phase around it has its name again.
void begin_phase(std::string_view name);
void end_phase();

/// `text` cut to fit.
Text fitted(std::string_view text);

}  // namespace striate::core::pulse
