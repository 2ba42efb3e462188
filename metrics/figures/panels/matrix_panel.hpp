// SPDX-License-Identifier: BSD-3-Clause
// Heat maps with a name for each row and column: cells with numbers in them, if there is room, and a stroke
// through cells without a value.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "metrics/figures/panels/figure_style.hpp"

namespace striate::metrics {

enum class Palette { sequential, diverging };  ///< viridis; blue, white, red
/// "set palette …"
std::string palette(Palette which);

struct MatrixPanel {
  Rectangle where;
  std::string title;
  std::string colour_label;  ///< at the colour scale; no scale when empty
  std::vector<std::string> rows, columns;
  std::vector<double> values;  ///< row after row, from the top; NaN: none
  double low = 0, high = 1;  ///< of the colours
  Palette colours = Palette::sequential;
  std::string number_format = {};  ///< fmt's, such as "{:.2f}"; empty: no numbers in the cells
  int number_size = number_font;
  std::vector<bool> starred = {};  ///< [as values] numbers with a star behind them; empty: none
  bool row_labels = true, column_labels = true;
  Turn column_turn = Turn::slanted;
  std::string x_label = {}, y_label = {};
  std::string name;  ///< of the data block
};

std::string matrix_panel_script(const MatrixPanel& panel);

/// Draws a matrix block as coloured cells; unlike gnuplot's images also a single row, and sharp in any
/// viewer.
std::string plot_cells(const std::string& block);

/// Largest absolute value, NaN left aside; 1 when there is none.
double largest_magnitude(std::span<const double> values);

}  // namespace striate::metrics
