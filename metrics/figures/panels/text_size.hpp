// SPDX-License-Identifier: BSD-3-Clause
// How much room texts take on the page, so that margins follow from what is written and nothing is cut. The
// widths are those of DejaVu Sans, the widest of the usual sans-serif fonts.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace striate::metrics {

/// In units of the page (1/100 inch). A size of a font, as gnuplot is told it, is 4/3 of these.
double text_width(std::string_view text, double font);
/// Of the widest; 0 without any.
double widest_text(std::span<const std::string> texts, double font);

/// As few lines as hold the text within `width`, broken at blanks, or behind an underscore where a word is
/// longer.
std::vector<std::string> wrapped(std::string_view text, double font, double width);

}  // namespace striate::metrics
