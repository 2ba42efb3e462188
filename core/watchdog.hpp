// SPDX-License-Identifier: BSD-3-Clause
// Names the rank that hangs. In each rank a thread writes now and then what the rank is doing into one file
// (core/pulse/), the thread of rank 0 reads what all wrote, and that of rank 1 does in case rank 0 is the one
// that hangs. Threads make no calls of MPI. Ranks of one machine share a file without a name; others a hidden
// file in a folder that all of them see; where there is none, each watches itself alone.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "core/ranks/comm.hpp"

namespace striate::core {

struct WatchdogOptions {
  std::optional<double> limit_s = 600;  ///< none: no watchdog
  bool abort = false;  ///< end the job, with `unavailable`
  std::vector<std::filesystem::path> folders;  ///< to try, where ranks are on several machines
};

class Watchdog {
 public:
  /// Collective. Nothing happens in a job of one rank.
  Watchdog(const WatchdogOptions& options, const Comm& comm);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  struct Watch;
  std::unique_ptr<Watch> watch_;
};

}  // namespace striate::core
