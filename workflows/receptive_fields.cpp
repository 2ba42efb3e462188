// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/receptive_fields.hpp"

#include "core/errors/error.hpp"

namespace striate::workflows {
namespace {

constexpr std::size_t most_maps = 400;  // 154 kB each

}  // namespace

std::vector<std::filesystem::path> run_receptive_field(const core::Call& call, const core::Comm& world) {
  const auto core = metrics::core_rule(call.values);
  if (call.values.is("from", "gabors")) {
    const auto paradigm = metrics::paradigm_of(call);
    return metrics::make_gabor_fields(
        {.base = call.base(),
         .option = call.option(),
         .output_directory = metrics::output_directory(call, paradigm, metrics::gabor_paradigm),
         .paradigm = paradigm,
         .shuffles = static_cast<std::size_t>(call.values.whole("shuffles")),
         .offset = call.values.is("offset", "fit") ? metrics::FieldOffset::fit : metrics::FieldOffset::none,
         .seed = static_cast<std::uint64_t>(call.values.whole("seed")),
         .core = core},
        world);
  }
  if (call.option() != "plain" || call.values.given("paradigm"))
    throw core::UsageError(
        "OPT or --paradigm with --from structure (connections from the LGN are the same in all options) "
        "leave "
        "it out");
  const auto ids = call.values.wholes("cells");
  if (ids.size() > most_maps)
    throw core::UsageError("--cells names {} cells (at most {} maps are kept)", ids.size(), most_maps);
  return make_structural_fields({.base = call.base(),
                                 .output_directory = metrics::output_directory(call),
                                 .core = core,
                                 .mapped = {ids.begin(), ids.end()}},
                                world);
}

}  // namespace striate::workflows
