// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <limits>

#include "cli/metrics/metrics_kinds.hpp"
#include "metrics/analyses/time/fano.hpp"
#include "metrics/analyses/time/spectra.hpp"
#include "metrics/analyses/tuning/suppression.hpp"

namespace striate::cli {
namespace po = boost::program_options;

core::ExitCode run_metrics_fano(const Arguments& arguments, const core::Comm& world) {
  auto interface = metrics_interface("fano",
                                     "Population Fano factor of random groups of excitatory core cells in "
                                     "one run, for bins of 1 ms to 1 s:\n"
                                     "fano_OPT.csv.");
  interface.options.add_options()  //
      ("run", po::value<std::string>()->value_name("DIR"), "run directory (BASE/output_OPT)")  //
      ("window", po::value<std::string>()->value_name("NAME"),
       "fano: 100 to 500 ms (default), evoked, spontaneous, …")  //
      ("draws", po::value<std::int64_t>()->value_name("N"), "groups (100)")  //
      ("seed", po::value<std::int64_t>()->value_name("N"), "of the draws (0)");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  const auto run = text_option(*call, "run");
  const auto window = metrics::window_named(text_option(*call, "window").value_or("fano"));
  if (window.end_ms >= metrics::windows::whole_file.end_ms)
    throw core::UsageError("invalid --window whole (bins need an end) choose another window");
  return report_files(
      metrics::make_fano({.base = call->base,
                          .option = call->option,
                          .output_directory = call->output_directory,
                          .run = run ? std::filesystem::path(*run) : call->base / ("output_" + call->option),
                          .window = window,
                          .draws = integer_option(*call, "draws", 100, 1, 1000000),
                          .seed = static_cast<std::uint64_t>(
                              integer_option(*call, "seed", 0, 0, std::numeric_limits<std::int64_t>::max())),
                          .core = call->core},
                         world));
}

core::ExitCode run_metrics_spectra(const Arguments& arguments, const core::Comm& world) {
  auto interface = metrics_interface(
      "spectra",
      "Power spectra (Welch, segments of 1 s) of the pooled spikes of core cells of each type, mean over "
      "the\n"
      "trials in BASE/contrasts_OPT: combined_spectra_700to2700.json beside the trials (in DIR with -o DIR) "
      "and\n"
      "spectra_OPT.csv (contrast 0.8, direction 0, mean over networks).");
  interface.options.add_options()  //
      ("from", po::value<double>()->value_name("MS"), "window, whole ms, at least 1000 long (700 …")  //
      ("to", po::value<double>()->value_name("MS"), "… to 2700)")  //
      ("of", po::value<std::string>()->value_name("WORD"),
       "population: of the pooled counts, over the square of the cells (default); cell: mean over cells")  //
      ("cells", po::value<std::string>()->value_name("WORD"),
       "divide by the active ones (default, as the reference) or by all")  //
      ("unit", po::value<std::string>()->value_name("WORD"),
       "per_khz (default, as the reference) or per_hz")  //
      ("times-frequency", "multiply by the frequency (Hz)")  //
      ("networks", po::value<std::vector<std::string>>()->multitoken()->value_name("DIR …"),
       "further networks for spectra_OPT.csv, whose JSON exists");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  metrics::SpectrumRule rule;
  rule.window.begin_ms = number_option(*call, "from", rule.window.begin_ms, 0, 1e6);
  rule.window.end_ms = number_option(*call, "to", rule.window.end_ms, 0, 1e6);
  for (const double end : {rule.window.begin_ms, rule.window.end_ms})
    if (end != std::floor(end))
      throw core::UsageError("invalid end {} of the window (bins are 1 ms wide) give whole ms", end);
  if (rule.window.end_ms - rule.window.begin_ms < static_cast<double>(metrics::spectrum_segment))
    throw core::UsageError("invalid --from {} --to {} (a segment has {} ms) give a longer window",
                           rule.window.begin_ms, rule.window.end_ms, metrics::spectrum_segment);
  if (word_option(*call, "of", {"population", "cell"}) == "cell") rule.of = metrics::SpectrumOf::cell;
  if (word_option(*call, "cells", {"active", "all"}) == "all") rule.counted = metrics::CountedCells::all;
  if (word_option(*call, "unit", {"per_khz", "per_hz"}) == "per_hz") rule.unit = metrics::DensityUnit::per_hz;
  rule.times_frequency = call->values.count("times-frequency") != 0;
  const bool has_folder = call->values.count("output_dir") != 0;
  return report_files(metrics::make_spectra(
      {.base = call->base,
       .option = call->option,
       .output_directory = call->output_directory,
       .json_directory = has_folder ? call->output_directory : call->base / ("contrasts_" + call->option),
       .networks = path_options(*call, "networks"),
       .rule = rule,
       .core = call->core},
      world));
}

core::ExitCode run_metrics_suppression(const Arguments& arguments, const core::Comm& world) {
  auto interface = metrics_interface(
      "suppression",
      "Percent change of rate, OSI, DSI and sparsity by core cell type between a baseline and the silencing\n"
      "experiment OPT: suppression_OPT.csv and suppression_mean_OPT.csv (over networks).\n"
      "Needs what 'odsi' and 'sparsity' wrote for both.");
  interface.options.add_options()  //
      ("targets", po::value<std::string>()->value_name("FILE"),
       "node set that was silenced, relative to each network directory, or the word none; required")  //
      ("baseline", po::value<std::string>()->value_name("OPT"), "option compared with (bio_trained)")  //
      ("baseline-targets", po::value<std::string>()->value_name("WORD"),
       "silenced cells in the baseline: removed (default) or kept")  //
      ("networks", po::value<std::vector<std::string>>()->multitoken()->value_name("DIR …"),
       "further network directories");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  const auto targets = text_option(*call, "targets");
  if (!targets)
    throw core::UsageError(
        "missing --targets (the silenced cells would count as effect) give the node set or none");
  auto networks = path_options(*call, "networks");
  networks.insert(networks.begin(), call->base);
  return report_files(metrics::make_suppression(
      {.networks = std::move(networks),
       .option = call->option,
       .baseline = text_option(*call, "baseline").value_or("bio_trained"),
       .output_directory = call->output_directory,
       .targets = *targets == "none" ? std::nullopt : std::optional<std::filesystem::path>(*targets),
       .keep_targets_in_baseline = word_option(*call, "baseline-targets", {"removed", "kept"}) == "kept",
       .core = call->core},
      world));
}

}  // namespace striate::cli
