// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/option_maps.hpp"

namespace striate::metrics {

Figure correlation_figure(const FigureRequest& request) {
  std::vector<PairTable> tables;
  for (std::size_t k = 0; k < request.options.size(); ++k)
    tables.emplace_back(request.options[k], read_result(request, request.table("correlation_pairs", k),
                                                        "correlation", request.options[k]));
  const auto types = types_of(tables);
  auto maps = option_maps(
      tables, types,
      {{.title = "from anti-correlated to none",
        .colour_label = "(none - anti) / none",
        .column = "delta_anti",
        .scale_of = {"delta_anti", "delta_like"}},  // so that both can be compared
       {.title = "from none to correlated",
        .colour_label = "(like - none) / none",
        .column = "delta_like",
        .scale_of = {"delta_anti", "delta_like"}},
       {.title = "slope of the weight", .colour_label = "pA per unit correlation", .column = "slope(pA)"},
       {.title = "correlation with the weight", .colour_label = "Pearson r", .column = "r"}});
  return pair_figure(fmt::format("{}, {}: weight against correlation of responses", shown_networks(request),
                                 shown_options(request.options)),
                     types, maps, "corr");
}

}  // namespace striate::metrics
