// SPDX-License-Identifier: BSD-3-Clause
// What a command takes: one description for parsing, --help, man pages and completion.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

namespace striate::cli {

/// The options of one command.
struct Interface {
  std::string usage;  ///< "striate simulate CONFIG.json [options]"
  std::string description;  ///< a few sentences for --help
  boost::program_options::options_description options;  ///< without the common ones
  std::vector<std::string>
      positional;  ///< names of positional arguments; "*" suffix: any number; may be an option too
};

}  // namespace striate::cli
