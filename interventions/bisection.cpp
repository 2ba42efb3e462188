// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/bisection.hpp"

namespace striate::interventions {

Bisection::Bisection(double target, BisectionRule rule) : rule_(rule), target_(target), value_(rule.left) {}

void Bisection::report(double measured) {
  if (solved_) return;
  ++reports_;
  if (reports_ == 1 && measured > target_) target_ = 1.1 * measured;
  const bool close = measured > (1 - rule_.tolerance) * target_ && measured < (1 + rule_.tolerance) * target_;
  solved_ = close || last_;
  if (solved_) return;
  if (reports_ == 1) {
    value_ = rule_.right;
    return;
  }
  if (reports_ == 2) {
    out_of_reach_ = measured < target_;
  } else if (measured < target_) {
    rule_.left = value_;
  } else {
    rule_.right = value_;
    last_ = (rule_.right - rule_.left) / 2 < rule_.smallest_half;
  }
  value_ = (rule_.left + rule_.right) / 2;
}

}  // namespace striate::interventions
