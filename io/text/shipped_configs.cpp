// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/shipped_configs.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "core/errors/error.hpp"
#include "core/text.hpp"

namespace striate::io {

namespace fs = std::filesystem;

fs::path config_directory() {
  if (const char* given = std::getenv("STRIATE_CONFIG_DIR"); given != nullptr && *given != '\0') {
    if (fs::is_directory(fs::path(given) / network_configs.folder)) return given;
    throw core::MissingFileError(
        "no folder {}/networks (STRIATE_CONFIG_DIR names it) unset the variable or correct it", given);
  }
  std::error_code ignored;
  const auto executable = fs::read_symlink("/proc/self/exe", ignored);
  for (const auto& candidate :
       {executable.parent_path().parent_path() / "share/striate/configs", fs::path(STRIATE_SOURCE_CONFIGS)})
    if (fs::is_directory(candidate / network_configs.folder, ignored)) return candidate;
  throw core::MissingFileError(
      "the shipped configurations are not found (neither {}/../share/striate/configs nor {}) set "
      "STRIATE_CONFIG_DIR",
      executable.parent_path(), STRIATE_SOURCE_CONFIGS);
}

std::vector<std::string> shipped_names(const ConfigKind& kind) {
  std::vector<std::string> names;
  const auto folder = config_directory() / kind.folder;
  std::error_code error;
  fs::directory_iterator files(folder, error);
  if (error)
    throw core::MissingFileError("cannot read the folder {} ({}) reinstall, or correct STRIATE_CONFIG_DIR",
                                 folder, error.message());
  for (const auto& file : files)
    if (file.path().extension() == ".yaml") names.push_back(file.path().stem());
  std::ranges::sort(names);
  return names;
}

void throw_unknown(const ConfigKind& kind, const std::string& name, const std::vector<std::string>& names) {
  const auto suggestion = core::nearest(name, names);
  throw core::ConfigError("unknown {} '{}' ({}) known: {}", kind.noun, name,
                          suggestion.empty() ? "neither a shipped name nor a .yaml file"
                                             : fmt::format("did you mean '{}'?", suggestion),
                          fmt::join(names, ", "));
}

fs::path find_config(const ConfigKind& kind, const std::string& name_or_path, const fs::path& relative_to) {
  if (name_or_path.ends_with(".yaml") || name_or_path.ends_with(".yml")) {
    const auto path = relative_to / name_or_path;
    core::require_readable(path, fmt::format("a {} is to be described there", kind.noun));
    return path;
  }
  const auto names = shipped_names(kind);
  if (std::ranges::find(names, name_or_path) == names.end()) throw_unknown(kind, name_or_path, names);
  return config_directory() / kind.folder / (name_or_path + ".yaml");
}

}  // namespace striate::io
