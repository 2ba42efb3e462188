// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/base/network_name.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/pair_matrix.hpp"

namespace striate::metrics {
namespace {

constexpr double highest_shown = 10;  // of -log10 p

std::vector<double> minus_log10(std::vector<double> p) {
  for (double& value : p)
    if (!std::isnan(value)) value = std::min(highest_shown, -std::log10(std::max(value, 1e-300)));
  return p;
}

}  // namespace

Figure preferred_direction_figure(const FigureRequest& request) {
  auto table = read_result(request, request.table("preferred_direction_fits"), "preferred-direction",
                           request.options.front());
  const auto classes = take_class_rows(table);
  const auto types = paired_types(table);
  const auto direction = pair_matrix(table, types, "a_over_c"),
             orientation = pair_matrix(table, types, "b_over_c");
  const double a = usual_magnitude(direction), b = usual_magnitude(orientation);
  const auto p_text = [&](const char* column) {
    const auto text = class_text(classes, column, 1);
    return text.empty() ? text : "p of " + text;
  };
  return pair_figure(
      fmt::format("{}, {}: weight = a cos d + b cos 2d + c, d difference of preferred directions",
                  network_name(request.base), request.options.front()),
      types,
      {{.title = "direction: a / c",
        .colour_label = "a / c",
        .values = direction,
        .low = -a,
        .high = a,
        .note = class_text(classes, "a_over_c")},
       {.title = "orientation: b / c",
        .colour_label = "b / c",
        .values = orientation,
        .low = -b,
        .high = b,
        .note = class_text(classes, "b_over_c")},
       {.title = "certainty of a",
        .colour_label = "-log10 p (10: or more)",
        .values = minus_log10(pair_matrix(table, types, "p_a")),
        .low = 0,
        .high = highest_shown,
        .colours = Palette::sequential,
        .note = p_text("p_a")},
       {.title = "certainty of b",
        .colour_label = "-log10 p (10: or more)",
        .values = minus_log10(pair_matrix(table, types, "p_b")),
        .low = 0,
        .high = highest_shown,
        .colours = Palette::sequential,
        .note = p_text("p_b")}},
      "pd");
}

}  // namespace striate::metrics
