// SPDX-License-Identifier: BSD-3-Clause
// Checksums that do not depend on who holds what: every item is mixed with its place to 64 bits, and the sum
// of all is taken modulo 2^64. So ranks add up what each of them has, in any order. They find what chance
// changes; they are no defence against intent.
#pragma once

#include <bit>
#include <cstdint>

namespace striate::core {

/// Every bit of the result depends on every bit of `x` (splitmix64).
constexpr std::uint64_t mixed_bits(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// Of a sequence: the order counts.
template <class... Values>
constexpr std::uint64_t mixed_bits(std::uint64_t first, std::uint64_t second, Values... more) {
  return mixed_bits(mixed_bits(first) + second, static_cast<std::uint64_t>(more)...);
}

constexpr std::uint64_t bits_of(double value) {
  return std::bit_cast<std::uint64_t>(value);
}

}  // namespace striate::core
