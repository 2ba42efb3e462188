// SPDX-License-Identifier: BSD-3-Clause
// The name of this run among all runs that write to a file system: HOST-PID-RANDOM, the same on all ranks. It
// stands in the names of unfinished files (docs/decisions/0012-names-of-unfinished-files.md). Beside the log
// level the only state of the whole process: it is settled when the run starts and stays as it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace striate::core {

/// Made when first asked for.
const std::string& run_token();

/// Takes another run's name: rank 0's on the other ranks (MpiSession), that of the run whose unfinished files
/// a resumed run goes on with. Throws FormatError for what is no such name.
void adopt_run_token(std::string_view token);

/// What a token says of its run.
struct RunName {
  std::string host;
  int pid = 0;
};
/// Nullopt for what is no token.
std::optional<RunName> parse_run_token(std::string_view token);

/// The process of that run is there, on this host. Of runs on other hosts nothing is known.
bool is_running_here(std::string_view token);
/// It was on this host, and is gone.
bool has_died_here(std::string_view token);

}  // namespace striate::core
