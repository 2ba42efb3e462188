// SPDX-License-Identifier: BSD-3-Clause
// A file in which each rank of a job writes what it is doing, into a page of its own, for the others to read:
// a rank that hangs in MPI cannot tell by MPI.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/pulse/pulse.hpp"

namespace striate::core::pulse {

struct Slot {
  std::uint64_t rounds = 0;  ///< of the thread that writes it; 0: never written
  std::uint64_t beats = 0, calls = 0;
  std::int32_t pid = 0;
  Text host{}, phase{};
  Text call{};  ///< empty: not waiting for others
  bool ended = false;  ///< this rank is done: it hangs no more
};

class SlotFile {
 public:
  /// Creates the file, which must not be there, or opens the one that another rank created; throws
  /// SystemError. `shared` with other machines: opened anew each time, so that network file systems show what
  /// others wrote; else it may lose its name once all have opened it.
  SlotFile(std::filesystem::path file, bool create, bool shared);
  ~SlotFile();
  SlotFile(const SlotFile&) = delete;
  SlotFile& operator=(const SlotFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// False where that failed.
  bool write(int rank, const Slot& slot) const;
  /// Of ranks [0, ranks); never written where one cannot be read.
  std::vector<Slot> read(int ranks) const;

 private:
  int open_again() const;
  std::filesystem::path path_;
  int descriptor_ = -1;
  bool shared_;
};

}  // namespace striate::core::pulse
