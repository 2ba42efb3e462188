// SPDX-License-Identifier: BSD-3-Clause
// How well can the image be told from the responses of 10, 30 or 50 cells of a type? Cross-validated
// multinomial logistic regression, and templates as a control. The tasks (type, number of cells, fold) are
// dealt to the ranks; each is computed by one, from random numbers of its own.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "metrics/analyses/images/image_responses.hpp"
#include "metrics/math/logistic_regression.hpp"
#include "metrics/pooling/network_samples.hpp"

namespace striate::metrics {

enum class CellSample { once, per_fold };  ///< whether each fold draws cells of its own
enum class CellGroup { type, pooled };  ///< by cell type, or all core cells together

inline constexpr int usual_folds = 10, usual_min_cells = 30;

struct DecodingRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  ImageProtocol protocol;  ///< runs are the repetitions that are held out
  CellGroup group = CellGroup::type;
  CellSample sample = CellSample::once;
  std::vector<std::size_t> sizes{10, 30, 50};
  std::size_t folds = usual_folds;
  std::size_t min_cells = usual_min_cells;  ///< of a type in the core
  std::uint64_t seed = 0;
  bool regression = true;  ///< false: templates only
  LogisticOptions logistic;
  CoreRule core;
};

/// A shuffled deal of 0 … count - 1 into `folds` parts whose sizes differ by one at most.
std::vector<std::vector<std::size_t>> deal_folds(std::size_t count, std::size_t folds, std::uint64_t seed);

/// `count` different ones of `from`, in ascending order. `name` names the draw: same name, same cells.
std::vector<std::uint32_t> draw_cells(std::span<const std::uint32_t> from, std::size_t count,
                                      std::uint64_t seed, const std::string& name);

/// Fraction of equal labels.
double fraction_right(std::span<const std::int32_t> found, std::span<const std::int32_t> shown);

/// Writes decoding_summary_OPT_by_type.csv (network, cell_type, sample_size, accuracy: mean over folds),
/// decoding_template_OPT_by_type.csv (the same for templates) and decoding_folds_OPT_by_type.csv; "pooled" in
/// place of "by_type" for all cells together. Collective. Throws UsageError for more folds than runs.
std::vector<std::filesystem::path> make_decoding(const DecodingRequest& request, const core::Comm& comm);

inline constexpr core::Patterns decoding_files{{"{tables}/decoding_summary_{option}_by_type.csv",
                                                "{tables}/decoding_template_{option}_by_type.csv",
                                                "{tables}/decoding_folds_{option}_by_type.csv"}};
inline constexpr LogisticOptions usual_logistic;
inline constexpr core::Option decoding_alone[] = {
    {.name = "group",
     .type = core::Option::Type::word,
     .value = "type|pooled",
     .help = "cells by cell type, or all core cells",
     .moves_files = true},
    {.name = "networks",
     .value = "DIR",
     .help = "average over further networks, whose tables exist: decoding_summary_networks_OPT_by_type.csv",
     .excludes = "run",
     .takes = core::Option::Takes::several},
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
     .help = "parts of the runs held out in turn",
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
inline constexpr auto decoding_options =
    core::joined(options::observatory_core, options::image_protocol, decoding_alone);
std::vector<std::filesystem::path> run_decoding(const core::Call& call, const core::Comm& world);
/// Images must come again: what is held out is a repetition.
std::string decoding_refusal(const io::Paradigm& paradigm);

}  // namespace striate::metrics
