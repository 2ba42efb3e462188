// SPDX-License-Identifier: BSD-3-Clause
#include "io/files/network_files.hpp"

#include <fmt/format.h>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"

namespace striate::io {

std::vector<NamedPath> network_files(const std::filesystem::path& base) {
  const core::NetworkPaths paths{base};
  std::vector<NamedPath> files;
  std::error_code ignored;
  for (const auto& folder : {paths.network(), paths.cell_models(), paths.synaptic_models(), paths.configs()})
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
      if (entry.is_regular_file(ignored))
        files.push_back({entry.path(), fmt::format("the network {}", base)});
  return files;
}

}  // namespace striate::io
