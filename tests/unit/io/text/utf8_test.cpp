// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/utf8.hpp"

#include <catch2/catch.hpp>

using namespace striate::io;

TEST_CASE("bytes that are not UTF-8 are found") {
  constexpr auto none = std::string_view::npos;
  CHECK(find_invalid_utf8("") == none);
  CHECK(find_invalid_utf8("plain, \xC3\xBC, \xE2\x82\xAC, \xF0\x9F\x90\x81") == none);
  CHECK(find_invalid_utf8("b\xFCld") == 1);
  CHECK(find_invalid_utf8("\x80") == 0);
  CHECK(find_invalid_utf8("ab\xC3") == 2);  // cut
  CHECK(find_invalid_utf8("\xC0\xAF") == 0);  // not the shortest form
  CHECK(find_invalid_utf8("\xE0\x80\xAF") == 0);
  CHECK(find_invalid_utf8("\xED\xA0\x80") == 0);  // a surrogate
  CHECK(find_invalid_utf8("\xF4\x90\x80\x80") == 0);  // beyond U+10FFFF
  CHECK(find_invalid_utf8("\xF5\x80\x80\x80") == 0);
}

TEST_CASE("masked bytes are UTF-8 and come back as they were") {
  std::string all = "text \xC3\xBC ";
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  const auto masked = masked_utf8(all);
  CHECK(find_invalid_utf8(masked) == std::string::npos);
  CHECK(masked != all);
  CHECK(unmasked_utf8(masked) == all);
  CHECK(masked_utf8("plain \xC3\xBC") == "plain \xC3\xBC");
  CHECK(unmasked_utf8("\xF4\x8F") == "\xF4\x8F");
  CHECK(unmasked_utf8("\xF4\x8F\x80\x80") == "\xF4\x8F\x80\x80");
}
