// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/network_name.hpp"

namespace striate::metrics {

std::string network_name(const std::filesystem::path& base) {
  const auto path = std::filesystem::absolute(base).lexically_normal();
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

}  // namespace striate::metrics
