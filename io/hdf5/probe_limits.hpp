// SPDX-License-Identifier: BSD-3-Clause
// Limits that a process sets itself before it reads files that may be damaged.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>

namespace striate::io::h5 {

inline constexpr std::uint64_t probe_memory = std::uint64_t{4} << 30;

/// Address space, and no core files. Sanitizers need terabytes of addresses: nothing is limited then.
inline void limit_memory([[maybe_unused]] std::uint64_t bytes) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
#if !defined(__SANITIZE_ADDRESS__)
  rlimit memory{};
  if (::getrlimit(RLIMIT_AS, &memory) != 0) return;
  memory.rlim_cur = std::min<rlim_t>(bytes, memory.rlim_max);
  ::setrlimit(RLIMIT_AS, &memory);
#endif
}

/// The process may compute so long from now on; then SIGXCPU ends it. Computing, not waiting: a slow disk or
/// a busy machine harms nobody.
inline void allow_seconds(std::uint64_t seconds) {
  rusage used{};
  rlimit limit{};
  if (::getrusage(RUSAGE_SELF, &used) != 0 || ::getrlimit(RLIMIT_CPU, &limit) != 0) return;
  const auto so_far = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1);
  limit.rlim_cur = std::min<rlim_t>(so_far + seconds, limit.rlim_max);
  ::setrlimit(RLIMIT_CPU, &limit);
}

}  // namespace striate::io::h5
