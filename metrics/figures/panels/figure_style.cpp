// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/figure_style.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "metrics/base/cell_types.hpp"
#include "metrics/figures/panels/text_size.hpp"

namespace striate::metrics {
namespace {

struct ClassColour {
  std::string_view name;
  std::uint32_t rgb;
};
constexpr std::array class_colours{ClassColour{"Exc", 0xD42A2A}, ClassColour{"PV", 0x4C7F19},
                                   ClassColour{"SST", 0x197F7F}, ClassColour{"VIP", 0x9932FF},
                                   ClassColour{"Inh", 0x9E9E9E}};

/// Towards white (amount above 0) or black (below 0).
std::string shaded(std::uint32_t rgb, double amount) {
  std::uint32_t result = 0;
  for (const int shift : {16, 8, 0}) {
    const double channel = (rgb >> shift) & 0xFF;
    const double mixed = amount > 0 ? channel + (255 - channel) * amount : channel * (1 + amount);
    result |= static_cast<std::uint32_t>(mixed + 0.5) << shift;
  }
  return fmt::format("#{:06X}", result);
}

double depth_shade(std::string_view type) {
  if (type == "L5_ET") return -0.5;
  if (type == "L5_IT") return 0;
  if (type == "L5_NP") return 0.5;
  const auto layer = layer_of(type).value_or("");
  if (layer == "L2/3") return 0.3;
  if (layer == "L5") return -0.2;
  if (layer == "L6") return -0.35;
  return 0;
}

/// Cell types with blanks; other names as they are.
std::string category_label(const std::string& label) {
  return layer_of(label) ? shown_label(label) : label;
}

}  // namespace

Canvas paper(int width, int height) {
  return {.width = width, .height = height, .font = title_font, .scale = 3};
}

std::string type_colour(std::string_view cell_type) {
  const auto of_class = class_of(cell_type);
  const auto found = std::ranges::find(class_colours, of_class, &ClassColour::name);
  return found == class_colours.end() ? "#404040" : shaded(found->rgb, depth_shade(cell_type));
}

std::string shown_label(std::string_view cell_type) {
  std::string label(cell_type);
  std::ranges::replace(label, '_', ' ');
  return label;
}

std::string dataset_colour(std::size_t k) {
  // Hues that colour-blind readers tell apart (Okabe and Ito 2008).
  constexpr std::array colours{"#009E73", "#E69F00", "#56B4E9", "#CC79A7", "#0072B2", "#D55E00"};
  return colours[k % colours.size()];
}

const std::vector<LayerGroup>& layer_groups() {
  static const std::vector<LayerGroup> groups{
      {"L1 + L2/3", {"L2/3_Exc", "L2/3_PV", "L2/3_SST", "L2/3_VIP", "L1_Inh"}},
      {"L4", {"L4_Exc", "L4_PV", "L4_SST", "L4_VIP"}},
      {"L5", {"L5_IT", "L5_ET", "L5_NP", "L5_Exc", "L5_PV", "L5_SST", "L5_VIP"}},
      {"L6", {"L6_Exc", "L6_PV", "L6_SST", "L6_VIP"}}};
  return groups;
}

Rectangle grid_cell(const Rectangle& page, std::size_t columns, std::size_t rows, std::size_t index,
                    double gap_x, double gap_y) {
  const auto nx = static_cast<double>(columns), ny = static_cast<double>(rows);
  const double width = (page.right - page.left - (nx - 1) * gap_x) / nx,
               height = (page.top - page.bottom - (ny - 1) * gap_y) / ny;
  const double left = page.left + static_cast<double>(index % columns) * (width + gap_x),
               top = page.top - static_cast<double>(index / columns) * (height + gap_y);
  return {.left = left, .right = left + width, .bottom = top - height, .top = top};
}

std::string begin_panel(const Rectangle& where, const std::string& title) {
  return fmt::format(
      "reset\nset lmargin at screen {:.5f}\nset rmargin at screen {:.5f}\nset bmargin at screen {:.5f}\n"
      "set tmargin at screen {:.5f}\nset border 3 lw 0.6\nset tics out nomirror scale 0.4 font ',{}'\n"
      "set xlabel font ',{}' offset 0,0.5\nset ylabel font ',{}' offset 1.2,0\nset datafile missing 'nan'\n"
      "unset key\nset title {} font ',{}' offset 0,-0.6\n",
      where.left, where.right, where.bottom, where.top, small_font, label_font, label_font,
      gnuplot_text(title), title_font);
}

std::string page_title(const std::string& text, int height, int width) {
  constexpr double edge = 20, line_height = 1.15;
  auto lines = wrapped(text, page_font, width - edge);
  double font = page_font;
  if (lines.size() > 1) {
    // Two lines take the room of one, in a smaller font.
    font = small_font;
    lines = wrapped(text, font, width - edge);
  }
  std::string script;
  const double step = font * line_height * 4 / 3;
  const double middle = 14 - (static_cast<double>(lines.size()) - 1) * step / 2;
  for (std::size_t k = 0; k < lines.size(); ++k)
    script += page_text(lines[k], 0.5, 1 - (middle + static_cast<double>(k) * step) / height,
                        fmt::format("center font ',{}'", font));
  return script;
}

/// Of texts that stand back.
static const auto small_grey = fmt::format("font ',{}' tc rgb '#404040'", small_font);

std::string page_text(const std::string& text, double x, double y, const std::string& style) {
  return fmt::format("set label {} at screen {:.5f},{:.5f} {}\n", gnuplot_text(text), x, y,
                     style.empty() ? fmt::format("left {}", small_grey) : style);
}

std::string page_note(const std::string& text, double x, double y) {
  constexpr double page_width = 720, edge = 8;
  const double room = 2 * std::min(x, 1 - x) * page_width - edge, width = text_width(text, small_font);
  if (width <= room) return page_text(text, x, y, fmt::format("center {}", small_grey));
  return page_text(text, x, y,
                   fmt::format("center font ',{:.2f}' tc rgb '#404040'", small_font * room / width));
}

double category_space(char axis, const std::vector<std::string>& labels, Turn turn) {
  constexpr double beside = 6, rise = 0.77;  // sine of the slant
  double widest = 0;
  for (const auto& label : labels) widest = std::max(widest, text_width(category_label(label), small_font));
  if (axis == 'y' || turn == Turn::upright) return widest + beside;
  return rise * widest + 2 * small_font + beside;
}

std::string category_tics(char axis, const std::vector<std::string>& labels, Turn turn) {
  std::string text;
  for (std::size_t k = 0; k < labels.size(); ++k)
    text += fmt::format("{}{} {}", k == 0 ? "" : ", ", gnuplot_text(category_label(labels[k])), k);
  if (axis == 'y') return fmt::format("set ytics ({}) scale 0\n", text);
  return fmt::format("set xtics ({}) rotate by {} scale 0\n", text,
                     turn == Turn::slanted ? "50 right offset 0.4,0.1" : "90 right offset 0,0");
}

}  // namespace striate::metrics
