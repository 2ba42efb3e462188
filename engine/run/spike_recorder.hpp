// SPDX-License-Identifier: BSD-3-Clause
// The spikes of a run: counted by neuron, and on their way to the files that the config asks for. What a rank
// holds is bounded, whatever the length of the run (io/sonata/spike_spool.hpp).
//
// Collective contract: all ranks call everything but add(), counts() and count() together; add() too, once
// for each interval.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "core/ranks/comm.hpp"
#include "engine/config/simulation_spec.hpp"
#include "engine/machine/glif_kernel.hpp"
#include "engine/network/network.hpp"
#include "engine/network/partition.hpp"
#include "io/generation/run_attributes.hpp"
#include "io/sonata/spike_spool.hpp"

namespace striate::engine {

/// What a checkpoint has to know of the spikes so far: for each population with neurons that is written, in
/// the network's order. The same on all ranks and for any number of them.
using SpikePositions = std::vector<io::SpoolPosition>;

class SpikeRecorder {
 public:
  /// `network` must live as long.
  SpikeRecorder(const SimulationSpec& spec, const Network& network, const Partition& partition,
                const core::Comm& comm);
  /// Begins anew; removes what an interrupted run left.
  void begin();
  /// Instead of begin(): goes on behind the spikes that sync() told of, those after them are forgotten.
  /// `counts`: what counts() was then, of the neurons that this rank has now. Throws FormatError or
  /// MissingFileError when the spikes are not in the spools any more.
  void resume(const SpikePositions& from, std::vector<std::uint64_t> counts);

  /// The spikes of one interval of this rank, later than those before.
  void add(std::span<const LocalSpike> spikes);
  /// All spikes so far are on the disk: from here the run can be resumed.
  SpikePositions sync();

  std::span<const std::uint64_t> counts() const { return counts_; }  ///< [lid], spikes so far
  std::uint64_t count() const;  ///< of this rank

  /// Writes the files of results under their temporary names and returns their own. Nothing may be added any
  /// more.
  std::vector<std::filesystem::path> write(const io::RunAttributes& attributes = {});
  /// Removes what is not needed any more once the results have their names.
  void remove_spools();

 private:
  struct Destination {
    std::uint32_t spool;
    std::uint32_t place;
  };
  void flush_if_many();

  OutputSpec output_;
  core::Comm comm_;
  std::vector<io::SpikeSpool> spools_;  ///< none when no file of spikes is asked for
  std::vector<Destination> destination_;  ///< [lid]
  std::vector<std::uint64_t> counts_;  ///< [lid]
  std::uint32_t intervals_ = 0;  ///< since all ranks were asked how much they hold
};

}  // namespace striate::engine
