// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/current_tables.hpp"

#include <cmath>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "engine/machine/current_response.hpp"
#include "engine/machine/model/usable_model.hpp"
#include "interventions/current_curves.hpp"
#include "metrics/base/trial_counts.hpp"
#include "workflows/cell_models.hpp"

namespace striate::workflows {
namespace {

/// The kind's only file, in the folder of -o.
std::filesystem::path output_file(const core::Call& call) {
  return metrics::output_directory(call) / std::filesystem::path(call.kind->writes.items[0]).filename();
}

}  // namespace

std::vector<std::filesystem::path> run_if_curves(const core::Call& call, const core::Comm& world) {
  const double step = call.values.number("step"), largest = call.values.number("max"),
               duration = call.values.number("duration");
  if (largest < step) throw core::UsageError("invalid --max {} (must not be below --step {})", largest, step);
  const double intervals = std::floor(largest / step + 1e-9);
  if (intervals > 100000)
    throw core::UsageError("invalid --step {} (gives {} currents) give a larger one", step, intervals);
  const auto grid = core::make_time_grid(call.values.number("dt"), "--dt");
  if (!grid.on_grid(duration))
    throw core::UsageError("invalid --duration {} ms (no multiple of dt {} ms)", duration, grid.dt_ms);

  interventions::CurrentCurves curves;
  for (double i = 0; i <= intervals; ++i) curves.currents.push_back(i * step);
  const auto models = read_cell_models(
      call.base(),
      metrics::path_if(call.values, "models").value_or(core::NetworkPaths{call.base()}.cell_models()));
  const auto share = core::contiguous_share(models.size(), world.rank(), world.size());
  std::vector<std::int64_t> counts;
  for (auto i = share.first; i < share.end; ++i) {
    engine::require_usable(models[i].parameters, grid, fmt::format("cell model {}", models[i].id));
    const auto own = engine::spikes_under_current(models[i].parameters, curves.currents, duration, grid);
    counts.insert(counts.end(), own.begin(), own.end());
  }
  counts = metrics::gather_to_root(std::span<const std::int64_t>(counts), world);
  const auto file = output_file(call);
  if (world.is_root()) {
    auto next = counts.begin();
    for (const auto& model : models) {
      curves.model_id.push_back(model.id);
      auto& rates = curves.rates.emplace_back();
      for (std::size_t i = 0; i < curves.currents.size(); ++i)
        rates.push_back(static_cast<double>(*next++) / (duration / 1000));
    }
    metrics::write_csv(file, interventions::curve_table(curves), ' ',
                       {.kind = "if-curves",
                        .inputs = {core::NetworkPaths{call.base()}.node_types(core::v1_population).string()},
                        .options = {{"duration (ms)", fmt::format("{}", duration)},
                                    {"dt (ms)", fmt::format("{}", grid.dt_ms)}}});
  }
  return {file};
}

std::vector<std::filesystem::path> run_target_current(const core::Call& call, const core::Comm& world) {
  return interventions::make_target_currents(
      {.base = call.base(),
       .curves = metrics::path_if(call.values, "curves").value_or(call.base() / if_curves_files.items[0]),
       .output_directory = metrics::output_directory(call),
       .reference = metrics::recorded_values(call.values)},
      world);
}

}  // namespace striate::workflows
