// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/named_windows.hpp"

#include <fmt/ranges.h>

#include <cmath>
#include <vector>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/paradigm/read_paradigm.hpp"

namespace striate::metrics {

Window window_named(std::string_view name) {
  if (name == "whole") return whole_file;
  if (name == "fano") return fano_window;
  std::vector<std::string> names{"whole", "fano"};
  for (const auto& paradigm : io::shipped_paradigms())
    for (const auto& [known, window] : io::read_paradigm(paradigm, nullptr).windows) {
      if (name == known) return window;
      names.push_back(known);
    }
  throw core::UsageError("unknown window '{}' (known: {}){}", name, fmt::join(names, ", "),
                         core::did_you_mean(name, names));
}

std::optional<std::size_t> Slots::index(double time_ms) const {
  const double slot = std::floor((time_ms * 1e-3 - begin_s) / width_s);
  if (!(slot >= 0) || !(slot < static_cast<double>(count))) return std::nullopt;
  return static_cast<std::size_t>(slot);
}

}  // namespace striate::metrics
