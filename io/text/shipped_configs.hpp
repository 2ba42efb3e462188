// SPDX-License-Identifier: BSD-3-Clause
// Configurations that come with the program, and users' own of the same kinds. A shipped one is named by its
// file's stem ("full"), a user's by a path that ends in .yaml or .yml.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace striate::io {

/// What a configuration describes, and the folder where the shipped ones are.
struct ConfigKind {
  const char* folder;
  const char* noun;
};
inline constexpr ConfigKind network_configs{"networks", "network"};
inline constexpr ConfigKind paradigm_configs{"paradigms", "paradigm"};
inline constexpr ConfigKind site_configs{"sites", "site"};
inline constexpr ConfigKind training_configs{"training", "training preset"};

/// STRIATE_CONFIG_DIR, else share/striate/configs beside the executable's folder, else the source tree it was
/// built from. Throws MissingFileError.
std::filesystem::path config_directory();

/// Names of the shipped ones, alphabetical.
std::vector<std::string> shipped_names(const ConfigKind& kind);

/// Throws ConfigError, suggesting the nearest of `names`.
[[noreturn]] void throw_unknown(const ConfigKind& kind, const std::string& name,
                                const std::vector<std::string>& names);

/// The file of a shipped name, or of a path relative to `relative_to`. Throws ConfigError (with the nearest
/// name) or MissingFileError.
std::filesystem::path find_config(const ConfigKind& kind, const std::string& name_or_path,
                                  const std::filesystem::path& relative_to);

}  // namespace striate::io
