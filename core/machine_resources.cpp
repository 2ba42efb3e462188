// SPDX-License-Identifier: BSD-3-Clause
#include "core/machine_resources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>

namespace striate::core {
namespace {

/// Value in bytes of a "Name:   123 kB" line of a /proc file; 0 when absent.
std::uint64_t proc_kilobytes(const char* file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(name + ":")) continue;
    std::istringstream fields(line.substr(name.size() + 1));
    std::uint64_t kilobytes = 0;
    fields >> kilobytes;
    return kilobytes * 1024;
  }
  return 0;
}

std::uint64_t number_in(const char* file) {
  std::ifstream in(file);
  std::uint64_t value = 0;
  return in >> value ? value : 0;  // "max" leaves 0
}

}  // namespace

std::uint64_t peak_rss_bytes() {
  return proc_kilobytes("/proc/self/status", "VmHWM");
}

std::uint64_t available_memory_bytes() {
  std::uint64_t available = proc_kilobytes("/proc/meminfo", "MemAvailable");
  if (available == 0) available = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t limit = number_in("/sys/fs/cgroup/memory.max");
  const std::uint64_t used = number_in("/sys/fs/cgroup/memory.current");
  if (limit != 0) available = std::min(available, limit > used ? limit - used : 0);
  return available;
}

std::uint64_t free_disk_bytes(const std::filesystem::path& path) {
  auto existing = std::filesystem::absolute(path);
  while (!std::filesystem::exists(existing) && existing.has_relative_path())
    existing = existing.parent_path();
  std::error_code error;
  const auto space = std::filesystem::space(existing, error);
  return error ? std::numeric_limits<std::uint64_t>::max() : space.available;
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < std::size(units)) value /= 1000.0, ++unit;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.3g} {}", value, units[unit]);
}

}  // namespace striate::core
