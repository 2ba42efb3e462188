// SPDX-License-Identifier: BSD-3-Clause
// Signals as requests that long work looks at between its steps: USR1 asks for a checkpoint, TERM and the
// first INT ask for a checkpoint and to end; a second INT ends at once.
#pragma once

#include "core/ranks/comm.hpp"

namespace striate::core {

/// Handles the signals while it lives. One at a time.
class StopRequests {
 public:
  StopRequests();
  ~StopRequests();
  StopRequests(const StopRequests&) = delete;
  StopRequests& operator=(const StopRequests&) = delete;

  /// Whether this rank was asked for something that poll() has not told yet.
  bool pending() const;
  /// What any rank was asked for since the last call: `signal` 0 for nothing to end for. Collective.
  struct Request {
    bool checkpoint = false;
    int signal = 0;
  };
  Request poll(const Comm& comm);
};

}  // namespace striate::core
