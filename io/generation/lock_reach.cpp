// SPDX-License-Identifier: BSD-3-Clause
#include "io/generation/lock_reach.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace striate::io {
namespace {

namespace fs = std::filesystem;

/// Blanks in names of mount points are written as octal numbers.
fs::path unescaped(const std::string& word) {
  std::string text;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool escape = word[i] == '\\' && i + 3 < word.size();
    text += escape ? static_cast<char>(std::stoi(word.substr(i + 1, 3), nullptr, 8)) : word[i];
    if (escape) i += 3;
  }
  return text;
}

bool lies_below(const fs::path& path, const fs::path& folder) {
  const auto [rest, unused] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return rest == folder.end() || (std::next(rest) == folder.end() && rest->empty());
}

bool has_option(const std::string& options, const std::string& wanted) {
  return ("," + options + ",").find("," + wanted + ",") != std::string::npos;
}

LockReach reach_of(const std::string& type, const std::string& options) {
  bool local = false;
  if (type == "nfs" || type == "nfs4")
    local = has_option(options, "nolock") || has_option(options, "local_lock=all") ||
            has_option(options, "local_lock=flock");
  else if (type == "lustre")
    local = !has_option(options, "flock");
  else
    for (const char* unknown : {"beegfs", "cifs", "smb3", "9p", "virtiofs", "afs", "pvfs2", "glusterfs"})
      local = local || type == unknown;
  return local || type.starts_with("fuse") ? LockReach::this_host : LockReach::all_writers;
}

}  // namespace

LockReach lock_reach(std::string_view mounts, const fs::path& path) {
  std::istringstream lines{std::string(mounts)};
  auto reach = LockReach::all_writers;
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string device, point, type, options;
    if (!(words >> device >> point >> type >> options)) continue;
    const auto folder = unescaped(point);
    // Of several mounts at one place the last one is seen.
    if (folder.native().size() < longest || !lies_below(path, folder)) continue;
    longest = folder.native().size();
    reach = reach_of(type, options);
  }
  return reach;
}

LockReach lock_reach(const fs::path& path) {
  std::ifstream in("/proc/self/mounts", std::ios::binary);
  const std::string mounts{std::istreambuf_iterator<char>(in), {}};
  std::error_code ignored;
  return lock_reach(mounts, fs::weakly_canonical(path, ignored));
}

}  // namespace striate::io
