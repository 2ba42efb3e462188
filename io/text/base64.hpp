// SPDX-License-Identifier: BSD-3-Clause
// Bytes as text (RFC 4648), by OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace striate::io {

std::string base64(std::string_view bytes);

}  // namespace striate::io
