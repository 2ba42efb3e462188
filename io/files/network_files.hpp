// SPDX-License-Identifier: BSD-3-Clause
// What a network directory holds that other commands read, whatever it is called.
#pragma once

#include <filesystem>
#include <vector>

#include "io/files/output_place.hpp"

namespace striate::io {

/// The files in BASE's folders of the network, its components and its configurations: none of them may be
/// written over by what is made of the network. None where there is no network.
std::vector<NamedPath> network_files(const std::filesystem::path& base);

}  // namespace striate::io
