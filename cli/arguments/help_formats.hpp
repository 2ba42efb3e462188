// SPDX-License-Identifier: BSD-3-Clause
// What a command says of itself, from the one description of its options: text for --help, a man page, and a
// table for completion (cli/help). The last two are asked for by a word that users need not know, so that
// every command answers it where it answers --help.
#pragma once

#include <boost/program_options.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/arguments/interface.hpp"

namespace striate::cli {

/// man: sections of a page; man_kind: one section, of one kind of a command; table: "@ metrics odsi", then
/// "argument BASE", "argument OPT", "option --window NAME", "option --quiet".
enum class HelpFormat { text, man, man_kind, table };

/// The single argument that asks for a format.
std::string word_for(HelpFormat format);
/// The format that is asked for, if this is all that is asked.
std::optional<HelpFormat> asked_format(const std::vector<std::string>& arguments);

/// `options` with those that all commands have.
void print_help(const Interface& interface, const boost::program_options::options_description& options,
                HelpFormat format, std::ostream& out);

}  // namespace striate::cli
