// SPDX-License-Identifier: BSD-3-Clause
#include "cli/metrics/metrics_kinds.hpp"
#include "core/log.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/shipped_configs.hpp"
#include "metrics/analyses/tuning/grating_sparsity.hpp"
#include "metrics/analyses/tuning/rate_table.hpp"
#include "metrics/analyses/tuning/similarity.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace fs = std::filesystem;

core::ExitCode run_metrics_odsi(const Arguments& arguments, const core::Comm& world) {
  auto interface =
      metrics_interface("odsi",
                        "Rates per direction and tuning of every cell from BASE/8dir_10trials_OPT (replaces "
                        "calculate_odsi.py):\n"
                        "Rates_DF_OPT.csv and OSI_DSI_DF_OPT.csv. Trials that are not there are left out.");
  add_silent_option(interface);
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  return report_files(metrics::make_odsi({.base = call->base,
                                          .option = call->option,
                                          .output_directory = call->output_directory,
                                          .silent = silent_cells(*call)},
                                         world));
}

namespace {

metrics::Window window_option(const MetricsCall& call, metrics::Window fallback) {
  metrics::Window window = fallback;
  if (const auto name = text_option(call, "window")) window = metrics::window_named(*name);
  if (call.values.count("from") == 0 && call.values.count("to") == 0) return window;
  if (call.values.count("from") == 0 || call.values.count("to") == 0)
    throw core::UsageError("--from and --to belong together (both ends of the window, ms)");
  window = {.begin_ms = number_option(call, "from", 0, 0, 1e9),
            .end_ms = number_option(call, "to", 0, 0, 1e9)};
  if (!(window.begin_ms < window.end_ms))
    throw core::UsageError("invalid --from {} --to {} (ms, must be from before to)", window.begin_ms,
                           window.end_ms);
  return window;
}

}  // namespace

core::ExitCode run_metrics_rates(const Arguments& arguments, const core::Comm& world) {
  auto interface = metrics_interface(
      "rates",
      "Mean firing rates of all cells: rates_OPT.csv, and of core cells by type: rates_by_type_OPT.csv.");
  interface.options.add_options()  //
      ("run", po::value<std::vector<std::string>>()->multitoken()->value_name("DIR …"),
       "run directories to average over (BASE/output_OPT)")  //
      ("window", po::value<std::string>()->value_name("NAME"),
       "evoked: 500 to 2500 ms (default), spontaneous, contrast, spectra or fano")  //
      ("from", po::value<double>()->value_name("MS"), "own window [from, to) …")  //
      ("to", po::value<double>()->value_name("MS"), "… and its end");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  auto runs = path_options(*call, "run");
  if (runs.empty()) runs.push_back(call->base / ("output_" + call->option));
  const auto window = window_option(*call, metrics::windows::grating_evoked);
  if (window.end_ms >= metrics::windows::whole_file.end_ms)
    throw core::UsageError("invalid --window whole (a rate needs a duration) give --from and --to");
  return report_files(metrics::make_rates({.base = call->base,
                                           .option = call->option,
                                           .output_directory = call->output_directory,
                                           .runs = std::move(runs),
                                           .window = window,
                                           .core = call->core},
                                          world));
}

core::ExitCode run_metrics_sparsity(const Arguments& arguments, const core::Comm& world) {
  auto interface = metrics_interface("sparsity",
                                     "Selectivity over the grating directions, mean over trials: "
                                     "dg_trial_averaged_sparsity_OPT.h5 and a summary\n"
                                     "by cell type.");
  interface.options.add_options()  //
      ("window", po::value<std::string>()->value_name("NAME"),
       "spikes counted: whole (all, default), evoked, …")  //
      ("missing", po::value<std::string>()->value_name("WORD"),
       "absent trials: silent (default, as the reference) or left_out");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  return report_files(metrics::make_grating_sparsity(
      {.base = call->base,
       .option = call->option,
       .output_directory = call->output_directory,
       .window = window_option(*call, metrics::windows::whole_file),
       .missing = word_option(*call, "missing", {"silent", "left_out"}) == "silent"
                      ? metrics::MissingTrials::silent
                      : metrics::MissingTrials::left_out,
       .core = call->core},
      world));
}

