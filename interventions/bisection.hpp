// SPDX-License-Identifier: BSD-3-Clause
// A bisection for a quantity that rises with its unknown and is measured with effort: the caller measures at
// value() and reports. First the left end is tried (a target below what comes out there is raised to 1.1
// times it), then the right end, then midpoints. The reference model's rules for tuning background weights.
#pragma once

namespace striate::interventions {

struct BisectionRule {
  double left = 0, right = 64;
  double tolerance = 0.01;  ///< relative
  /// When moving the right end leaves a bracket of less than twice this, the next midpoint is taken as it is:
  /// what is measured comes in steps and may jump over the target.
  double smallest_half = 0.01;
};

class Bisection {
 public:
  explicit Bisection(double target, BisectionRule rule = {});

  double value() const { return value_; }  ///< to be measured next; the solution once solved
  double target() const { return target_; }
  bool solved() const { return solved_; }
  bool out_of_reach() const { return out_of_reach_; }  ///< too low even at the right end
  /// Takes what came out at value().
  void report(double measured);

 private:
  BisectionRule rule_;
  double target_, value_;
  int reports_ = 0;
  bool solved_ = false, last_ = false, out_of_reach_ = false;
};

}  // namespace striate::interventions
