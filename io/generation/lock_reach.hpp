// SPDX-License-Identifier: BSD-3-Clause
// Whether a lock on a file is seen by other hosts, as far as the table of mounts tells. On a disk of this
// machine no other host can write; on shared file systems locks may be kept by each host for itself.
#pragma once

#include <filesystem>
#include <string_view>

namespace striate::io {

enum class LockReach { all_writers, this_host };

/// `mounts`: text of /proc/self/mounts; `path`: absolute, without links.
LockReach lock_reach(std::string_view mounts, const std::filesystem::path& path);
/// The same from the running system.
LockReach lock_reach(const std::filesystem::path& path);

}  // namespace striate::io
