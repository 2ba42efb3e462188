// SPDX-License-Identifier: BSD-3-Clause
// Other programs that this one starts.
#pragma once

#include <string>

namespace striate::core {

/// The program in a folder of PATH that this user may run, or "" when there is none.
std::string find_program(const std::string& name);

}  // namespace striate::core
