// SPDX-License-Identifier: BSD-3-Clause
// A neuron whose state is no longer a finite number. Everything computed after that would be wrong without a
// sign of it, so it ends the run; whoever knows nodes and files gives the cell its name (run/lost_cell.hpp).
#pragma once

#include <string>

#include "core/errors/error.hpp"
#include "core/values/ids.hpp"
#include "engine/machine/neurons.hpp"

namespace striate::engine {

struct LostState : core::Error {
  LostState(core::Lid lid_, core::Step stamp_, const std::string& variable_);
  core::Lid lid;
  core::Step stamp;  ///< by the end of which it was lost
  std::string variable;  ///< as NEST names it
};

/// What of a neuron's state is not finite: what others follow from comes first. V_m when all is finite again
/// (a spike resets the potential).
std::string lost_variable(const Neurons& neurons, core::Lid lid);

}  // namespace striate::engine
