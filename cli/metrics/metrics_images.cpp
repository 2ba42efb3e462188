// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <limits>

#include "cli/metrics/metrics_kinds.hpp"
#include "metrics/analyses/images/decoding.hpp"
#include "metrics/analyses/images/image_selectivity.hpp"
#include "metrics/analyses/pairs/correlation.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t blank_label = 118;  // of the Brain Observatory

void add_image_options(Interface& interface) {
  interface.options.add_options()  //
      ("run", po::value<std::vector<std::string>>()->multitoken()->value_name("DIR …"),
       "run directories in which images were shown (BASE/output_PARADIGM_OPT/chunk_*)")  //
      ("first", po::value<double>()->value_name("MS"), "the first image of a run begins here")  //
      ("slot", po::value<double>()->value_name("MS"), "each image lasts so long (250)")  //
      ("slots", po::value<std::int64_t>()->value_name("N"), "images per run, blanks included")  //
      ("labels", po::value<std::string>()->value_name("FILE"),
       "HDF5 file whose stim_ids (runs x slots) says what was shown; negative numbers are blanks")  //
      ("blank", po::value<std::int64_t>()->value_name("ID"), "another number that is a blank (118 for bo)");
}

std::uint64_t seed_option(const MetricsCall& call) {
  return static_cast<std::uint64_t>(
      integer_option(call, "seed", 0, 0, std::numeric_limits<std::int64_t>::max()));
}

/// The paradigm with what the options change.
metrics::ImageProtocol image_protocol(const MetricsCall& call, const std::string& paradigm) {
  const bool observatory = paradigm == "bo";
  auto protocol = observatory ? metrics::brain_observatory(call.base, call.option)
                              : metrics::imagenet(call.base, call.option);
  if (auto runs = path_options(call, "run"); !runs.empty()) protocol.runs = std::move(runs);
  protocol.slots.begin_s = number_option(call, "first", protocol.slots.begin_s * 1000, 0, 1e9) / 1000;
  protocol.slots.width_s = number_option(call, "slot", protocol.slots.width_s * 1000, 0.25, 1e9) / 1000;
  protocol.slots.count = static_cast<std::size_t>(
      integer_option(call, "slots", static_cast<std::int64_t>(protocol.slots.count), 1, 100000));
  const auto blank = integer_option(call, "blank", observatory ? blank_label : -1, -1, 1'000'000'000);
  const std::size_t shown = protocol.runs.size() * protocol.slots.count;
  if (const auto file = text_option(call, "labels")) {
    if (!observatory || call.values.count("blank") != 0) protocol.images = 0;  // as many as the labels say
    read_labels(protocol, *file, blank);
  } else if (observatory) {  // the same order in every run
    protocol.shown.clear();
    protocol.images = 0;
    for (std::size_t i = 0; i < shown; ++i) {
      const auto id = static_cast<std::int64_t>(i % protocol.slots.count);
      protocol.shown.push_back(id == blank ? metrics::ImageProtocol::no_image
                                           : static_cast<std::int32_t>(id));
      if (id != blank) protocol.images = std::max(protocol.images, static_cast<std::size_t>(id) + 1);
    }
  } else {  // every slot another image
    protocol.images = shown;
    protocol.shown.resize(shown);
    for (std::size_t i = 0; i < shown; ++i) protocol.shown[i] = static_cast<std::int32_t>(i);
  }
  return protocol;
}

}  // namespace

