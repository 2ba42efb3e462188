// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/text_size.hpp"

#include <catch2/catch.hpp>

using namespace striate;
using metrics::text_width;
using metrics::wrapped;
using Lines = std::vector<std::string>;

TEST_CASE("Widths of texts are those of DejaVu Sans") {
  CHECK(text_width("", 9) == 0);
  CHECK(text_width("0", 1536) == Approx(1303));
  CHECK(text_width(" ~", 1536) == Approx(651 + 1716));
  CHECK(text_width("mi", 7.5) == Approx((1995 + 569) / 204.8));
  CHECK(text_width("é", 1536) == Approx(1300));  // two bytes, one letter
  const Lines labels{"i", "mmm", "L4"};
  CHECK(metrics::widest_text(labels, 9) == text_width("mmm", 9));
  CHECK(metrics::widest_text(Lines{}, 9) == 0);
}

TEST_CASE("Lines are broken at blanks, and long names behind underscores") {
  CHECK(wrapped("a short one", 9, 500) == Lines{"a short one"});
  CHECK(wrapped("two words", 9, text_width("words", 9)) == Lines{"two", "words"});
  CHECK(wrapped("exc_high_core_neg1000", 9, text_width("exc_high_", 9)) ==
        Lines{"exc_high_", "core_", "neg1000"});
  CHECK(wrapped("as wide as it is", 9, text_width("as wide as it is", 9)).size() == 1);
  CHECK(wrapped("", 9, 10).empty());
}
