// SPDX-License-Identifier: BSD-3-Clause
// How alike model and recordings are: 1 - D, D being the Kolmogorov-Smirnov distance between the values of
// all core cells of a type (all networks pooled) and those of the recorded units, with sample sizes and a
// confidence interval from resampling both sides.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "metrics/analyses/tuning/odsi.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/base/output.hpp"
#include "metrics/pooling/networks.hpp"
#include "metrics/recorded/reference_values.hpp"

namespace striate::metrics {

inline constexpr std::size_t small_sample = 10;  ///< a similarity of fewer values says little

struct Similarity {
  double value = 0, low = 0, high = 0;  ///< NaN when one side is empty
};

/// Both sorted. Interval: basic bootstrap (2 value - quantile of the resampled), 95 %, within [0, 1].
/// `stream` numbers the comparison, so that its random numbers depend on nothing else.
Similarity similarity_of(std::span<const double> model, std::span<const double> reference,
                         std::uint64_t stream, int resamples);

inline constexpr double usual_similarity_rate_hz = 0.5;

struct SimilarityRequest {
  std::vector<std::filesystem::path> networks;  ///< BASE directories to pool
  std::string option;
  std::filesystem::path output_directory;
  /// Where those of `odsi` are.
  std::function<std::filesystem::path(const std::filesystem::path& network)> tables_of =
      [](const std::filesystem::path& network) { return network / "metrics"; };
  ReferenceValues reference;
  double min_rate_hz =
      usual_similarity_rate_hz;  ///< model cells below it at their preferred direction have no OSI and DSI
  int resamples = usual_resamples;
  CoreRule core;
};

/// Sorted values of the core cells of these networks, by cell type and metric; L5 subtypes appear pooled as
/// L5_Exc, too. Appends the files read to `inputs`.
using TypeValues = std::map<std::string, std::map<std::string, std::vector<double>>>;
TypeValues model_values(const SimilarityRequest& request, std::span<const std::filesystem::path> networks,
                        std::vector<std::string>& inputs);
/// Empty where there are none.
std::vector<double> values_of(const TypeValues& values, const std::string& type, const std::string& metric);

/// Writes similarity_OPT.csv (of several networks similarity_OPT_N_networks.csv; cell_type, metric, dataset,
/// similarity, ci_low, ci_high, n_model, n_reference, small_sample) and similarity_medians_OPT.csv (metric,
/// types, median); with several networks also similarity_networks_OPT.csv, each network by itself.
/// Collective.
std::vector<std::filesystem::path> make_similarity(const SimilarityRequest& request, const core::Comm& comm);

inline constexpr core::Patterns similarity_files{
    {"{tables}/similarity_{option}.csv", "{tables}/similarity_medians_{option}.csv"}};
inline constexpr core::Option similarity_options[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    options::described(options::paradigm_named(gratings), "whose tables of 'odsi'"),
    options::described(options::networks,
                       "further network directories whose cells are pooled with those of BASE"),
    options::reference,
    {.name = "min-rate",
     .type = core::Option::Type::number,
     .value = "HZ",
     .help = "model cells below it have no OSI and DSI",
     .usual = usual_similarity_rate_hz,
     .high = 1e6},
    {.name = "min-rate-reference",
     .type = core::Option::Type::number,
     .value = "HZ",
     .help = "the same for recordings; the shipped table does not pair rates with OSI",
     .usual = 0,
     .high = 1e6,
     .needs = "reference"},
    options::resamples};
std::vector<std::filesystem::path> run_similarity(const core::Call& call, const core::Comm& world);

inline constexpr core::Option reference_options[] = {
    {.name = "output", .value = "TABLE.csv", .help = "the table to write; required", .letter = 'o'},
    {.name = "source", .value = "TEXT", .help = "where the values come from, for its head (the file's name)"},
    {.name = "min-rate",
     .type = core::Option::Type::number,
     .value = "HZ",
     .help = "leave out OSI and DSI of units with a lower preferred rate",
     .usual = 0,
     .high = 1e6}};
/// The compact table that `similarity` reads, from a table of recorded units.
std::vector<std::filesystem::path> run_reference(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
