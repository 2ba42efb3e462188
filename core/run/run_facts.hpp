// SPDX-License-Identifier: BSD-3-Clause
// Who runs this, where and when: for records beside results and for locks. Nothing of it may get into a
// result, which is the same at any time and place.
#pragma once

#include <cstdint>
#include <string>

#include "core/ranks/comm.hpp"

namespace striate::core {

struct RunFacts {
  std::string command;  ///< the command line, words that need it quoted for a shell
  std::string host;  ///< of rank 0
  std::int64_t process = 0;  ///< its id
  int ranks = 1;
  std::string date;  ///< "2026-01-31T23:59:59Z"
};

/// Of this process.
RunFacts run_facts(const Comm& comm = {});

std::string host_name();

/// A process of this host that has not ended.
bool is_alive(std::int64_t process);

}  // namespace striate::core
