// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "metrics/analyses/cells/weight_properties.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/pair_matrix.hpp"

namespace striate::metrics {

Figure weight_properties_figure(const FigureRequest& request) {
  const auto table =
      read_result(request, request.table("weight_properties"), "weight-properties", request.options.front());
  const auto properties = request.properties.empty()
                              ? std::vector<std::string>{"orientation_selectivity", "dg_mean_rate"}
                              : request.properties;
  const auto property_column = table.column("property"), side_column = table.column("side"),
             r_column = table.column("r");
  const auto types = paired_types(table);
  std::vector<PairMap> maps;
  double largest = 0;
  for (const auto& property : properties)
    for (const std::string side : weight_sides) {
      io::DelimitedTable own{.path = table.path, .columns = table.columns, .rows = {}};
      std::ranges::copy_if(table.rows, std::back_inserter(own.rows), [&](const auto& row) {
        return row.cells[property_column] == property && row.cells[side_column] == side;
      });
      if (own.rows.empty())
        throw core::UsageError("no --property {} in {} (it has no values, or is no property)", property,
                               table.path);
      for (const auto& row : own.rows)
        if (const double r = number_or_nan(own, row, r_column); !std::isnan(r))
          largest = std::max(largest, std::abs(r));
      maps.push_back(
          {.title = shown_label(property) + (side == "outgoing" ? " of the source" : " of the target"),
           .colour_label = "Pearson r",
           .values = pair_matrix(own, types, "r")});
    }
  if (largest == 0) largest = 1;
  for (auto& map : maps) {
    map.low = -largest;
    map.high = largest;
  }
  return pair_figure(fmt::format("{}, {}: |weight| against properties of cells", network_name(request.base),
                                 request.options.front()),
                     types, maps, "property");
}

}  // namespace striate::metrics
