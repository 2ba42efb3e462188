// SPDX-License-Identifier: BSD-3-Clause
// One number for "the same configuration", wherever its files lie and whatever its results are called.
#pragma once

#include <string>

#include "io/sonata/config/sonata_config.hpp"

namespace striate::io {

/// Of the resolved document without its outputs. Paths count by their last name.
std::string config_hash(const Json& document);

}  // namespace striate::io
