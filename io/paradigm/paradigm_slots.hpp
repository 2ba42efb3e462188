// SPDX-License-Identifier: BSD-3-Clause
// What a trial shows one after the other: conditions of `lgn.sequence`, which become the stimulus' `slots`,
// or images in an `order`. Both become rows of the paradigm's table of conditions.
#pragma once

#include <optional>

#include "io/paradigm/paradigm.hpp"
#include "io/paradigm/paradigm_text.hpp"
#include "io/text/config_reader.hpp"

namespace striate::io {

/// lgn.sequence: conditions that every trial shows, each for as long.
struct Sequence {
  std::vector<Variables> conditions;
  std::size_t repeats = 1, blanks = 0;  ///< of each condition; slots of grey; in a trial
  bool shuffled = false;  ///< else as they stand, blanks last
  std::uint64_t seed = 0;
  double shown_ms = 0, gray_ms = 0;
};

struct SlotPlan {
  std::optional<Sequence> sequence;
  ConfigNode shared, varying;  ///< stimulus keys of a trial, and those that differ between its slots
};

/// Reads lgn.sequence, begins the table of conditions and adds to the keys that tell trials apart. `trials`:
/// variables of each.
SlotPlan read_slots(ConfigSection& lgn, const ConfigNode& stimulus, const std::vector<Variables>& trials,
                    Paradigm& paradigm, Diagnostics& diagnostics);

/// Which condition each slot of trial `index` shows; blanks have numbers beyond the last condition.
std::vector<std::size_t> slot_order(const Sequence& sequence, std::size_t index);

/// Sets the trial's stimulus and adds its rows to the paradigm's orders and conditions.
void show(const SlotPlan& plan, ParadigmTrial& trial, Paradigm& paradigm, const Position& position,
          Diagnostics& diagnostics);

}  // namespace striate::io
