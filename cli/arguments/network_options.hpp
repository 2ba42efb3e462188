// SPDX-License-Identifier: BSD-3-Clause
// The options that change a network to be built, the same for `striate build` and `striate simulate
// --network`.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

#include "builder/spec/read_spec.hpp"

namespace striate::cli {

void add_network_options(boost::program_options::options_description& options);

/// Reads the network `name` with the options that were given.
builder::NetworkSpec read_network_spec(const std::string& name,
                                       const boost::program_options::variables_map& values);

/// These options as words for another call: {"--seed=7", "--flat"}.
std::vector<std::string> network_option_words(const boost::program_options::variables_map& values);

/// The first of these options that was given, or "".
std::string given_network_option(const boost::program_options::variables_map& values);

/// Says what a reader of the specification would not expect.
void log_network(const builder::NetworkSpec& spec);

}  // namespace striate::cli
