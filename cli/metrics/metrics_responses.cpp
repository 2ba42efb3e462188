// SPDX-License-Identifier: BSD-3-Clause
#include <limits>

#include "cli/metrics/metrics_kinds.hpp"
#include "core/error.hpp"
#include "metrics/analyses/pairs/direction_resampling.hpp"
#include "metrics/analyses/tuning/contrast.hpp"
#include "metrics/analyses/tuning/contrast_networks.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace fs = std::filesystem;

core::ExitCode run_metrics_contrast(const Arguments& arguments, const core::Comm& world) {
  auto interface = metrics_interface(
      "contrast",
      "Spike counts, rates, selectivity and responsiveness from the 510 trials in BASE/contrasts_OPT:\n"
      "spike_counts.h5 beside the trials; contrast_cells_OPT.csv, contrast_by_type_OPT.csv and\n"
      "contrast_responsive_cells_OPT.csv. All trials must be there. With --networks also "
      "contrast_networks_OPT.csv.");
  add_silent_option(interface);
  interface.options.add_options()("networks",
                                  po::value<std::vector<std::string>>()->multitoken()->value_name("DIR …"),
                                  "average over further networks, whose contrast_by_type_OPT.csv exists");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  const auto table = fmt::format("contrast_by_type_{}.csv", call->option);
  metrics::ContrastNetworksRequest averages{.tables = {call->output_directory / table},
                                            .option = call->option,
                                            .output_directory = call->output_directory};
  for (const auto& network : path_options(*call, "networks")) {
    averages.tables.push_back(network / "metrics" / table);
    core::require_readable(averages.tables.back(), "type means of a network in --networks");
  }
  auto files = metrics::make_contrast({.base = call->base,
                                       .option = call->option,
                                       .output_directory = call->output_directory,
                                       .silent = silent_cells(*call),
                                       .core = call->core},
                                      world);
  if (averages.tables.size() > 1)
    for (const auto& file : metrics::make_contrast_networks(averages, world)) files.push_back(file);
  return report_files(files);
}

core::ExitCode run_metrics_preferred_direction(const Arguments& arguments, const core::Comm& world) {
  auto interface = metrics_interface(
      "preferred-direction",
      "Weights of connections between core cells against the difference of preferred directions, by pair of\n"
      "types: preferred_direction_fits_OPT.csv (a cos d + b cos 2d + c) and "
      "preferred_direction_bins_OPT.csv.\n"
      "Needs OSI_DSI_DF_OPT.csv of 'odsi' in BASE/metrics, except with --from structure.");
  interface.options.add_options()  //
      ("from", po::value<std::string>()->value_name("WORD"),
       "direction: response (default, pref_dir_deg) or structure (tuning_angle of the nodes)")  //
      ("min-rate", po::value<double>()->value_name("HZ"),
       "both cells fire at least so much at their preferred direction (1)")  //
      ("layers", po::value<std::string>()->value_name("WORD"),
       "all (default), or respective: edges with one inhibitory end stay within a layer")  //
      ("l5", po::value<std::string>()->value_name("WORD"), "split (default) or pooled: one L5_Exc")  //
      ("inhibitory", po::value<std::string>()->value_name("WORD"),
       "layers (default) or pooled: PV, SST, VIP of all layers")  //
      ("monte-carlo", po::value<std::int64_t>()->value_name("N"),
       "fit N random subsets of the connections of excitatory pairs")  //
      ("limit", po::value<std::int64_t>()->value_name("N"), "connections in a subset")  //
      ("limits", po::value<std::string>()->value_name("FILE"),
       "the same by pair: CSV with source, target, connections")  //
      ("em", po::value<std::string>()->value_name("FILE"),
       "measured connections: CSV with source, target, delta_pref_direction, weight")  //
      ("seed", po::value<std::int64_t>()->value_name("N"), "of the subsets (0)");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  const metrics::PreferredDirectionRequest request{
      .base = call->base,
      .option = call->option,
      .output_directory = call->output_directory,
      .source = word_option(*call, "from", {"response", "structure"}) == "response"
                    ? metrics::DirectionSource::response
                    : metrics::DirectionSource::structure,
      .min_rate_hz = number_option(*call, "min-rate", 1, 0, 1e6),
      .respective_layers = word_option(*call, "layers", {"all", "respective"}) == "respective",
      .aggregate_l5 = word_option(*call, "l5", {"split", "pooled"}) == "pooled",
      .simplify_inhibitory = word_option(*call, "inhibitory", {"layers", "pooled"}) == "pooled",
      .core = call->core};
  const auto path_of = [&](const char* name) {
    const auto text = text_option(*call, name);
    return text ? std::optional<fs::path>(*text) : std::nullopt;
  };
  const metrics::ResamplingRequest resampling{
      .edges = request,
      .resamples = integer_option(*call, "monte-carlo", 0, 1, 10000),
      .limit = call->values.count("limit") == 0
                   ? std::nullopt
                   : std::optional(integer_option(*call, "limit", 0, 10, 1'000'000'000)),
      .limits = path_of("limits"),
      .measured = path_of("em"),
      .seed = static_cast<std::uint64_t>(
          integer_option(*call, "seed", 0, 0, std::numeric_limits<std::int64_t>::max()))};
  const bool has_limit = resampling.limit || resampling.limits;
  if (resampling.resamples > 0 && !has_limit && !resampling.measured)
    throw core::UsageError(
        "--monte-carlo needs to know how many connections (give --limit, --limits or --em)");
  if (resampling.resamples == 0 && has_limit)
    throw core::UsageError("--limit and --limits belong to --monte-carlo (give the number of subsets)");
  auto files = metrics::make_preferred_direction(request, world);
  for (const auto& file : metrics::make_direction_resampling(resampling, world)) files.push_back(file);
  return report_files(files);
}

}  // namespace striate::cli
