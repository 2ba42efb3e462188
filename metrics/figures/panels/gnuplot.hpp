// SPDX-License-Identifier: BSD-3-Clause
// Pictures through gnuplot: a script as text, piped to the program, which writes a PNG, SVG or PDF file
// chosen by the file's suffix. The picture appears under its name only when gnuplot has finished without
// error.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace striate::metrics {

/// Size and font in pixels; a PNG has `scale` times as many (300 dots per inch when a pixel of the canvas is
/// meant to be 1/100 inch and scale is 3). In PDF a pixel is 1/100 inch.
struct Canvas {
  int width = 1200, height = 800, font = 11, scale = 1;
};

/// `text` as a gnuplot string in double quotes, with nothing special left in it.
std::string gnuplot_text(std::string_view text);

/// Puts settings and labels before the last plot of a script, with which they are drawn.
void add_before_plot(std::string& script, std::string_view text);

/// A named data block: one line per row, columns separated by blanks.
struct Column {
  std::span<const double> values;
};
std::string data_block(const std::string& name, std::span<const Column> columns);
/// A block that `plot … matrix` draws: row after row.
std::string matrix_block(const std::string& name, std::span<const double> values, std::size_t columns);

/// Runs `script` (everything but terminal and output). Throws SystemError when gnuplot is not installed or
/// fails, UsageError when the suffix is none of .png, .svg and .pdf.
void draw(const std::filesystem::path& picture, const Canvas& canvas, const std::string& script);

}  // namespace striate::metrics
