// SPDX-License-Identifier: BSD-3-Clause
// How well can the image be told from the responses of 10, 30 or 50 cells of a type? Tables of accuracies and
// of which images are taken for which.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "metrics/analyses/images/image_decoder.hpp"
#include "metrics/base/output.hpp"
#include "metrics/pooling/network_samples.hpp"

namespace striate::metrics {

struct DecodingRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  ImageProtocol protocol;  ///< runs are the repetitions that are held out
  DecoderOptions decoder;
  CoreRule core;
};

struct DecodingTables {
  Table summary, templates;  ///< network, cell_type, sample_size, accuracy: mean over folds
  Table folds;
  Table confusion;  ///< network, cell_type, sample_size, decoder, shown, told, count
};
/// On the root.
DecodingTables decoding_tables(const std::string& network, const DecoderOptions& options,
                               const Decoded& decoded);
/// decoding_{summary,template,folds,confusion}_OPT_by_type.csv, the first with a regression only; "pooled" in
/// place of "by_type" for all cells together.
std::vector<std::filesystem::path> decoding_paths(const std::filesystem::path& folder,
                                                  const std::string& option, const DecoderOptions& options);
/// `files` of decoding_paths(). The provenance also gets the options. One rank calls this.
void write_decoding(const std::vector<std::filesystem::path>& files, const DecoderOptions& options,
                    const DecodingTables& tables, Provenance provenance);

/// Writes the tables of a network's core cells. Collective. Throws UsageError for more folds than runs.
std::vector<std::filesystem::path> make_decoding(const DecodingRequest& request, const core::Comm& comm);

inline constexpr core::Patterns decoding_files{
    {"{tables}/decoding_summary_{option}_by_type.csv", "{tables}/decoding_template_{option}_by_type.csv",
     "{tables}/decoding_folds_{option}_by_type.csv", "{tables}/decoding_confusion_{option}_by_type.csv"}};
inline constexpr LogisticOptions usual_logistic;
inline constexpr core::Option decoding_alone[] = {
    {.name = "group",
     .type = core::Option::Type::word,
     .value = "type|pooled",
     .help = "cells by cell type, or all core cells",
     .moves_files = true},
    {.name = "sizes",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "numbers of cells (10 30 50)",
     .low = 1,
     .high = 1e9,
     .takes = core::Option::Takes::several},
    {.name = "sample",
     .type = core::Option::Type::word,
     .value = "once|per_fold",
     .help = "cells are drawn once or for each fold"},
    {.name = "folds",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "parts of the runs that are held out in turn",
     .usual = usual_folds,
     .low = 2,
     .high = 100000},
    {.name = "min-cells",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "types with fewer core cells are left out",
     .usual = usual_min_cells,
     .low = 1,
     .high = 1e9},
    options::described(options::seed, "of folds and cells"),
    {.name = "decoder",
     .type = core::Option::Type::word,
     .value = "both|template",
     .help = "template: no regression",
     .moves_files = true},
    {.name = "c",
     .type = core::Option::Type::number,
     .value = "C",
     .help = "inverse strength of the L2 penalty",
     .usual = usual_logistic.c,
     .low = 1e-9,
     .high = 1e12,
     .needs = "decoder=both"},
    {.name = "tolerance",
     .type = core::Option::Type::number,
     .value = "X",
     .help = "the regression ends when no element of the gradient is larger …",
     .usual = usual_logistic.tolerance,
     .low = 1e-12,
     .high = 1e6,
     .needs = "decoder=both"},
    {.name = "iterations",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "… or after so many steps",
     .usual = usual_logistic.max_iterations,
     .low = 1,
     .high = 1e6,
     .needs = "decoder=both"}};
/// What decoding_alone says.
DecoderOptions decoder_options(const core::OptionValues& values);
inline constexpr core::Option decoding_networks[] = {
    {.name = "networks",
     .value = "DIR",
     .help = "average over further networks, whose tables exist: decoding_summary_networks_OPT_by_type.csv",
     .excludes = "run",
     .takes = core::Option::Takes::several}};
inline constexpr auto decoding_options =
    core::joined(options::observatory_core, options::image_protocol, decoding_alone, decoding_networks);
std::vector<std::filesystem::path> run_decoding(const core::Call& call, const core::Comm& world);
/// Images must come again: what is held out is a repetition.
std::string decoding_refusal(const io::Paradigm& paradigm);

}  // namespace striate::metrics
