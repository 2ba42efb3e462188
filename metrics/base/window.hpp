// SPDX-License-Identifier: BSD-3-Clause
// Intervals of time in which spikes are counted, each end open or closed, and the one table of those that the
// analyses use. Times in ms from the start of the simulation.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace striate::metrics {

enum class End { open, closed };

struct Window {
  double begin_ms = 0, end_ms = 0;
  End begin = End::closed, end = End::open;

  constexpr bool contains(double time_ms) const {
    return (begin == End::closed ? time_ms >= begin_ms : time_ms > begin_ms) &&
           (end == End::closed ? time_ms <= end_ms : time_ms < end_ms);
  }
  constexpr double seconds() const { return (end_ms - begin_ms) / 1000; }
};

/// "(500, 2500] ms"
std::string to_text(const Window& window);

namespace windows {
inline constexpr Window grating_evoked{500, 2500, End::open, End::closed};
inline constexpr Window grating_spontaneous{100, 500, End::open, End::closed};
inline constexpr Window whole_file{0, 1e300, End::closed, End::closed};
inline constexpr Window contrast{700, 2500, End::open, End::open};
inline constexpr Window contrast_spectra{700, 2700, End::closed, End::closed};
inline constexpr Window fano{100, 500, End::closed, End::open};
}  // namespace windows

struct NamedWindow {
  const char* name;
  Window window;
  const char* use;
};
std::span<const NamedWindow> window_table();
/// Throws UsageError with the names there are.
Window window_named(std::string_view name);

/// Adjacent slots of equal width, left end closed: slot floor((t - begin) / width), computed in seconds.
struct Slots {
  double begin_s = 0, width_s = 0;
  std::size_t count = 0;
  /// nullopt outside.
  std::optional<std::size_t> index(double time_ms) const;
};

}  // namespace striate::metrics
