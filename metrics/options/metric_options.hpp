// SPDX-License-Identifier: BSD-3-Clause
// The options that several tables and figures share, each defined once, and what their values mean.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/kinds.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/base/type_labels.hpp"
#include "metrics/recorded/reference_values.hpp"

namespace striate::metrics {

inline constexpr int usual_resamples = 1000;

}  // namespace striate::metrics

namespace striate::metrics::options {

using core::Option;
using Type = Option::Type;
using Takes = Option::Takes;

inline constexpr Option output_dir{.name = "output_dir",
                                   .value = "DIR",
                                   .help = "write there instead of to BASE/metrics",
                                   .moves_files = true,
                                   .letter = 'o'};
inline constexpr Option core_radius{.name = "core-radius",
                                    .type = Type::number,
                                    .value = "UM",
                                    .help = "core cells lie within this distance of the axis",
                                    .usual = usual_core_radius_um,
                                    .high = 1e6};
inline constexpr Option core_edge{.name = "core-edge",
                                  .type = Type::word,
                                  .value = "strict|inclusive",
                                  .help = "below the radius, or at most"};
inline constexpr Option networks{
    .name = "networks", .value = "DIR", .help = "further network directories", .takes = Takes::several};
inline constexpr Option reference{.name = "reference",
                                  .value = "FILE",
                                  .help = "recordings in their original format (default: the shipped table)"};
inline constexpr Option seed{.name = "seed",
                             .type = Type::whole,
                             .value = "N",
                             .help = "of random numbers",
                             .usual = 0,
                             .high = core::most_whole};
inline constexpr Option silent{.name = "silent",
                               .type = Type::word,
                               .value = "nan|zero",
                               .help = "selectivity of cells without spikes; zero as the reference"};
inline constexpr Option name{.name = "name",
                             .value = "WORD",
                             .help = "tables of --run are called OPT_WORD (the runs' folder)",
                             .needs = "run",
                             .moves_files = true};
inline constexpr Option resamples{.name = "resamples",
                                  .type = Type::whole,
                                  .value = "N",
                                  .help = "for the 95 % interval",
                                  .usual = usual_resamples,
                                  .high = 1e6};
inline constexpr Option layers{.name = "layers",
                               .type = Type::word,
                               .value = "all|respective",
                               .help = "respective: edges with one inhibitory end stay within a layer"};
inline constexpr Option l5{
    .name = "l5", .type = Type::word, .value = "split|pooled", .help = "pooled: one L5_Exc"};
inline constexpr Option inhibitory{.name = "inhibitory",
                                   .type = Type::word,
                                   .value = "layers|pooled",
                                   .help = "pooled: PV, SST, VIP of all layers"};

/// "h5|npy". HDF5 is written in any case: it is what this program reads.
constexpr Option format(const char* words) {
  return {.name = "format",
          .type = Type::word,
          .value = words,
          .help = "npy, npz: arrays also as the reference's scripts load them by NumPy"};
}

/// `shared` with other words for --help.
constexpr Option described(Option shared, const char* help) {
  shared.help = help;
  return shared;
}
/// `shared`, which changes nothing without another option.
constexpr Option needing(Option shared, const char* needs) {
  shared.needs = needs;
  return shared;
}
constexpr Option excluding(Option shared, const char* excludes) {
  shared.excludes = excludes;
  return shared;
}

inline constexpr Option pooled_networks =
    described(networks, "pool connections with those of further networks: tables …_OPT_N_networks.csv");

}  // namespace striate::metrics::options

namespace striate::metrics {

// Files of a network that many tables and figures read.
inline constexpr const char *nodes_file = "network/v1_nodes.h5",
                            *node_types_file = "network/v1_node_types.csv",
                            *edges_file = "network/v1_v1_edges{appendix}.h5",
                            *run_spikes = "output_{option}/spikes.h5";

/// -o, else BASE/metrics.
std::filesystem::path output_directory(const core::Call& call);
/// OPT_WORD, for tables that would replace OPT's own; OPT where -o names a folder for them.
std::string name_beside_usual(const core::Call& call, const std::string& word);
/// What tables are called by: OPT; with --run OPT_WORD, the word being that of --name or, unless -o names a
/// folder for them, the name of the runs' folder. `usual`: the runs that are meant without --run.
std::string result_name(const core::Call& call, const std::vector<std::filesystem::path>& usual);
CoreRule core_rule(const core::OptionValues& values);
/// --reference, else the shipped recordings.
ReferenceValues recorded_values(const core::OptionValues& values);
std::filesystem::path shipped_recordings();
TypePooling pooling(const core::OptionValues& values);
std::vector<std::filesystem::path> paths(const core::OptionValues& values, const char* name);
std::optional<std::filesystem::path> path_if(const core::OptionValues& values, const char* name);
/// --targets, a node set; nullopt for the word none. Throws UsageError where it is not given, and `why` it
/// must be.
std::optional<std::filesystem::path> node_set_or_none(const core::OptionValues& values, const char* why);

/// Throws ConfigError where `file`, which a call was told to write, is one that it may read: of the networks
/// that it names, or named by its arguments and options.
void require_own_output(const core::Call& call, const std::filesystem::path& file);

/// A pattern of Kind::reads or writes whose file lies in `tables`, with the option filled in:
/// "{tables}/fano_{option}.csv"; {appendix} is "_OPT", nothing for "plain".
std::filesystem::path table_file(const char* pattern, const std::filesystem::path& tables,
                                 const std::string& option);

}  // namespace striate::metrics
