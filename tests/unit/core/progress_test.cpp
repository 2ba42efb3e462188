// SPDX-License-Identifier: BSD-3-Clause
#include "core/progress.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "core/errors/error.hpp"

using striate::core::progress_bar;

TEST_CASE("a bar of progress fits into the terminal") {
  const std::string text = "3.0 s left, 1500.0 ms simulated in 3.0 s, real-time factor 2, 40 MB on this rank";
  CHECK(progress_bar("simulate", 0.5, "half", 200) ==
        "simulate [###############...............]  50 %  half");
  CHECK(progress_bar("simulate", 0.5, text, 99) == "simulate [#####.....]  50 %  " + text.substr(0, 70));
  for (const std::size_t columns :
       std::vector<std::size_t>{0, 1, 10, 26, 40, 59, 60, 100, 109, 110, 111, 140, 200}) {
    const auto bar = progress_bar("simulate", 0.5, text, columns);
    CHECK(bar.size() <= columns);
    CHECK(bar.size() >= std::min<std::size_t>(columns, 26));
  }
  CHECK(progress_bar("simulate", 0, "", 80) == "simulate [..............................]   0 %  ");
  CHECK(progress_bar("simulate", 1, "", 80) == "simulate [##############################] 100 %  ");
  // Of characters of several bytes none is cut apart.
  CHECK(progress_bar("s", 0, "µµµ", 24) == "s [..........]   0 %  µµ");
}

TEST_CASE("styles of progress are words") {
  using striate::core::parse_progress_style;
  using striate::core::ProgressStyle;
  CHECK(parse_progress_style("bar") == ProgressStyle::bar);
  CHECK(parse_progress_style("none") == ProgressStyle::none);
  CHECK_THROWS_AS(parse_progress_style("bars"), striate::core::UsageError);
}
