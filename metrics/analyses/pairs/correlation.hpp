// SPDX-License-Identifier: BSD-3-Clause
// Are connections between cells that respond to the same images stronger? The Pearson correlation of the
// image responses of both ends of every connection between core cells, and its relation to the weight by pair
// of cell types. The edge table is read in blocks that the ranks share; no rank holds it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "metrics/analyses/images/image_responses.hpp"
#include "metrics/analyses/pairs/correlation_tables.hpp"
#include "metrics/analyses/pairs/em_data.hpp"
#include "metrics/base/edge_blocks.hpp"
#include "metrics/base/type_labels.hpp"
#include "metrics/math/count_matrix.hpp"
#include "metrics/pooling/networks.hpp"

namespace striate::metrics {

struct CorrelationRequest {
  NetworkPaths networks;  ///< whose connections are pooled, BASE first
  std::string option;
  std::filesystem::path output_directory;
  std::vector<ImageProtocol> protocols;  ///< [network]
  NetworkPaths responses;  ///< [network] counts instead of spikes: arr_0, node id x image
  std::string weights_option;  ///< the edge file is that of this option; usually `option`
  bool respective_layers = false;
  TypePooling pooling;
  CorrelationRange range;
  std::optional<std::filesystem::path> measured = {};  ///< by electron microscopy, fitted, too
  PairLimits limits;  ///< of random samples …
  std::size_t samples = 0;  ///< … and how many; 0: none
  std::uint64_t seed = 0;
  CoreRule core;
  bool numpy = false;  ///< response_correlations_OPT.npy and distances[_OPT].npy besides
  std::uint64_t block_rows = edge_block_rows;
};

/// Counts of the core cells (rows of core_cells) from a file. Throws FormatError for anything but whole
/// numbers from 0 to 32767, or when a cell has no row.
CountMatrix read_count_matrix(const std::filesystem::path& file, const Cells& core);

/// Writes response_correlations_OPT.h5 (response_correlations and distances, a value per core edge in the
/// order of the edge file), correlation_pairs_OPT.csv, correlation_bins_OPT.csv and correlation_fits_OPT.csv,
/// with samples also correlation_samples_OPT.csv; of several networks …_OPT_N_networks.csv without the
/// arrays. Collective. Throws UsageError for more than 2e7 points in samples, FormatError for networks that
/// saw other numbers of images.
std::vector<std::filesystem::path> make_correlation(const CorrelationRequest& request,
                                                    const core::Comm& comm);

/// What is read, for provenance.
void describe_inputs(Provenance& provenance, const CorrelationRequest& request);
/// The responses of all networks that a call means: --responses, or the runs of the paradigm.
void set_responses(CorrelationRequest& request, const core::Call& call, const io::Paradigm& paradigm);
/// Networks whose connections are held against the correlation of their ends, within the range. Arguments
/// must outlive it.
OpenNetwork correlation_networks(const CorrelationRequest& request, const DrawnPairs& pairs,
                                 const core::Comm& comm);

inline constexpr core::Patterns correlation_files{
    {"{tables}/response_correlations_{option}.h5", "{tables}/correlation_pairs_{option}.csv",
     "{tables}/correlation_bins_{option}.csv", "{tables}/correlation_fits_{option}.csv"}};
inline constexpr core::MoreFiles correlation_in_numpy{
    .option = "format",
    .value = "npy",
    .writes = {{"{tables}/response_correlations_{option}.npy", "{tables}/distances{appendix}.npy"}}};
/// Runs are those of one network.
inline constexpr core::Option networks_without_runs = options::excluding(options::pooled_networks, "run");
inline constexpr const char* responses_help =
    "HDF5 file with spike counts, arr_0 (node id x image), instead of spikes; with --networks below each "
    "network directory";
inline constexpr core::Option correlation_core[] = {options::output_dir,
                                                    options::core_radius,
                                                    options::core_edge,
                                                    options::paradigm_named(image_net),
                                                    networks_without_runs,
                                                    {.name = "images",
                                                     .type = core::Option::Type::word,
                                                     .value = "imagenet|bo",
                                                     .help = "the same as --paradigm",
                                                     .excludes = "paradigm"}};
inline constexpr core::Option correlation_alone[] = {
    {.name = "responses",
     .value = "FILE",
     .help = responses_help,
     .excludes = "paradigm|images|run|first|slot|slots|labels"},
    {.name = "weights",
     .type = core::Option::Type::word,
     .value = "own|plain",
     .help = "those of OPT, or always v1_v1_edges.h5 as the reference"},
    {.name = "from",
     .type = core::Option::Type::number,
     .value = "R",
     .help = "bins and regression begin at this correlation",
     .usual = -1,
     .low = -1,
     .high = 1},
    {.name = "to",
     .type = core::Option::Type::number,
     .value = "R",
     .help = "… and end here",
     .usual = 1,
     .low = -1,
     .high = 1},
    {.name = "bin",
     .type = core::Option::Type::number,
     .value = "R",
     .help = "width of the bins",
     .usual = usual_bin_width,
     .low = 1e-4,
     .high = 2},
    {.name = "closed",
     .type = core::Option::Type::word,
     .value = "left|right",
     .help = "the closed end of a bin"},
    options::layers,
    options::l5,
    options::inhibitory,
    {.name = "samples",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "regressions of so many random samples: correlation_samples_OPT.csv",
     .low = 1,
     .high = 10000,
     .needs = "limit|limits|em"},
    {.name = "limit",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "connections per pair of types in a sample",
     .high = 2e7,
     .needs = "samples"},
    {.name = "limits",
     .value = "FILE",
     .help = "the same for each pair (source, target, connections); other pairs use --limit",
     .needs = "samples"},
    {.name = "em",
     .value = "FILE",
     .help = "measured connections: CSV with source, target, correlation, weight: correlation_em_OPT.csv, "
             "and how "
             "many a sample has"},
    options::needing(options::described(options::seed, "of the samples"), "samples"),
    options::format("h5|npy")};
inline constexpr auto correlation_options =
    core::joined(correlation_core, options::image_protocol, correlation_alone);
std::vector<std::filesystem::path> run_correlation(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
