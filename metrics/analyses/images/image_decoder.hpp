// SPDX-License-Identifier: BSD-3-Clause
// Telling from the responses of some cells which image was shown: cross-validated multinomial logistic
// regression, and templates as a control. The tasks (type, number of cells, fold) are dealt to the ranks;
// each is computed by one, from random numbers of its own.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/values/nan.hpp"
#include "metrics/analyses/images/image_responses.hpp"
#include "metrics/math/logistic_regression.hpp"

namespace striate::metrics {

enum class CellSample { once, per_fold };  ///< whether each fold draws cells of its own
enum class CellGroup { type, pooled };  ///< by cell type, or all cells together

inline constexpr int usual_folds = 10, usual_min_cells = 30;

struct DecoderOptions {
  CellGroup group = CellGroup::type;
  CellSample sample = CellSample::once;
  std::vector<std::size_t> sizes{10, 30, 50};
  std::size_t folds = usual_folds;
  std::size_t min_cells = usual_min_cells;  ///< of a type
  std::uint64_t seed = 0;
  bool regression = true;  ///< false: templates only
  LogisticOptions logistic;
};

struct DecodingTask {
  std::string type;
  std::size_t size = 0, fold = 0;
  std::vector<std::uint32_t> cells;  ///< rows
};

struct DecodingResult {
  std::size_t task = 0;
  double accuracy = core::nan, template_accuracy = core::nan;
  double max_gradient = core::nan;
  std::int64_t iterations = 0;
  std::int32_t converged = 1;
};

/// What was told of one held-out presentation.
struct Guess {
  static constexpr std::int32_t none = -1;  ///< without a regression
  std::uint32_t task = 0;
  std::int32_t shown = 0, by_regression = none, by_templates = 0;
};

/// Tasks on every rank, the rest on the root: results in the order of the tasks, guesses task by task.
struct Decoded {
  std::vector<DecodingTask> tasks;
  std::vector<DecodingResult> results;
  std::vector<Guess> guesses;
};

/// Throws UsageError for more folds than runs, FormatError when an image is never shown.
void require_decodable(const DecoderOptions& options, std::size_t runs, const ImageProtocol& protocol);

/// The trials of `counts`, runs of `protocol`, are the repetitions that are held out; they must be decodable.
/// Collective.
Decoded decode(const DecoderOptions& options, const Cells& cells, const TrialCounts& counts,
               const ImageProtocol& protocol, const core::Comm& comm);

/// A shuffled deal of 0 … count - 1 into `folds` parts whose sizes differ by one at most.
std::vector<std::vector<std::size_t>> deal_folds(std::size_t count, std::size_t folds, std::uint64_t seed);

/// `count` different ones of `from`, in ascending order. `name` names the draw: same name, same cells.
std::vector<std::uint32_t> draw_cells(std::span<const std::uint32_t> from, std::size_t count,
                                      std::uint64_t seed, const std::string& name);

/// Fraction of equal labels.
double fraction_right(std::span<const std::int32_t> found, std::span<const std::int32_t> shown);

}  // namespace striate::metrics
