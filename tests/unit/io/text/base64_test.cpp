// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/base64.hpp"

#include <catch2/catch.hpp>

using striate::io::base64;

TEST_CASE("base64 follows RFC 4648") {
  // Test vectors of its section 10.
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64(std::string("\xff\xfe\x00", 3)) == "//4A");
}

TEST_CASE("what is longer than a piece of the library's is one text") {
  constexpr std::size_t groups = (2u << 20) + 5;
  std::string bytes, text;
  for (std::size_t k = 0; k < groups; ++k) bytes += "Man", text += "TWFu";
  CHECK((base64(bytes) == text));
  CHECK((base64(bytes + "f") == text + "Zg=="));
}
