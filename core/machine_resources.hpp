// SPDX-License-Identifier: BSD-3-Clause
// What the machine has and what this process has used.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/ranks/comm.hpp"

namespace striate::core {

/// Largest resident set of this process so far, in bytes (VmHWM); 0 where /proc is missing.
std::uint64_t peak_rss_bytes();

/// Memory this process may still take: the least of MemAvailable and the cgroup's rest, in bytes.
std::uint64_t available_memory_bytes();

/// Free space for this user on the file system that holds `path` (or its nearest existing parent), in bytes.
std::uint64_t free_disk_bytes(const std::filesystem::path& path);

/// How many ranks share the work, and how many of them this machine.
struct Ranks {
  int total = 1;
  int on_node = 1;
};
/// Of a communicator. Collective.
Ranks ranks_of(const Comm& comm);

/// "1.50 GB", "12.0 MB", "100 B" (decimal units).
std::string human_bytes(std::uint64_t bytes);

}  // namespace striate::core
