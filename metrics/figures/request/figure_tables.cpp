// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include "core/errors/error.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/figures/request/figure_request.hpp"

namespace striate::metrics {

std::string shown_networks(const FigureRequest& request) {
  const auto name = network_name(request.base);
  const auto more = request.pooled() ? request.networks.size() - 1 : 0;
  return more == 0 ? name : fmt::format("{} and {} more network{}", name, more, more == 1 ? "" : "s");
}

io::DelimitedTable read_result(const FigureRequest& request, const std::filesystem::path& file,
                               const std::string& command, const std::string& option) {
  const auto origin = fmt::format("made by 'striate metrics {} {} {}{}'", command, request.base.string(),
                                  option, request.pooled() ? " --networks …" : "");
  auto table = io::read_delimited_table(file, ',', origin);
  require_pools(file, request.networks);
  if (table.rows.empty()) throw core::UsageError("nothing to draw in {} (it has no rows; {})", file, origin);
  return table;
}

io::DelimitedTable read_network_table(const FigureRequest& request, const std::filesystem::path& network,
                                      const NetworkTable& what, MadeAlike& alike) {
  const auto file = table_file(what.pattern, request.tables_of(network), what.option);
  const auto origin =
      fmt::format("made by 'striate metrics {} {} {}'", what.command, network.string(), what.option);
  auto table = io::read_delimited_table(file, what.separator, origin);
  alike.add(file, network);
  if (table.rows.empty()) throw core::UsageError("nothing to draw in {} (it has no rows; {})", file, origin);
  return table;
}

}  // namespace striate::metrics
