// SPDX-License-Identifier: BSD-3-Clause
// Which ranks stand still, from what all wrote about themselves, as seen by one who looks again and again and
// has a steady clock: nobody else's time counts. When one rank hangs, all others soon wait for it in a call;
// those are not named.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/pulse/slots.hpp"

namespace striate::core::pulse {

enum class Hang {
  silent,  ///< writes nothing any more: stopped, or its machine or file system does not answer
  busy,  ///< writes, but its work makes no step: an endless loop, a read that does not come back
  behind,  ///< waits in a call, but all others wait in a later one
  together,  ///< all wait in the same call; rank 0 stands for them
};

struct Finding {
  int rank = 0;
  Hang hang = Hang::silent;
  double seconds = 0;  ///< without progress
  bool over = false;  ///< it goes on again, and the rest is as it was before
  Slot slot;
};

class StandStill {
 public:
  /// A rank stands still after `limit_s`; `period_s`: how often who writes and who looks does so.
  StandStill(int ranks, double limit_s, double period_s);

  /// What has changed since the last look: ranks that stand still now, each told once, and those that go on
  /// again. If the looker itself was stopped for long, everybody begins anew.
  std::vector<Finding> look(std::span<const Slot> slots, double now_s);
  /// True if the rank writes nothing any more, because it hangs or is done.
  bool is_silent(int rank) const;

 private:
  struct Seen {
    Slot slot;
    double heard_s = 0, moved_s = 0;  ///< when it last wrote, when its work last made a step
    bool told = false;
  };
  struct Culprits {
    Hang hang;
    std::vector<int> ranks;
  };
  /// True if the rank's work made a step.
  static bool take(Seen& seen, const Slot& slot, double now_s, bool anew);
  Culprits culprits() const;

  double limit_s_, period_s_;
  double last_look_s_ = -1;
  std::vector<Seen> seen_;
};

/// "rank 2 (process 7 on n3) has made no progress for 12 min in 'simulate': it does not answer (stopped, or
/// …)"
std::string described(const Finding& finding);

}  // namespace striate::core::pulse
