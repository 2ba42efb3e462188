// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include "metrics/base/network_name.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/pair_matrix.hpp"

namespace striate::metrics {

Figure correlation_figure(const FigureRequest& request) {
  auto table =
      read_result(request, request.table("correlation_pairs"), "correlation", request.options.front());
  const auto classes = take_class_rows(table);
  const auto types = paired_types(table);
  const auto anti = pair_matrix(table, types, "delta_anti"), like = pair_matrix(table, types, "delta_like"),
             slope = pair_matrix(table, types, "slope(pA)"), r = pair_matrix(table, types, "r");
  // One scale for both changes, so that they can be compared.
  auto both = anti;
  both.insert(both.end(), like.begin(), like.end());
  const double change = usual_magnitude(both), steep = usual_magnitude(slope), related = usual_magnitude(r);
  return pair_figure(fmt::format("{}, {}: weight against correlation of responses",
                                 network_name(request.base), request.options.front()),
                     types,
                     {{.title = "from anti-correlated to none",
                       .colour_label = "(none - anti) / none",
                       .values = anti,
                       .low = -change,
                       .high = change,
                       .note = class_text(classes, "delta_anti")},
                      {.title = "from none to correlated",
                       .colour_label = "(like - none) / none",
                       .values = like,
                       .low = -change,
                       .high = change,
                       .note = class_text(classes, "delta_like")},
                      {.title = "slope of the weight",
                       .colour_label = "pA per unit correlation",
                       .values = slope,
                       .low = -steep,
                       .high = steep,
                       .note = class_text(classes, "slope(pA)")},
                      {.title = "correlation with the weight",
                       .colour_label = "Pearson r",
                       .values = r,
                       .low = -related,
                       .high = related,
                       .note = class_text(classes, "r")}},
                     "corr");
}

}  // namespace striate::metrics
