// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/network_copies.hpp"

#include <chrono>

#include "core/errors/error.hpp"
#include "core/log.hpp"

namespace striate::engine {
namespace {

namespace fs = std::filesystem;

/// The copy, or the file itself where there is none. Copies keep their originals' times, not always to the
/// last digit.
fs::path copy_of(const fs::path& file, const fs::path& folder) {
  const auto copy = folder / file.filename();
  std::error_code error;
  if (!fs::exists(copy, error)) return file;
  const auto apart = fs::last_write_time(copy) - fs::last_write_time(file);
  if (fs::file_size(copy) != fs::file_size(file) || std::chrono::abs(apart) > std::chrono::seconds(1))
    throw core::ConfigError(
        "{} is no copy of {} (their sizes or times differ) copy it anew with 'cp -p', or leave "
        "--network-copies "
        "out",
        copy, file);
  return copy;
}

}  // namespace

void read_copies(io::SonataConfig& config, const fs::path& folder, const core::Comm& comm) {
  std::int64_t used = 0, all = 0;
  const auto replace = [&](fs::path& file) {
    const auto copy = copy_of(file, folder);
    used += copy == file ? 0 : 1;
    ++all;
    file = copy;
  };
  for (auto& entry : config.nodes) {
    replace(entry.nodes_file);
    if (entry.node_types_file) replace(*entry.node_types_file);
  }
  for (auto& entry : config.edges) {
    replace(entry.edges_file);
    if (entry.edge_types_file) replace(*entry.edge_types_file);
  }
  // Each rank reads what its own node has; files are opened together, which is the same everywhere.
  const auto fewest = comm.min(used);
  core::log::info("network     {} of {} files read from {}", fewest, all, folder);
}

}  // namespace striate::engine
