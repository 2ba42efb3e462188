// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/window.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"

namespace striate::metrics {

std::string to_text(const Window& window) {
  if (window.end_ms >= windows::whole_file.end_ms) return "whole file";
  return fmt::format("{}{}, {}{} ms", window.begin == End::closed ? '[' : '(', window.begin_ms, window.end_ms,
                     window.end == End::closed ? ']' : ')');
}

std::span<const NamedWindow> window_table() {
  static constexpr NamedWindow table[] = {
      {"evoked", windows::grating_evoked, "drifting gratings, response"},
      {"spontaneous", windows::grating_spontaneous, "drifting gratings, grey screen before"},
      {"whole", windows::whole_file, "all spikes of a file"},
      {"contrast", windows::contrast, "contrast responses and their blanks"},
      {"spectra", windows::contrast_spectra, "spectra of contrast responses"},
      {"fano", windows::fano, "population Fano factor"},
  };
  return table;
}

Window window_named(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& entry : window_table()) {
    if (name == entry.name) return entry.window;
    names.emplace_back(entry.name);
  }
  throw core::UsageError("unknown window '{}' ({}{})", name,
                         "known: evoked, spontaneous, whole, contrast, spectra, fano;",
                         core::did_you_mean(name, names));
}

std::optional<std::size_t> Slots::index(double time_ms) const {
  const double slot = std::floor((time_ms * 1e-3 - begin_s) / width_s);
  if (!(slot >= 0) || !(slot < static_cast<double>(count))) return std::nullopt;
  return static_cast<std::size_t>(slot);
}

}  // namespace striate::metrics
