// SPDX-License-Identifier: BSD-3-Clause
// Texts that end in shell scripts and make rules. Whatever a user's name or configuration holds, it is one
// word there and nothing in it is executed.
#pragma once

#include <span>
#include <string>

namespace striate::slurm {

/// The text as one word for sh: as it is when harmless, else in single quotes. Throws UsageError for control
/// characters (newlines among them), which no path or option of ours needs.
std::string shell_word(const std::string& text);

/// Words joined by blanks.
std::string shell_words(std::span<const std::string> words);

/// Throws UsageError unless `name` is a network option: letters, digits and . _ - + = without a leading dash
/// or dot. `what` names it in the message ("OPT").
void require_option_name(const std::string& name, const std::string& what);

}  // namespace striate::slurm
