// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/option_maps.hpp"

namespace striate::metrics {

Figure preferred_direction_figure(const FigureRequest& request) {
  std::vector<PairTable> tables;
  for (std::size_t k = 0; k < request.options.size(); ++k)
    tables.emplace_back(request.options[k], read_result(request, request.table("preferred_direction_fits", k),
                                                        "preferred-direction", request.options[k]));
  const auto types = types_of(tables);
  const auto maps =
      option_maps(tables, types,
                  {{.title = "direction: a / c", .colour_label = "a / c", .column = "a_over_c"},
                   {.title = "orientation: b / c", .colour_label = "b / c", .column = "b_over_c"},
                   {.title = "certainty of a",
                    .colour_label = "-log10 p (10: or more)",
                    .column = "p_a",
                    .certainty = true},
                   {.title = "certainty of b",
                    .colour_label = "-log10 p (10: or more)",
                    .column = "p_b",
                    .certainty = true}});
  return pair_figure(
      fmt::format("{}, {}: weight = a cos d + b cos 2d + c, d difference of preferred directions",
                  shown_networks(request), shown_options(request.options)),
      types, maps, "pd");
}

}  // namespace striate::metrics
