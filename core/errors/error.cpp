// SPDX-License-Identifier: BSD-3-Clause
#include "core/errors/error.hpp"

#include <unistd.h>

#include <system_error>

namespace striate::core {

void require_readable(const std::filesystem::path& path, const std::string& why) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    // "config.json/network/v1_nodes.h5": a configuration was given where a network directory is meant.
    for (auto folder = path.parent_path(); folder.has_relative_path(); folder = folder.parent_path())
      if (std::filesystem::is_regular_file(folder, error))
        throw MissingFileError("no such file {} ({}) {} is a file: name a network directory in its place",
                               path, why, folder);
    throw MissingFileError("no such file {} ({}) check the path", path, why);
  }
  if (!std::filesystem::is_regular_file(status)) throw MissingFileError("{} is not a file ({})", path, why);
  if (::access(path.c_str(), R_OK) != 0)
    throw MissingFileError("cannot read {} ({}) check its permissions", path, why);
}

}  // namespace striate::core
