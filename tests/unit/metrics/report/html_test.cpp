// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/report/html.hpp"

#include <catch2/catch.hpp>

using namespace striate;
using Catch::Contains;

TEST_CASE("no text becomes markup") {
  CHECK(metrics::html_escape("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  CHECK(metrics::html_escape("µ\tm\n") == "µ\tm\n");
  CHECK(metrics::html_escape(std::string_view("\0\x1b", 2)) == "\xEF\xBF\xBD\xEF\xBF\xBD");
  const std::string evil = "<script>alert(1)</script>";
  const auto table =
      metrics::html_table({.header = {evil}, .rows = {{{.text = evil, .colour = "\"" + evil}}}});
  CHECK_THAT(table, !Contains("<script>") && Contains("&lt;script&gt;"));
  CHECK_THAT(metrics::html_picture("x", "\" onerror=\"" + evil),
             !Contains("\" onerror=") && !Contains("<script>"));
  CHECK_THAT(metrics::html_page(evil, ""), !Contains("<script>"));
}

TEST_CASE("pictures are as wide on the page as on paper") {
  // Signature, length and name of the first chunk, width 2160, height 1.
  const std::string header("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x08\x70\0\0\0\x01", 24);
  CHECK_THAT(metrics::html_picture(header, "c"), Contains("<img width=\"900\" "));
  CHECK_THAT(metrics::html_picture(header.substr(0, 19), "c"), Contains("<img alt="));
}

TEST_CASE("a page asks for nothing beyond itself") {
  const auto page = metrics::html_page("title", "<p>body</p>");
  CHECK_THAT(page, Catch::StartsWith("<!DOCTYPE html>"));
  CHECK_THAT(page, Contains("<title>title</title>") && Contains("<p>body</p>"));
  CHECK_THAT(page, !Contains("http:") && !Contains("https:") && !Contains("src=\"/"));
  CHECK_THAT(page, Contains("default-src 'none'"));
}
