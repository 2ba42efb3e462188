// SPDX-License-Identifier: BSD-3-Clause
// Where the configurations that come with the program are found at run time.
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "builder/config_tree.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

namespace striate::builder {

std::filesystem::path config_directory() {
  namespace fs = std::filesystem;
  if (const char* given = std::getenv("STRIATE_CONFIG_DIR"); given != nullptr && *given != '\0') {
    if (fs::is_directory(fs::path(given) / "networks")) return given;
    throw core::MissingFileError(
        "no folder {}/networks (STRIATE_CONFIG_DIR names it) unset the variable or correct it", given);
  }
  std::error_code ignored;
  const auto executable = fs::read_symlink("/proc/self/exe", ignored);
  for (const auto& candidate :
       {executable.parent_path().parent_path() / "share/striate/configs", fs::path(STRIATE_SOURCE_CONFIGS)})
    if (fs::is_directory(candidate / "networks", ignored)) return candidate;
  throw core::MissingFileError(
      "the shipped configurations are not found (neither {}/../share/striate/configs nor {}) set "
      "STRIATE_CONFIG_DIR",
      executable.parent_path(), STRIATE_SOURCE_CONFIGS);
}

std::vector<std::string> shipped_networks() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(config_directory() / "networks"))
    if (file.path().extension() == ".yaml") names.push_back(file.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

void throw_unknown_network(const std::string& name, const std::vector<std::string>& names) {
  const auto suggestion = core::nearest(name, names);
  throw core::ConfigError("unknown network '{}' ({}) {}", name,
                          suggestion.empty() ? "neither a shipped name nor a .yaml file"
                                             : fmt::format("did you mean '{}'?", suggestion),
                          fmt::format("known: {}", fmt::join(names, ", ")));
}

}  // namespace striate::builder
