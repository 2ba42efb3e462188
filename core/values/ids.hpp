// SPDX-License-Identifier: BSD-3-Clause
// Numbers that must not be mixed: a Gid names a neuron in the whole network, a Lid a place on one rank, a
// Step the right end of a time step (step n covers ((n-1) h, n h]; a spike "at step n" has time n h).
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace striate::core {

struct Gid {
  std::uint32_t value = 0;
  auto operator<=>(const Gid&) const = default;
};

struct Lid {
  std::uint32_t value = 0;
  auto operator<=>(const Lid&) const = default;
};

using Step = std::int64_t;

}  // namespace striate::core
