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

namespace striate::metrics {

enum class CellSample { once, per_fold };  ///< whether each fold draws cells of its own
enum class CellGroup { type, pooled };  ///< by cell type, or all core cells together

struct DecodingRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  ImageProtocol protocol;  ///< runs are the repetitions that are held out
  CellGroup group = CellGroup::type;
  CellSample sample = CellSample::once;
  std::vector<std::size_t> sizes{10, 30, 50};
  std::size_t folds = 10;
  std::size_t min_cells = 30;  ///< of a type in the core
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

}  // namespace striate::metrics
