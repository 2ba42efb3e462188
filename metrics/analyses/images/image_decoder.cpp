// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/images/image_decoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "core/errors/error.hpp"
#include "core/progress.hpp"
#include "core/values/draws.hpp"
#include "core/values/random.hpp"
#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
namespace {

using core::nan;

/// FNV-1a: a number for each name, so that a draw depends on nothing else.
std::uint64_t number_of(const std::string& name) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

/// The first `count` elements become a random choice without replacement (Fisher and Yates).
void shuffle_front(std::vector<std::uint32_t>& items, std::size_t count, core::RandomStream random) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t left = items.size() - i;
    const auto step = core::draw_index(random, left);
    std::swap(items[i], items[i + std::min(step, left - 1)]);
  }
}

/// [row of the core's Cells] spikes in all slots that show an image. The same on all ranks.
std::vector<std::uint64_t> activity(const TrialCounts& counts, const ImageProtocol& protocol,
                                    const core::Comm& comm) {
  std::vector<std::uint64_t> local(counts.cells.count(), 0);
  for (std::size_t run = 0; run < counts.trials; ++run)
    for (std::size_t slot = 0; slot < counts.bins; ++slot)
      if (protocol.image(run, slot) != ImageProtocol::no_image)
        for (std::size_t cell = 0; cell < local.size(); ++cell) local[cell] += counts.at(run, slot, cell);
  return comm.all_gather_v(std::span<const std::uint64_t>(local));
}

std::vector<DecodingTask> plan_tasks(const DecoderOptions& options, const Cells& core,
                                     const std::vector<std::uint64_t>& spikes) {
  std::map<std::string, std::size_t> all;
  std::map<std::string, std::vector<std::uint32_t>> active;
  for (std::uint32_t row = 0; row < core.size(); ++row) {
    const std::string type = options.group == CellGroup::pooled ? "All" : core.type_of(row);
    ++all[type];
    if (spikes[row] > 0) active[type].push_back(row);
  }
  std::vector<std::string> types;
  for (const auto& [type, cells] : active)
    if (all[type] >= options.min_cells) types.push_back(type);
  sort_types(types);
  std::vector<DecodingTask> tasks;
  for (const auto& type : types)
    for (const auto size : options.sizes) {
      if (size > active[type].size()) continue;
      for (std::size_t fold = 0; fold < options.folds; ++fold) {
        auto draw = fmt::format("cells {} {}", type, size);
        if (options.sample == CellSample::per_fold) draw += fmt::format(" {}", fold);
        tasks.push_back({type, size, fold, draw_cells(active[type], size, options.seed, draw)});
      }
    }
  return tasks;
}

/// Counts of all cells that some task uses, on every rank: [place * runs * slots + run * slots + slot].
struct UsedCounts {
  std::vector<std::uint32_t> rows;  ///< ascending
  std::vector<Count> values;
  std::size_t slots_in_all = 0;
  const Count* of(std::uint32_t row) const {
    const auto place = std::ranges::lower_bound(rows, row) - rows.begin();
    return values.data() + static_cast<std::size_t>(place) * slots_in_all;
  }
};

UsedCounts gather_used(const std::vector<DecodingTask>& tasks, const TrialCounts& counts,
                       const core::Comm& comm) {
  UsedCounts used;
  used.slots_in_all = counts.trials * counts.bins;
  for (const auto& task : tasks) used.rows.insert(used.rows.end(), task.cells.begin(), task.cells.end());
  std::ranges::sort(used.rows);
  used.rows.erase(std::unique(used.rows.begin(), used.rows.end()), used.rows.end());
  std::vector<Count> mine;
  for (const std::size_t row : used.rows) {
    if (row < counts.cells.first || row >= counts.cells.end) continue;
    for (std::size_t run = 0; run < counts.trials; ++run)
      for (std::size_t slot = 0; slot < counts.bins; ++slot)
        mine.push_back(counts.at(run, slot, row - counts.cells.first));
  }
  used.values = comm.all_gather_v(std::span<const Count>(mine));  // shares ascend with the ranks
  return used;
}

/// The responses (Hz) of a task's cells in some runs, without blanks.
LabelledRows responses_in(std::span<const std::size_t> runs, const DecodingTask& task, const UsedCounts& used,
                          const ImageProtocol& protocol) {
  std::vector<std::size_t> places;
  LabelledRows rows;
  for (const auto run : runs)
    for (std::size_t slot = 0; slot < protocol.slots.count; ++slot)
      if (const auto image = protocol.image(run, slot); image != ImageProtocol::no_image) {
        places.push_back(run * protocol.slots.count + slot);
        rows.labels.push_back(image);
      }
  rows.features.resize(static_cast<Eigen::Index>(places.size()),
                       static_cast<Eigen::Index>(task.cells.size()));
  for (std::size_t cell = 0; cell < task.cells.size(); ++cell) {
    const Count* counts = used.of(task.cells[cell]);
    for (std::size_t row = 0; row < places.size(); ++row)
      rows.features(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(cell)) =
          counts[places[row]] / protocol.slots.width_s;
  }
  return rows;
}

