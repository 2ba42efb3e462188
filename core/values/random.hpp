// SPDX-License-Identifier: BSD-3-Clause
// Random numbers by (seed, purpose, id): Philox4x32-10 in counter mode (Salmon et al. 2011, SC'11), so that a
// number never depends on rank, thread or the order of other draws. Each (seed, purpose, id) names a stream
// of 2^34 32-bit words.
#pragma once

#include <Random123/philox.h>

#include <array>
#include <boost/random/exponential_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cstdint>
#include <limits>

namespace striate::core {

/// What a stream is for. Values are part of the "same seed, same bits" promise: append, never renumber.
enum class Purpose : std::uint32_t {
  test = 0,
  node_count = 1,
  node_position = 2,
  node_size = 3,
  lgn_node = 4,
  recurrent_connection = 5,
  recurrent_weight = 6,
  lgn_connection = 7,
  background_connection = 8,
  lgn_spike = 9,
  background_spike = 10,
  stimulus = 11,  ///< of a trial: phase, order of images
  synthetic_image = 12,
  resampling = 30,  ///< of analyses: bootstrap, random subsets
  training_stimulus = 40,  ///< directions and phases of the trials of an update
  training_drive = 41,  ///< spikes of LGN cells
  training_noise = 42,  ///< spikes of background nodes
  training_order = 43,  ///< of cells with equal rates
  training_groups = 44,  ///< of the synchrony loss
};

/// One stream. Satisfies UniformRandomBitGenerator, so <random> and Boost.Random distributions can use it,
/// but prefer the members: std:: distributions differ between standard libraries.
class RandomStream {
 public:
  using result_type = std::uint32_t;

  RandomStream(std::uint64_t seed, Purpose purpose, std::uint64_t id)
      : key_{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}},
        counter_{{0, static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32),
                  static_cast<std::uint32_t>(purpose)}} {}

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  result_type operator()() {
    if (next_ == 4) {
      block_ = r123::Philox4x32()(counter_, key_);
      ++counter_[0];
      next_ = 0;
    }
    return block_[next_++];
  }

  /// Uniform on the open interval (0, 1), 53 bits: never 0, never 1.
  double uniform() {
    const std::uint64_t high = (*this)();
    const std::uint64_t low = (*this)();
    return (static_cast<double>(((high << 32) | low) >> 12) + 0.5) * 0x1p-52;
  }

  /// Exponential with mean 1 (ziggurat of Marsaglia and Tsang 2000: no logarithm in most cases).
  double exponential() { return boost::random::exponential_distribution<double>()(*this); }

  /// Standard normal (ziggurat).
  double normal() { return boost::random::normal_distribution<double>()(*this); }

 private:
  r123::Philox4x32::key_type key_;
  r123::Philox4x32::ctr_type counter_;
  r123::Philox4x32::ctr_type block_{};
  unsigned next_ = 4;
};

}  // namespace striate::core
