// SPDX-License-Identifier: BSD-3-Clause
// Background spikes: units that fire independently, in bins of 0.25 ms with probability rate * 0.25 ms, at
// most once in each (a Bernoulli process; 4 kHz fills every bin). A spike of bin b (from 0) is at (b + 1) *
// 0.25 ms + 0.01 ms, off the simulation's grid points. Reference mode repeats the files of the reference's
// script bit for bit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/sonata/spikes.hpp"

namespace striate::lgn {

/// `counter`: a stream of our own per unit. `reference`: NumPy's legacy generator (MT19937), units in turn.
enum class BackgroundRandom { counter, reference };
/// `sonata`: /spikes/bkg/{timestamps, node_ids}. `gids`: /spikes/{timestamps, gids}, the reference's.
enum class BackgroundLayout { sonata, gids };

/// One file to write.
struct BackgroundTrain {
  std::filesystem::path file;
  bool regular = false;  ///< unit 0 alone, every 100 ms; no randomness
  double rate_hz = 0, duration_s = 0;
  std::uint64_t seed = 0;
};

/// Most spikes per second: one in each bin.
inline constexpr double highest_background_hz = 4000;

/// Spikes by (unit, time).
io::SpikeTrains background_spikes(const BackgroundTrain& train, std::uint64_t units, BackgroundRandom random);

/// The seven files of BASE/bkg.
std::vector<BackgroundTrain> standard_background();

struct BackgroundOptions {
  std::uint64_t units = 0;
  BackgroundRandom random = BackgroundRandom::counter;
  BackgroundLayout layout = BackgroundLayout::sonata;
  io::RunAttributes network = {};
};

/// Writes the trains below `directory`, dealt to the ranks file by file. Collective.
void write_background(const std::vector<BackgroundTrain>& trains, const std::filesystem::path& directory,
                      const BackgroundOptions& options, const core::Comm& comm);

}  // namespace striate::lgn