core::ExitCode run_metrics_correlation(const Arguments& arguments, const core::Comm& world) {
  auto interface = metrics_interface(
      "correlation",
      "Correlation of the image responses of both cells of every connection in the core, and the weights\n"
      "against it by pair of types: response_correlations_OPT.h5, correlation_pairs_OPT.csv (slopes, like- "
      "and\n"
      "anti-correlated against uncorrelated) and correlation_bins_OPT.csv.");
  add_image_options(interface);
  interface.options.add_options()  //
      ("images", po::value<std::string>()->value_name("WORD"),
       "imagenet (60 runs x 80 images, default) or bo (50 runs x 118 images and a blank)")  //
      ("responses", po::value<std::string>()->value_name("FILE"),
       "HDF5 file with spike counts, arr_0 (node id x image), instead of spikes")  //
      ("weights", po::value<std::string>()->value_name("WORD"),
       "own: those of OPT (default); plain: always v1_v1_edges.h5, as the reference")  //
      ("from", po::value<double>()->value_name("R"), "bins and regression begin at this correlation (-1)")  //
      ("to", po::value<double>()->value_name("R"), "… and end here (1)")  //
      ("bin", po::value<double>()->value_name("R"), "width of the bins (0.1)")  //
      ("closed", po::value<std::string>()->value_name("WORD"),
       "the closed end of a bin: left (default) or right")  //
      ("layers", po::value<std::string>()->value_name("WORD"),
       "all (default), or respective: edges with one inhibitory end stay within a layer")  //
      ("l5", po::value<std::string>()->value_name("WORD"), "split (default) or pooled: one L5_Exc")  //
      ("inhibitory", po::value<std::string>()->value_name("WORD"),
       "layers (default) or pooled: PV, SST, VIP of all layers")  //
      ("samples", po::value<std::int64_t>()->value_name("N"),
       "regressions of so many random samples: correlation_samples_OPT.csv")  //
      ("limit", po::value<std::int64_t>()->value_name("N"), "connections per pair of types in a sample")  //
      ("limits", po::value<std::string>()->value_name("FILE"),
       "the same for each pair (source, target, connections); other pairs use --limit")  //
      ("seed", po::value<std::int64_t>()->value_name("N"), "of the samples (0)");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  metrics::CorrelationRequest request{.base = call->base,
                                      .option = call->option,
                                      .output_directory = call->output_directory,
                                      .protocol = {},
                                      .responses = {},
                                      .weights_option = call->option,
                                      .pooling = {},
                                      .limits = {},
                                      .core = call->core};
  if (const auto file = text_option(*call, "responses"))
    request.responses = *file;
  else
    request.protocol = image_protocol(*call, word_option(*call, "images", {"imagenet", "bo"}));
  if (word_option(*call, "weights", {"own", "plain"}) == "plain") request.weights_option = "plain";
  request.low = number_option(*call, "from", -1, -1, 1);
  request.high = number_option(*call, "to", 1, -1, 1);
  request.bin_width = number_option(*call, "bin", 0.1, 1e-4, 2);
  const double bins = (request.high - request.low) / request.bin_width;
  if (!(bins > 0.5) || std::abs(bins - std::round(bins)) > 1e-6)
    throw core::UsageError("invalid --from {} --to {} --bin {} (no whole number of bins)", request.low,
                           request.high, request.bin_width);
  if (word_option(*call, "closed", {"left", "right"}) == "right")
    request.closed = metrics::CorrelationBins::Closed::right;
  request.respective_layers = word_option(*call, "layers", {"all", "respective"}) == "respective";
  request.pooling = {.l5 = word_option(*call, "l5", {"split", "pooled"}) == "pooled",
                     .inhibitory = word_option(*call, "inhibitory", {"layers", "pooled"}) == "pooled"};
  request.samples = static_cast<std::size_t>(integer_option(*call, "samples", 0, 1, 10'000));
  request.seed = seed_option(*call);
  const auto file = text_option(*call, "limits");
  if (file) request.limits = metrics::read_pair_limits(*file);
  if (call->values.count("limit") != 0)
    request.limits.others = static_cast<std::size_t>(integer_option(*call, "limit", 0, 0, 20'000'000));
  if ((request.samples > 0) != (file || request.limits.others))
    throw core::UsageError("--samples needs --limit or --limits, and the other way round");
  return report_files(metrics::make_correlation(request, world));
}

core::ExitCode run_metrics_images(const Arguments& arguments, const core::Comm& world) {
  auto interface = metrics_interface(
      "images",
      "Selectivity for natural images and mean rate of every core cell from BASE/output_bo_OPT:\n"
      "selectivity_model_by_unit_OPT.csv, selectivity_model_by_type_OPT.csv, and the rates in every slot of "
      "time:\nBASE/cached_rates_OPT/rates_core.h5 and meta_core.csv. All runs must be there.");
  add_image_options(interface);
  interface.options.add_options()  //
      ("average", po::value<std::string>()->value_name("WORD"),
       "over presentations of the same label (default) or at the same position, as the reference")  //
      ("cache", po::value<std::string>()->value_name("WORD"), "write the rates: yes (default) or no")  //
      ("reference", po::value<std::string>()->value_name("FILE"),
       "recorded units (cell_type, image_selectivity, firing_rate(Hz)) to compare with: "
       "image_similarity_OPT.csv")  //
      ("resamples", po::value<std::int64_t>()->value_name("N"), "for its intervals (1000)");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  metrics::ImagesRequest request{
      .base = call->base,
      .option = call->option,
      .output_directory = call->output_directory,
      .cache_directory = {},
      .protocol = image_protocol(*call, "bo"),
      .average = word_option(*call, "average", {"label", "position"}) == "label"
                     ? metrics::ImageAverage::label
                     : metrics::ImageAverage::position,
      .recordings = {},
      .resamples = static_cast<int>(integer_option(*call, "resamples", 1000, 0, 1000000)),
      .core = call->core};
  if (word_option(*call, "cache", {"yes", "no"}) == "yes")
    request.cache_directory = (text_option(*call, "output_dir") ? call->output_directory : call->base) /
                              ("cached_rates_" + call->option);
  if (const auto file = text_option(*call, "reference")) request.recordings = *file;
  return report_files(metrics::make_images(request, world));
}

core::ExitCode run_metrics_decoding(const Arguments& arguments, const core::Comm& world) {
  auto interface = metrics_interface(
      "decoding",
      "Which image was shown, told from the responses of some cells of a type in BASE/output_bo_OPT by "
      "multinomial\n"
      "logistic regression and by templates, repetitions held out: decoding_summary_OPT_by_type.csv,\n"
      "decoding_template_OPT_by_type.csv and decoding_folds_OPT_by_type.csv.");
  add_image_options(interface);
  interface.options.add_options()  //
      ("group", po::value<std::string>()->value_name("WORD"),
       "cells: type (by cell type, default) or pooled (all core cells)")  //
      ("sizes", po::value<std::vector<std::int64_t>>()->multitoken()->value_name("N …"),
       "numbers of cells (10 30 50)")  //
      ("sample", po::value<std::string>()->value_name("WORD"),
       "cells are drawn once (default) or per_fold")  //
      ("folds", po::value<std::int64_t>()->value_name("N"), "parts of the runs held out in turn (10)")  //
      ("min-cells", po::value<std::int64_t>()->value_name("N"),
       "types with fewer core cells are left out (30)")  //
      ("seed", po::value<std::int64_t>()->value_name("N"), "of folds and cells (0)")  //
      ("decoder", po::value<std::string>()->value_name("WORD"),
       "both (default) or template: no regression")  //
      ("c", po::value<double>()->value_name("C"), "inverse strength of the L2 penalty (1)")  //
      ("tolerance", po::value<double>()->value_name("X"),
       "the regression ends when no element of the gradient is larger (1e-3) …")  //
      ("iterations", po::value<std::int64_t>()->value_name("N"), "… or after so many steps (1000)");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  metrics::DecodingRequest request{
      .base = call->base,
      .option = call->option,
      .output_directory = call->output_directory,
      .protocol = image_protocol(*call, "bo"),
      .group = word_option(*call, "group", {"type", "pooled"}) == "type" ? metrics::CellGroup::type
                                                                         : metrics::CellGroup::pooled,
      .sample = word_option(*call, "sample", {"once", "per_fold"}) == "once" ? metrics::CellSample::once
                                                                             : metrics::CellSample::per_fold,
      .folds = static_cast<std::size_t>(integer_option(*call, "folds", 10, 2, 100000)),
      .min_cells = static_cast<std::size_t>(integer_option(*call, "min-cells", 30, 1, 1'000'000'000)),
      .seed = seed_option(*call),
      .regression = word_option(*call, "decoder", {"both", "template"}) == "both",
      .logistic = {.c = number_option(*call, "c", 1, 1e-9, 1e12),
                   .tolerance = number_option(*call, "tolerance", 1e-3, 1e-12, 1e6),
                   .max_iterations =
                       static_cast<int>(integer_option(*call, "iterations", 1000, 1, 1'000'000))},
      .core = call->core};
  if (call->values.count("sizes") != 0) {
    request.sizes.clear();
    for (const auto size : call->values["sizes"].as<std::vector<std::int64_t>>()) {
      if (size < 1) throw core::UsageError("invalid --sizes {} (numbers of cells, at least 1)", size);
      request.sizes.push_back(static_cast<std::size_t>(size));
    }
  }
  return report_files(metrics::make_decoding(request, world));
}

}  // namespace striate::cli