core::ExitCode run_metrics_similarity(const Arguments& arguments, const core::Comm& world) {
  auto interface = metrics_interface("similarity",
                                     "Compares what 'odsi' wrote with Neuropixels recordings: "
                                     "similarity_OPT.csv (1 - KS distance by cell type\n"
                                     "with 95 % interval and sample sizes), similarity_medians_OPT.csv and, "
                                     "with --networks, similarity_networks_OPT.csv.");
  interface.options.add_options()  //
      ("networks", po::value<std::vector<std::string>>()->multitoken()->value_name("DIR …"),
       "further network directories whose cells are pooled with those of BASE")  //
      ("reference", po::value<std::string>()->value_name("FILE"),
       "recordings in their original format (default: the shipped table)")  //
      ("min-rate", po::value<double>()->value_name("HZ"),
       "model cells below it have no OSI and DSI (0.5)")  //
      ("min-rate-reference", po::value<double>()->value_name("HZ"), "the same for --reference (0)")  //
      ("resamples", po::value<std::int64_t>()->value_name("N"), "for the interval (1000)");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  auto networks = path_options(*call, "networks");
  networks.insert(networks.begin(), call->base);
  const auto file = text_option(*call, "reference");
  if (!file && call->values.count("min-rate-reference") != 0)
    throw core::UsageError(
        "--min-rate-reference needs --reference (the shipped table does not pair rates with OSI)");
  return report_files(metrics::make_similarity(
      {.networks = std::move(networks),
       .option = call->option,
       .output_directory = call->output_directory,
       .reference =
           file ? metrics::read_unit_table(*file, number_option(*call, "min-rate-reference", 0, 0, 1e6))
                : metrics::read_compact_table(io::config_directory() / "reference/neuropixels.csv"),
       .min_rate_hz = number_option(*call, "min-rate", 0.5, 0, 1e6),
       .resamples = static_cast<int>(integer_option(*call, "resamples", 1000, 0, 1000000)),
       .core = call->core},
      world));
}

core::ExitCode run_metrics_reference(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate metrics reference FILE -o TABLE.csv [options]",
    .description =
        "Makes the compact table that 'similarity' reads from a table of recorded units (one row per unit, "
        "blank\n"
        "separated): for each cell type and metric the sorted values.",
    .options = {}, .positional = {
      "file"
    }
  };
  interface.options.add_options()  //
      ("output,o", po::value<std::string>()->required()->value_name("TABLE.csv"), "the table to write")  //
      ("source", po::value<std::string>()->value_name("TEXT"), "where the values come from, for its head")  //
      ("min-rate", po::value<double>()->default_value(0)->value_name("HZ"),
       "leave out OSI and DSI of units with a lower preferred rate");
  const auto values = parse(interface, arguments, world);
  if (!values) return core::ExitCode::done;
  const fs::path table = (*values)["output"].as<std::string>();
  const double min_rate = (*values)["min-rate"].as<double>();
  if (!(min_rate >= 0)) throw core::UsageError("invalid --min-rate {} (Hz, must not be negative)", min_rate);
  if (world.is_root()) {
    const auto file = (*values)["file"].as<std::vector<std::string>>().front();
    const auto source = values->count("source") != 0 ? (*values)["source"].as<std::string>()
                                                     : fs::path(file).filename().string();
    io::write_text_file(
        table,
        metrics::to_compact_table(
            metrics::read_unit_table(file, min_rate),
            "Values of recorded units by cell type and metric, ascending; rates in Hz.\nSource: " + source));
  }
  return report_files({table});
}

}  // namespace striate::cli
