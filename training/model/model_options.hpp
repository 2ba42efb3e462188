// SPDX-License-Identifier: BSD-3-Clause
// What distinguishes the variants of the training model. Voltages are in units of the distance from rest to
// threshold: threshold 1, rest and reset 0. Time is in steps of 1 ms.
#pragma once

#include <cstddef>

namespace striate::training {

/// How currents reach the voltage. `reference` holds the current at the start of a step over the step, as the
/// published training program does; `exact` is the closed form of an alpha synapse on a membrane.
enum class Propagators { reference, exact };

/// After a spike the voltage runs on (1 is subtracted once), or is held at reset while the cell is
/// refractory.
enum class Reset { subtract, hold };

/// What stands for the derivative of a spike after the voltage: gamma max(0, 1 - |v - 1|), or
/// gamma exp(-((v - 1) / 0.3)^2).
enum class Surrogate { triangle, gauss };

/// Which voltages the voltage loss punishes: all by their distance from threshold, or those outside 0…1.
enum class VoltageLoss { threshold, range };

struct ModelOptions {
  Propagators propagators = Propagators::reference;
  Reset reset = Reset::subtract;
  VoltageLoss voltage_loss = VoltageLoss::threshold;
};

/// Paths of the gradient. The published program has two states of them, see paper() and head().
struct GradientOptions {
  double gamma = 0.1;  ///< height of the surrogate
  double recurrent_credit = 0.1;  ///< factor of what a spike owes to its targets; 0 leaves the sum out
  double voltage_damping = 0;  ///< taken off the path from one step's voltage to the next
  bool through_reset = true;  ///< a spike's reset carries gradient
  bool through_after_spike_currents = true;
  Surrogate surrogate = Surrogate::triangle;

  static GradientOptions paper() { return {}; }
  static GradientOptions head() {
    GradientOptions options;
    options.voltage_damping = 0.5;
    options.through_reset = options.through_after_spike_currents = false;
    return options;
  }
};

/// Steps from a spike's arrival to the first voltage that it moves.
inline int arrival_latency(Propagators propagators) {
  return propagators == Propagators::reference ? 2 : 1;
}

/// A spike moves no voltage earlier than its delay (at least 1 step) plus that latency. So this many steps
/// are computed at once, of spikes and of their adjoints alike, before anything must be exchanged.
inline int steps_per_block(Propagators propagators) {
  return 1 + arrival_latency(propagators);
}

}  // namespace striate::training
