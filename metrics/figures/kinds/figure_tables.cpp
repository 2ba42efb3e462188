// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include "core/errors/error.hpp"
#include "metrics/figures/kinds/figures.hpp"

namespace striate::metrics {

io::DelimitedTable read_result(const FigureRequest& request, const std::filesystem::path& file,
                               const std::string& command, const std::string& option) {
  const auto origin =
      fmt::format("made by 'striate metrics {} {} {}'", command, request.base.string(), option);
  auto table = io::read_delimited_table(file, ',', origin);
  if (table.rows.empty()) throw core::UsageError("nothing to draw in {} (it has no rows; {})", file, origin);
  return table;
}

}  // namespace striate::metrics
