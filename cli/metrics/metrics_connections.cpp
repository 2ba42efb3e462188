// SPDX-License-Identifier: BSD-3-Clause
#include "cli/metrics/metrics_kinds.hpp"
#include "metrics/analyses/weights/outgoing_weights.hpp"
#include "metrics/analyses/weights/weight_distribution.hpp"

namespace striate::cli {
namespace po = boost::program_options;

core::ExitCode run_metrics_weights(const Arguments& arguments, const core::Comm& world) {
  auto interface =
      metrics_interface("weights",
                        "Distributions of the weights between core cells by pair of types, the summed "
                        "outgoing weight of cells,\n"
                        "and on which types the weight of strongly and weakly projecting cells lands:\n"
                        "weight_distribution_OPT.csv, outgoing_weight_cells_OPT.csv,\n"
                        "outgoing_weight_granular_core_to_core_{full,summary}_OPT.csv.");
  interface.options.add_options()  //
      ("networks", po::value<std::vector<std::string>>()->multitoken()->value_name("DIR …"),
       "further network directories")  //
      ("compare", po::value<std::vector<std::string>>()->multitoken()->value_name("OPT …"),
       "correlate medians with those of options whose weight_distribution_*.csv exists")  //
      ("cohorts-from", po::value<std::string>()->value_name("OPT"),
       "rank cells by their weights in another option")  //
      ("l5", po::value<std::string>()->value_name("WORD"), "split (default) or pooled: one L5_Exc")  //
      ("inhibitory", po::value<std::string>()->value_name("WORD"),
       "layers (default) or pooled: PV, SST, VIP of all layers");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  auto networks = path_options(*call, "networks");
  networks.insert(networks.begin(), call->base);
  std::vector<std::string> compare;
  for (const auto& option : path_options(*call, "compare")) compare.push_back(option.string());
  auto files = metrics::make_weight_distribution(
      {.networks = networks,
       .option = call->option,
       .output_directory = call->output_directory,
       .compare = std::move(compare),
       .pooling = {.l5 = word_option(*call, "l5", {"split", "pooled"}) == "pooled",
                   .inhibitory = word_option(*call, "inhibitory", {"layers", "pooled"}) == "pooled"},
       .core = call->core},
      world);
  const auto outgoing = metrics::make_outgoing_weights(
      {.networks = std::move(networks),
       .option = call->option,
       .cohort_option = text_option(*call, "cohorts-from").value_or(call->option),
       .output_directory = call->output_directory,
       .core = call->core},
      world);
  files.insert(files.end(), outgoing.begin(), outgoing.end());
  return report_files(files);
}

}  // namespace striate::cli
