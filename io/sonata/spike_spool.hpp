// SPDX-License-Identifier: BSD-3-Clause
// Spikes of one population on their way to disk. While a simulation runs they go to a plain file in sorted
// blocks, so that memory does not grow with the length of the run; at its end they are read back in the order
// that a result wants (spikes.hpp writes it). A run whose spikes fit into one block never makes the file.
//
// The file holds nothing but keys of 64 bits, step above place; the place of a neuron is its number when the
// population is ordered by node id. Blocks follow each other in time, so the whole file is in order of
// (time, node id): key i is row i of the result. Keys are on disk when write(2) has taken them, so a killed
// process loses none. Only root writes: clients of NFS that write into the same page lose each other's bytes.
//
// Collective contract: all ranks make a spool together and call everything but add() and held() together.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "core/time_grid.hpp"
#include "io/sonata/node_ids.hpp"
#include "io/sonata/spikes.hpp"

namespace striate::io {

struct SpoolLayout {
  std::filesystem::path file;  ///< stands under incomplete_name(file), never under its own
  std::string population;
  NodeIds node_ids;  ///< [node] distinct, any order
  core::TimeGrid grid{};
  /// Rows of a result that a rank takes at once: whole chunks of compressed datasets (spikes_write.cpp). By
  /// id each round reads the whole file, so its rounds are larger.
  std::uint64_t rows_by_time = 1u << 18, rows_by_id = 1u << 20;
};

/// What is safely in the file of a spool. The same on all ranks; says nothing of how many there were, so a
/// spool can be continued on any number of ranks.
struct SpoolPosition {
  std::uint64_t spikes = 0;  ///< the first so many keys of the file
  std::uint64_t hash = 0;  ///< of these keys and their order
  bool operator==(const SpoolPosition&) const = default;
};

class SpikeSpool {
 public:
  /// Touches no file yet.
  SpikeSpool(SpoolLayout layout, const core::Comm& comm);
  ~SpikeSpool();
  SpikeSpool(SpikeSpool&&) noexcept;
  SpikeSpool& operator=(SpikeSpool&&) noexcept;

  /// Removes what an interrupted run left under the name.
  void begin();
  /// Instead of begin(): goes on where sync() returned `from`; what was written after it is cut off. Throws
  /// FormatError unless the file begins with just those spikes, MissingFileError when it is gone.
  void resume(const SpoolPosition& from);

  /// [node]: its place, what add() wants.
  std::vector<std::uint32_t> places() const;
  /// A spike that this rank has to tell of, later than all that were flushed.
  void add(core::Step step, std::uint32_t place);
  std::uint64_t held() const;  ///< spikes of this rank that are not in the file

  /// Appends to the file what all ranks hold.
  void flush();
  /// flush(), and to the disk itself, so that a machine that loses power keeps it.
  SpoolPosition sync();

  /// Spikes of each place in the file. Collective, reads all of it.
  std::vector<std::int64_t> count_by_place() const;
  /// All spikes in the order asked for, to be written; nothing may be added any more. Refers to this spool.
  OrderedSpikes ordered(SpikeOrder order);
  /// Removes the file, once the results have their final names.
  void remove();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace striate::io
