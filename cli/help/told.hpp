// SPDX-License-Identifier: BSD-3-Clause
// What a command prints of itself, as text.
#pragma once

#include <string>

#include "cli/arguments/command.hpp"
#include "cli/arguments/help_formats.hpp"

namespace striate::cli {

/// Of one rank, without MPI.
std::string told(const Command& command, HelpFormat format);

}  // namespace striate::cli
