// SPDX-License-Identifier: BSD-3-Clause
// Completion of words for bash and zsh: a script with the commands' tables of arguments and options in it.
#pragma once

#include <string>

namespace striate::cli {

/// `shell` is bash or zsh. Throws UsageError for another.
std::string completion_script(const std::string& shell);

}  // namespace striate::cli
