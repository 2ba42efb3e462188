// SPDX-License-Identifier: BSD-3-Clause
// How configurations are read (io/text/config_reader.hpp), under short names: the builder reads one in many
// files.
#pragma once

#include "io/text/config_reader.hpp"

namespace striate::builder {

using io::ConfigEntry;
using io::ConfigNode;
using io::ConfigSection;
using io::Diagnostics;
using io::NumberRange;
using io::Position;

using io::any_number;
using io::fraction;
using io::not_negative;
using io::positive;

}  // namespace striate::builder
