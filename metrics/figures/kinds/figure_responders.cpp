// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <array>

#include "metrics/base/network_name.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/box_panel.hpp"

namespace striate::metrics {
namespace {

/// Percent of cells without any response that pass each side's test in the shipped paradigm: the mean of 30
/// blanks is taken as exact beside the sum of 480 trials, so that the difference varies sqrt(1 + 480 / 30)
/// times as much as the test assumes.
constexpr int pass_by_chance = 29;

}  // namespace

Figure responders_figure(const FigureRequest& request) {
  const auto table =
      read_result(request, request.table("contrast_responsive_cells"), "contrast", request.options.front());
  struct Side {
    const char *column, *error, *colour;
    double shift;
  };
  constexpr std::array sides{Side{"positive_fraction", "positive_error", "#b2182b", -0.2},
                             Side{"negative_fraction", "negative_error", "#2166ac", 0.2}};
  std::vector<std::string> types;
  std::string blocks, plots;
  for (const auto& row : table.rows) types.push_back(row.cells[table.column("cell_type")]);
  for (std::size_t s = 0; s < sides.size(); ++s) {
    blocks += fmt::format("$side{} << END_OF_DATA\n", s);
    for (std::size_t k = 0; k < table.rows.size(); ++k)
      blocks += fmt::format("{:.3g} {:.9g} {:.9g}\n", static_cast<double>(k) + sides[s].shift,
                            100 * number_or_nan(table, table.rows[k], table.column(sides[s].column)),
                            100 * number_or_nan(table, table.rows[k], table.column(sides[s].error)));
    blocks += "END_OF_DATA\n";
    plots += fmt::format("{}$side{} using 1:2:3 with boxerrorbars lw 0.7 lc rgb '{}'",
                         s == 0 ? "plot " : ", ", s, sides[s].colour);
  }
  return {
      .canvas = paper(720, 350),
      .script =
          blocks + begin_panel({.left = 0.085, .right = 0.98, .bottom = 0.31, .top = 0.84}, "") +
          page_title(fmt::format("{}, {}: core cells that respond to gratings (p < 0.01, binomial error)",
                                 network_name(request.base), request.options.front()),
                     350) +
          page_note(fmt::format(
                        "dashed: about {} % of cells that respond to nothing pass each test by chance, since "
                        "the mean of 30 blanks is taken as exact",
                        pass_by_chance),
                    0.5, 0.075) +
          page_note("compare types and networks with it; it is no error rate", 0.5, 0.03) +
          fmt::format("set arrow from graph 0,first {0} to graph 1,first {0} nohead dt 2 lw 0.7 lc rgb "
                      "'#404040' front\n",
                      pass_by_chance) +
          legend_row({{"rate rises", sides[0].colour}, {"rate falls", sides[1].colour}}, 0.09, 0.89, 0.14) +
          fmt::format("set ylabel 'cells (%)'\nset xrange [-0.6:{:.1f}]\nset yrange [0:105]\nset ytics "
                      "0,20,100\nset boxwidth 0.36\nset style fill solid 0.8\nset bars 0.4\n",
                      static_cast<double>(types.size()) - 0.4) +
          category_tics('x', types) + plots + "\n"};
}

}  // namespace striate::metrics
