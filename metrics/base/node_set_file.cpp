// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/node_set_file.hpp"

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "io/text/json.hpp"

namespace striate::metrics {

std::vector<std::uint64_t> read_targets(const std::filesystem::path& file) {
  const auto json = io::read_json(file);
  if (!json.is_object() || !json.contains("node_id") || !json["node_id"].is_array())
    throw core::FormatError("no list node_id in {} (the node set that was silenced)", file);
  if (json.contains("population") && json["population"] != core::v1_population)
    throw core::FormatError("invalid population {} in {}:/population (must be v1)",
                            io::compact_text(json["population"]), file);
  std::vector<std::uint64_t> ids;
  for (const auto& id : json["node_id"]) {
    if (!id.is_number_unsigned())
      throw core::FormatError("invalid id {} in {}:/node_id/{} (must be a node id)", io::compact_text(id),
                              file, ids.size());
    ids.push_back(id.get<std::uint64_t>());
  }
  return ids;
}

std::string node_set_text(std::span<const std::uint64_t> ids) {
  return io::compact_text({{"population", core::v1_population}, {"node_id", io::Json(ids)}}) + "\n";
}

}  // namespace striate::metrics
