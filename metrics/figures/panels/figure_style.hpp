// SPDX-License-Identifier: BSD-3-Clause
// How all figures look: colours and labels of the cell types, size of the paper, and panels placed on the
// page by hand so that nothing overlaps. A figure is a canvas and a gnuplot script; lengths on the page are
// fractions of it from the lower left corner.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/figures/panels/gnuplot.hpp"

namespace striate::metrics {

struct Figure {
  Canvas canvas;
  std::string script;
};

/// Units of 1/100 inch, 300 dots per inch: 720 is the width of a printed page.
Canvas paper(int width, int height);

/// "#rrggbb": red for excitatory cells, green PV, teal SST, purple VIP, grey layer 1; deeper layers are
/// darker. Labels that are no cell type are dark grey.
std::string type_colour(std::string_view cell_type);
/// "L2/3 Exc" of "L2/3_Exc".
std::string shown_label(std::string_view cell_type);
/// Colours of data sets: the model's options in order, and the recordings.
std::string dataset_colour(std::size_t k);
inline constexpr const char* recordings_colour = "#7f7f7f";
/// Cells that the figures of layers show together: "L1 + L2/3", "L4", "L5", "L6".
struct LayerGroup {
  std::string title;
  std::vector<std::string> types;
};
const std::vector<LayerGroup>& layer_groups();

enum class Turn { slanted, upright };

struct Rectangle {
  double left = 0, right = 1, bottom = 0, top = 1;
};

/// Cell `index` of a grid of columns and rows (counted from the top left) within `page`, with `gap_x` and
/// `gap_y` between cells.
Rectangle grid_cell(const Rectangle& page, std::size_t columns, std::size_t rows, std::size_t index,
                    double gap_x, double gap_y);

/// Sizes of the fonts of all figures: of the numbers at axes and of notes, of axes' labels and legends, of
/// panels' titles, of the page's title. On a printed page the smallest has 6.7 points.
inline constexpr int small_font = 7, label_font = 8, title_font = 9, page_font = 10;
/// Of numbers in cells and bars, which have little room: 5.8 points.
inline constexpr int number_font = 6;

/// Forgets all settings, then places the next plot's axes in `where` and sets thin lines and small tics.
std::string begin_panel(const Rectangle& where, const std::string& title);
/// Text in the middle of the top of a page so many units high, in two lines where one is too narrow, drawn
/// with the next plot.
std::string page_title(const std::string& text, int height, int width = 720);
/// Small text at a place of the page, drawn with the next plot.
std::string page_text(const std::string& text, double x, double y, const std::string& style = "");
/// The same with its middle there: what a reader needs to know of the picture.
std::string page_note(const std::string& text, double x, double y);
/// Units that category_tics() takes beside the axis: below x, left of y.
double category_space(char axis, const std::vector<std::string>& labels, Turn turn = Turn::slanted);
/// "set xtics (…)": labels at 0, 1, 2, …, cell types with blanks; those of x are turned so that they keep
/// apart.
std::string category_tics(char axis, const std::vector<std::string>& labels, Turn turn = Turn::slanted);

}  // namespace striate::metrics
