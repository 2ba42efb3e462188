// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace striate::io {

std::string base64(std::string_view bytes) {
  // OpenSSL counts in int, and writes a null behind each piece. Whole groups of three can be joined.
  constexpr std::size_t piece = 3u << 20;
  std::string text, part(piece / 3 * 4 + 1, '\0');
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    const auto count = std::min(piece, bytes.size());
    const int written =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(part.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(count));
    text.append(part, 0, static_cast<std::size_t>(written));
  }
  return text;
}

}  // namespace striate::io
