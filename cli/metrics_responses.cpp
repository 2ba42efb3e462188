// SPDX-License-Identifier: BSD-3-Clause
#include "cli/metrics_kinds.hpp"
#include "metrics/contrast.hpp"

namespace striate::cli {
namespace po = boost::program_options;

core::ExitCode run_metrics_contrast(const Arguments& arguments, const core::Comm& world) {
  auto interface = metrics_interface(
      "contrast",
      "Spike counts, rates, selectivity and responsiveness from the 510 trials in BASE/contrasts_OPT:\n"
      "spike_counts.h5 beside the trials; contrast_cells_OPT.csv, contrast_by_type_OPT.csv and\n"
      "contrast_responsive_cells_OPT.csv. All trials must be there.");
  add_silent_option(interface);
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  return report_files(metrics::make_contrast({.base = call->base,
                                              .option = call->option,
                                              .output_directory = call->output_directory,
                                              .silent = silent_cells(*call),
                                              .core = call->core},
                                             world));
}

}  // namespace striate::cli