/// The task's result; what it told of each held-out presentation is added to `guesses`.
DecodingResult solve(const DecoderOptions& options, const ImageProtocol& protocol,
                     const std::vector<std::vector<std::size_t>>& folds, const DecodingTask& task,
                     const UsedCounts& used, std::vector<Guess>& guesses, std::uint32_t number) {
  std::vector<std::size_t> others;
  for (std::size_t fold = 0; fold < folds.size(); ++fold)
    if (fold != task.fold) others.insert(others.end(), folds[fold].begin(), folds[fold].end());
  const auto training = responses_in(others, task, used, protocol);
  const auto held_out = responses_in(folds[task.fold], task, used, protocol);
  DecodingResult result{.task = number};
  const auto by_templates = predict(fit_templates(training, protocol.images), held_out.features);
  result.template_accuracy = fraction_right(by_templates, held_out.labels);
  std::vector<std::int32_t> by_regression(by_templates.size(), Guess::none);
  if (options.regression) {
    const auto model = fit_logistic(training, protocol.images, options.logistic);
    by_regression = predict(model, held_out.features);
    result.accuracy = fraction_right(by_regression, held_out.labels);
    result.iterations = model.iterations;
    result.max_gradient = model.max_gradient;
    result.converged = model.converged ? 1 : 0;
  }
  for (std::size_t i = 0; i < by_templates.size(); ++i)
    guesses.push_back({number, held_out.labels[i], by_regression[i], by_templates[i]});
  return result;
}

}  // namespace

std::vector<std::vector<std::size_t>> deal_folds(std::size_t count, std::size_t folds, std::uint64_t seed) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  shuffle_front(order, count, {seed, core::Purpose::resampling, number_of("folds")});
  std::vector<std::vector<std::size_t>> dealt(folds);
  for (std::size_t fold = 0; fold < folds; ++fold)
    for (std::size_t i = fold * count / folds; i < (fold + 1) * count / folds; ++i)
      dealt[fold].push_back(order[i]);
  return dealt;
}

std::vector<std::uint32_t> draw_cells(std::span<const std::uint32_t> from, std::size_t count,
                                      std::uint64_t seed, const std::string& name) {
  std::vector<std::uint32_t> cells(from.begin(), from.end());
  shuffle_front(cells, count, {seed, core::Purpose::resampling, number_of(name)});
  cells.resize(count);
  std::ranges::sort(cells);
  return cells;
}

double fraction_right(std::span<const std::int32_t> found, std::span<const std::int32_t> shown) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) right += found[i] == shown[i] ? 1u : 0u;
  return shown.empty() ? nan : static_cast<double>(right) / static_cast<double>(shown.size());
}

void require_decodable(const DecoderOptions& options, std::size_t runs, const ImageProtocol& protocol) {
  if (options.folds < 2 || options.folds > runs)
    throw core::UsageError("cannot make {} folds of {} runs (at least 2 folds, at most one per run)",
                           options.folds, runs);
  const auto times = presentations(protocol);
  for (std::size_t image = 0; image < times.size(); ++image)
    if (times[image] == 0)
      throw core::FormatError("image {} is never shown (labels must have all numbers from 0 to {})", image,
                              times.size() - 1);
}

Decoded decode(const DecoderOptions& options, const Cells& cells, const TrialCounts& counts,
               const ImageProtocol& protocol, const core::Comm& comm) {
  require_decodable(options, counts.trials, protocol);
  Decoded decoded;
  decoded.tasks = plan_tasks(options, cells, activity(counts, protocol, comm));
  const auto used = gather_used(decoded.tasks, counts, comm);
  const auto folds = deal_folds(counts.trials, options.folds, options.seed);
  std::vector<DecodingResult> local;
  std::vector<Guess> guesses;
  core::Progress progress("decoding", static_cast<double>(decoded.tasks.size()), core::shows_progress(comm));
  const auto ranks = static_cast<std::size_t>(comm.size());
  for (auto i = static_cast<std::size_t>(comm.rank()); i < decoded.tasks.size(); i += ranks) {
    local.push_back(
        solve(options, protocol, folds, decoded.tasks[i], used, guesses, static_cast<std::uint32_t>(i)));
    if (progress.due()) progress.update(static_cast<double>(i), decoded.tasks[i].type);
  }
  progress.finish(fmt::format("{} fits", decoded.tasks.size()));
  decoded.results = gather_to_root(std::span<const DecodingResult>(local), comm);
  std::ranges::sort(decoded.results, {}, &DecodingResult::task);
  decoded.guesses = gather_to_root(std::span<const Guess>(guesses), comm);
  std::ranges::stable_sort(decoded.guesses, {}, &Guess::task);
  return decoded;
}

}  // namespace striate::metrics
