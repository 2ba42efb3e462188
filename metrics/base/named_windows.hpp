// SPDX-License-Identifier: BSD-3-Clause
// Windows and slots of time in which spikes are counted. Windows are stated in the YAML of paradigms.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/window.hpp"

namespace striate::metrics {

using core::End;
using core::to_text;
using core::whole_file;
using core::Window;

inline constexpr Window fano_window{100, 500};  ///< of no paradigm: the grey screen of the single run

/// "whole", "fano", or a window that a shipped paradigm states: "evoked", "contrast", … Throws UsageError
/// with the names there are.
Window window_named(std::string_view name);

/// Adjacent slots of equal width, left end closed: slot floor((t - begin) / width), computed in seconds.
struct Slots {
  double begin_s = 0, width_s = 0;
  std::size_t count = 0;
  /// nullopt outside.
  std::optional<std::size_t> index(double time_ms) const;
};

}  // namespace striate::metrics
