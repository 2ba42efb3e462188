// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/receptive_fields.hpp"

#include "core/errors/error.hpp"
#include "io/paradigm/read_paradigm.hpp"

namespace striate::workflows {
namespace {

constexpr std::size_t most_maps = 400;  // 154 kB each

}  // namespace

std::vector<std::filesystem::path> run_receptive_field(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto core = metrics::core_rule(values);
  const auto offset = values.is("offset", "fit") ? metrics::FieldOffset::fit : metrics::FieldOffset::none;
  const auto shuffles = static_cast<std::size_t>(values.whole("shuffles"));
  const auto seed = static_cast<std::uint64_t>(values.whole("seed"));
  if (!values.is("from", "structure")) {
    const bool noise = values.is("from", "noise");
    const char* usual = noise ? metrics::noise_paradigm : metrics::gabor_paradigm;
    const auto paradigm = io::read_paradigm(values.text_if("paradigm").value_or(usual), nullptr);
    const auto output = metrics::output_directory(call, paradigm, usual);
    if (noise)
      return metrics::make_noise_fields({.base = call.base(),
                                         .option = call.option(),
                                         .output_directory = output,
                                         .paradigm = paradigm,
                                         .bin_ms = values.number("latency-bin"),
                                         .end_ms = values.number("latency-end"),
                                         .shuffles = shuffles,
                                         .offset = offset,
                                         .seed = seed,
                                         .core = core},
                                        world);
    return metrics::make_gabor_fields({.base = call.base(),
                                       .option = call.option(),
                                       .output_directory = output,
                                       .paradigm = paradigm,
                                       .shuffles = shuffles,
                                       .offset = offset,
                                       .seed = seed,
                                       .core = core},
                                      world);
  }
  if (call.option() != "plain" || values.given("paradigm"))
    throw core::UsageError(
        "OPT or --paradigm with --from structure (connections from the LGN are the same in all options) "
        "leave "
        "it out");
  const auto ids = values.wholes("cells");
  if (ids.size() > most_maps)
    throw core::UsageError("--cells names {} cells (at most {} maps are kept)", ids.size(), most_maps);
  return make_structural_fields({.base = call.base(),
                                 .output_directory = metrics::output_directory(call),
                                 .core = core,
                                 .mapped = {ids.begin(), ids.end()}},
                                world);
}

}  // namespace striate::workflows
