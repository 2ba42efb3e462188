// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/receptive_fields.hpp"

#include "core/errors/error.hpp"

namespace striate::workflows {
namespace {

constexpr std::size_t most_maps = 400;  // 154 kB each

}  // namespace

std::vector<std::filesystem::path> run_receptive_field(const core::Call& call, const core::Comm& world) {
  const auto ids = call.values.wholes("cells");
  if (ids.size() > most_maps)
    throw core::UsageError("--cells names {} cells (at most {} maps are kept)", ids.size(), most_maps);
  return make_structural_fields({.base = call.base(),
                                 .output_directory = metrics::output_directory(call),
                                 .core = metrics::core_rule(call.values),
                                 .mapped = {ids.begin(), ids.end()}},
                                world);
}

}  // namespace striate::workflows
