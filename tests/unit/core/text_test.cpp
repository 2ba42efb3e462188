// SPDX-License-Identifier: BSD-3-Clause
#include "core/text.hpp"

#include <catch2/catch.hpp>

using striate::core::shortened;

TEST_CASE("long texts are cut between words, never within a character") {
  CHECK(shortened("one two three", 20) == "one two three");
  CHECK(shortened("one two three", 13) == "one two three");
  CHECK(shortened("one two three", 12) == "one two…");
  CHECK(shortened("one two three", 7) == "one two…");
  CHECK(shortened("one two three", 6) == "one…");
  CHECK(shortened("fünf", 2) == "f…");
  CHECK(shortened("fünf", 3) == "fü…");
}
