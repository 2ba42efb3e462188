// SPDX-License-Identifier: BSD-3-Clause
// A 64-bit name for a stimulus condition, so that every condition has random numbers of its own and the same
// stimulus always has the same. Bytes are taken eight at a time, each word mixed by SplitMix64's finaliser
// (Steele et al. 2014, OOPSLA, doi:10.1145/2660193.2660195). Part of the "same seed, same spikes" promise: do
// not change.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace striate::lgn {

constexpr std::uint64_t mix64(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

class ConditionHash {
 public:
  ConditionHash& add(std::uint64_t word) {
    state_ = mix64(state_ ^ word);
    return *this;
  }
  ConditionHash& add(double value) { return add(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value)); }
  ConditionHash& add_bytes(std::span<const std::byte> bytes) {
    add(static_cast<std::uint64_t>(bytes.size()));
    for (std::size_t at = 0; at < bytes.size(); at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + at, std::min<std::size_t>(8, bytes.size() - at));
      add(word);
    }
    return *this;
  }
  ConditionHash& add(std::string_view text) { return add_bytes(std::as_bytes(std::span(text))); }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0;
};

/// The seed of all spike trains of one (seed, population, condition, trial); a cell's stream is
/// (this, Purpose::lgn_spike, node id).
inline std::uint64_t trial_seed(std::uint64_t seed, std::string_view population, std::uint64_t condition,
                                std::uint64_t trial) {
  return ConditionHash().add(seed).add(population).add(condition).add(trial).value();
}

}  // namespace striate::lgn
