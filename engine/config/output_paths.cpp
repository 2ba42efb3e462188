// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/output_paths.hpp"

#include <algorithm>
#include <map>

#include "core/error.hpp"

namespace striate::engine {
namespace {

namespace fs = std::filesystem;
using core::ConfigError;

/// Absolute, without "..", with links followed as far as the path exists: equal for equal files.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  auto result = fs::weakly_canonical(fs::absolute(path), error);
  if (error) result = fs::absolute(path).lexically_normal();
  return result.has_filename() ? result : result.parent_path();
}

/// True also when both are the same. Both resolved.
bool holds(const fs::path& directory, const fs::path& path) {
  const auto [rest, unused] = std::mismatch(directory.begin(), directory.end(), path.begin(), path.end());
  return rest == directory.end();
}

}  // namespace

fs::path below(const fs::path& directory, const fs::path& file) {
  if (file.is_absolute() || holds(directory.lexically_normal(), file.lexically_normal())) return file;
  return directory / file;
}

void check_output_paths(const std::vector<NamedPath>& outputs, const std::vector<NamedPath>& inputs) {
  std::map<fs::path, std::string> taken;
  for (const auto& output : outputs) {
    const auto path = resolved(output.path);
    if (fs::is_directory(path))
      throw ConfigError("output file {} of {} is a directory (a file is to be written)", output.path,
                        output.where);
    if (const auto [other, is_new] = taken.emplace(path, output.where); !is_new)
      throw ConfigError("{} and {} would write the same file {} give one of them another name", other->second,
                        output.where, path);
  }
  for (const auto& input : inputs) {
    const auto path = resolved(input.path);
    if (const auto output = taken.find(path); output != taken.end())
      throw ConfigError("{} would overwrite {}, which {} reads", output->second, path, input.where);
  }
}

}  // namespace striate::engine
