// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/plan.hpp"

namespace striate::slurm {

const char* name_of(Stage stage) {
  switch (stage) {
    case Stage::build:
      return "build";
    case Stage::train:
      return "train";
    case Stage::interventions:
      return "interventions";
    case Stage::background:
      return "background";
    case Stage::lgn:
      return "lgn";
    case Stage::simulate:
      return "simulate";
    case Stage::metrics:
      return "metrics";
    case Stage::figures:
      return "figures";
  }
  return "";
}

}  // namespace striate::slurm
