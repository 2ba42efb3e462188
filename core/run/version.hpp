// SPDX-License-Identifier: BSD-3-Clause
// Which program this is: for `striate version` and the provenance in the files it writes.
#pragma once

#include <string>

namespace striate::core {

std::string version();  ///< "0.1.0"
std::string commit();  ///< short hash, "-dirty" when built from changed sources
std::string program_label();  ///< "striate 0.1.0 (commit)"
std::string compiler();
std::string compiler_flags();
std::string build_type();

}  // namespace striate::core
