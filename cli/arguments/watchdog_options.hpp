// SPDX-License-Identifier: BSD-3-Clause
// --watchdog and --watchdog-abort, of the commands that run for long on many ranks.
#pragma once

#include <boost/program_options.hpp>
#include <filesystem>
#include <vector>

#include "core/watchdog.hpp"

namespace striate::cli {

void add_watchdog_options(boost::program_options::options_description& options);

/// `folders`: where its file may stand when ranks are on several machines, besides the working directory.
core::WatchdogOptions watchdog_options(const boost::program_options::variables_map& values,
                                       std::vector<std::filesystem::path> folders);

}  // namespace striate::cli
