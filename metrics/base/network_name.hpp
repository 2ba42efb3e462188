// SPDX-License-Identifier: BSD-3-Clause
// The name of a network in tables, titles and reports: that of its folder, however the path is written.
#pragma once

#include <filesystem>
#include <string>

namespace striate::metrics {

/// "core_nll_0" for "x/core_nll_0/" and for "." within it.
std::string network_name(const std::filesystem::path& base);

}  // namespace striate::metrics
