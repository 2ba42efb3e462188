// SPDX-License-Identifier: BSD-3-Clause
// Pieces of a page of HTML. All texts go through html_escape, so that no name from a file can become markup.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace striate::metrics {

/// For text and for attributes in double quotes; control characters other than newline and tab become U+FFFD.
std::string html_escape(std::string_view text);

struct HtmlCell {
  std::string text;
  std::string colour = {};  ///< "#rrggbb" of the background, or none
  bool number = false;
};
struct HtmlTable {
  std::vector<std::string> header;
  std::vector<std::vector<HtmlCell>> rows;
};
std::string html_table(const HtmlTable& table);
/// An image of the page itself; `png` holds the file.
std::string html_picture(std::string_view png, const std::string& caption);
/// A whole document; `body` is HTML.
std::string html_page(const std::string& title, const std::string& body);

}  // namespace striate::metrics
