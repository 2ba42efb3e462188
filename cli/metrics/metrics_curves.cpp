// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include "cli/metrics/metrics_kinds.hpp"
#include "core/error.hpp"
#include "engine/machine/current_response.hpp"
#include "interventions/current_curves.hpp"
#include "io/text/shipped_configs.hpp"
#include "metrics/base/trial_counts.hpp"
#include "workflows/cell_models.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace fs = std::filesystem;

namespace {

/// Both kinds are about a network, whatever option it runs with.
Interface curves_interface(const std::string& kind, const std::string& description) {
  Interface interface {
    .usage = fmt::format("striate metrics {} BASE [options]", kind), .description = description,
    .options = {}, .positional = {
      "base"
    }
  };
  interface.options.add_options()("output_dir,o", po::value<std::string>()->value_name("DIR"),
                                  "write there instead of to BASE/metrics");
  return interface;
}

}  // namespace

core::ExitCode run_metrics_if_curves(const Arguments& arguments, const core::Comm& world) {
  auto interface = curves_interface("if-curves",
                                    "Firing rates of all cell models of V1 in the network BASE under "
                                    "constant currents (single cells, from rest):\n"
                                    "if_curves_all.csv.");
  interface.options.add_options()  //
      ("models", po::value<std::string>()->value_name("DIR"),
       "parameter files (BASE/components/cell_models)")  //
      ("max", po::value<double>()->value_name("PA"), "largest current (500)")  //
      ("step", po::value<double>()->value_name("PA"), "from one current to the next (2)")  //
      ("duration", po::value<double>()->value_name("MS"), "of each current (2000)")  //
      ("dt", po::value<double>()->value_name("MS"), "time step (0.25)");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  const double step = number_option(*call, "step", 2, 0.001, 1e6),
               largest = number_option(*call, "max", 500, step, 1e6),
               duration = number_option(*call, "duration", 2000, 1, 1e6);
  const double intervals = std::floor(largest / step + 1e-9);
  if (intervals > 100000)
    throw core::UsageError("invalid --step {} (gives {} currents) give a larger one", step, intervals);
  const auto grid = core::make_time_grid(number_option(*call, "dt", 0.25, 0.001, 1000), "--dt");
  if (!grid.on_grid(duration))
    throw core::UsageError("invalid --duration {} ms (no multiple of dt {} ms)", duration, grid.dt_ms);

  interventions::CurrentCurves curves;
  for (double i = 0; i <= intervals; ++i) curves.currents.push_back(i * step);
  const auto folder = text_option(*call, "models");
  const auto models = workflows::read_cell_models(
      call->base, folder ? fs::path(*folder) : call->base / "components" / "cell_models");
  const auto share = core::contiguous_share(models.size(), world.rank(), world.size());
  std::vector<std::int64_t> counts;
  for (auto i = share.first; i < share.end; ++i) {
    const auto own = engine::spikes_under_current(models[i].parameters, curves.currents, duration, grid);
    counts.insert(counts.end(), own.begin(), own.end());
  }
  counts = metrics::gather_to_root(std::span<const std::int64_t>(counts), world);
  const auto file = call->output_directory / "if_curves_all.csv";
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
                        .inputs = {(call->base / "network" / "v1_node_types.csv").string()},
                        .options = {{"duration (ms)", fmt::format("{}", duration)},
                                    {"dt (ms)", fmt::format("{}", grid.dt_ms)}}});
  }
  return report_files({file});
}

core::ExitCode run_metrics_target_current(const Arguments& arguments, const core::Comm& world) {
  auto interface =
      curves_interface("target-current",
                       "Constant current at which the models of a cell type on average fire as often as "
                       "recorded cells:\ntarget_currents.csv. Needs if_curves_all.csv of 'if-curves' in "
                       "BASE/metrics.");
  interface.options.add_options()  //
      ("curves", po::value<std::string>()->value_name("FILE"), "another table of curves")  //
      ("reference", po::value<std::string>()->value_name("FILE"),
       "recordings in their original format (default: the shipped table)");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  const auto file = text_option(*call, "reference"), curves = text_option(*call, "curves");
  return report_files(interventions::make_target_currents(
      {.base = call->base,
       .curves = curves ? fs::path(*curves) : call->base / "metrics" / "if_curves_all.csv",
       .output_directory = call->output_directory,
       .reference = file ? metrics::read_unit_table(*file, 0)
                         : metrics::read_compact_table(io::config_directory() / "reference/neuropixels.csv")},
      world));
}

}  // namespace striate::cli
