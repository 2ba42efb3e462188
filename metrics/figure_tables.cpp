// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include "metrics/figures.hpp"

namespace striate::metrics {

io::DelimitedTable read_result(const FigureRequest& request, const std::filesystem::path& file,
                               const std::string& command, const std::string& option) {
  return io::read_delimited_table(
      file, ',', fmt::format("made by 'striate metrics {} {} {}'", command, request.base.string(), option));
}

}  // namespace striate::metrics
