// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>

#include "metrics/figure_pair_matrix.hpp"
#include "metrics/figures.hpp"

namespace striate::metrics {

Figure correlation_figure(const FigureRequest& request) {
  auto table =
      read_result(request, request.table("correlation_pairs"), "correlation", request.options.front());
  // Rows that sum up all excitatory or inhibitory cells have no place among the types.
  const auto source = table.column("source_type");
  std::erase_if(table.rows,
                [&](const auto& row) { return row.cells[source] == "E" || row.cells[source] == "I"; });
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
                       .high = change},
                      {.title = "from none to correlated",
                       .colour_label = "(like - none) / none",
                       .values = like,
                       .low = -change,
                       .high = change},
                      {.title = "slope of the weight",
                       .colour_label = "pA per unit correlation",
                       .values = slope,
                       .low = -steep,
                       .high = steep},
                      {.title = "correlation with the weight",
                       .colour_label = "Pearson r",
                       .values = r,
                       .low = -related,
                       .high = related}},
                     "corr");
}

}  // namespace striate::metrics
