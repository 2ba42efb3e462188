// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/images/decoding.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"
#include "core/values/draws.hpp"
#include "core/values/nan.hpp"
#include "core/values/random.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/output.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

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

struct Task {
  std::string type;
  std::size_t size = 0, fold = 0;
  std::vector<std::uint32_t> cells;  ///< rows of the core's Cells
};

struct TaskResult {
  std::size_t task = 0;
  double accuracy = nan, template_accuracy = nan;
  double max_gradient = nan;
  std::int64_t iterations = 0;
  std::int32_t converged = 1;
};

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

std::vector<Task> plan_tasks(const DecodingRequest& request, const Cells& core,
                             const std::vector<std::uint64_t>& spikes) {
  std::map<std::string, std::size_t> all;
  std::map<std::string, std::vector<std::uint32_t>> active;
  for (std::uint32_t row = 0; row < core.size(); ++row) {
    const std::string type = request.group == CellGroup::pooled ? "All" : core.type_of(row);
    ++all[type];
    if (spikes[row] > 0) active[type].push_back(row);
  }
  std::vector<std::string> types;
  for (const auto& [type, cells] : active)
    if (all[type] >= request.min_cells) types.push_back(type);
  sort_types(types);
  std::vector<Task> tasks;
  for (const auto& type : types)
    for (const auto size : request.sizes) {
      if (size > active[type].size()) continue;
      for (std::size_t fold = 0; fold < request.folds; ++fold) {
        auto draw = fmt::format("cells {} {}", type, size);
        if (request.sample == CellSample::per_fold) draw += fmt::format(" {}", fold);
        tasks.push_back({type, size, fold, draw_cells(active[type], size, request.seed, draw)});
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

UsedCounts gather_used(const std::vector<Task>& tasks, const TrialCounts& counts, const core::Comm& comm) {
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
LabelledRows responses_in(std::span<const std::size_t> runs, const Task& task, const UsedCounts& used,
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

TaskResult solve(const DecodingRequest& request, const std::vector<std::vector<std::size_t>>& folds,
                 const Task& task, const UsedCounts& used) {
  std::vector<std::size_t> others;
  for (std::size_t fold = 0; fold < folds.size(); ++fold)
    if (fold != task.fold) others.insert(others.end(), folds[fold].begin(), folds[fold].end());
  const auto training = responses_in(others, task, used, request.protocol);
  const auto held_out = responses_in(folds[task.fold], task, used, request.protocol);
  TaskResult result;
  const auto templates = fit_templates(training, request.protocol.images);
  result.template_accuracy = fraction_right(predict(templates, held_out.features), held_out.labels);
  if (!request.regression) return result;
  const auto model = fit_logistic(training, request.protocol.images, request.logistic);
  result.accuracy = fraction_right(predict(model, held_out.features), held_out.labels);
  result.iterations = model.iterations;
  result.max_gradient = model.max_gradient;
  result.converged = model.converged ? 1 : 0;
  return result;
}

/// Mean over the folds of each (type, size).
Table summary_table(const std::string& network, const std::vector<Task>& tasks,
                    const std::vector<TaskResult>& results, std::size_t folds, double TaskResult::*accuracy) {
  std::vector<std::string> types;
  std::vector<std::int64_t> sizes;
  std::vector<double> means;
  for (std::size_t first = 0; first < tasks.size(); first += folds) {
    std::vector<double> values;
    for (std::size_t i = first; i < first + folds; ++i) values.push_back(results[i].*accuracy);
    types.push_back(tasks[first].type);
    sizes.push_back(static_cast<std::int64_t>(tasks[first].size));
    means.push_back(mean(values));
  }
  return {{{"network", std::vector<std::string>(types.size(), network)},
           {"cell_type", types},
           {"sample_size", std::move(sizes)},
           {"accuracy", std::move(means)}}};
}

Table fold_table(const std::vector<Task>& tasks, const std::vector<TaskResult>& results) {
  std::vector<std::string> types;
  std::vector<std::int64_t> sizes, folds, iterations, converged;
  std::vector<double> accuracy, template_accuracy, gradient;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    types.push_back(tasks[i].type);
    sizes.push_back(static_cast<std::int64_t>(tasks[i].size));
    folds.push_back(static_cast<std::int64_t>(tasks[i].fold));
    accuracy.push_back(results[i].accuracy);
    template_accuracy.push_back(results[i].template_accuracy);
    iterations.push_back(results[i].iterations);
    gradient.push_back(results[i].max_gradient);
    converged.push_back(results[i].converged);
  }
  return {{{"cell_type", std::move(types)},
           {"sample_size", std::move(sizes)},
           {"fold", std::move(folds)},
           {"accuracy", std::move(accuracy)},
           {"accuracy_template", std::move(template_accuracy)},
           {"iterations", std::move(iterations)},
           {"max_gradient", std::move(gradient)},
           {"converged", std::move(converged)}}};
}

const char* suffix_of(CellGroup group) {
  return group == CellGroup::type ? "by_type" : "pooled";
}

void check_images_are_shown(const ImageProtocol& protocol) {
  const auto times = presentations(protocol);
  for (std::size_t image = 0; image < times.size(); ++image)
    if (times[image] == 0)
      throw core::FormatError("image {} is never shown (labels must have all numbers from 0 to {})", image,
                              times.size() - 1);
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

std::vector<fs::path> make_decoding(const DecodingRequest& request, const core::Comm& comm) {
  if (request.folds < 2 || request.folds > request.protocol.runs.size())
    throw core::UsageError("cannot make {} folds of {} runs (at least 2 folds, at most one per run)",
                           request.folds, request.protocol.runs.size());
  check_images_are_shown(request.protocol);
  const auto core = core_cells(read_cells(request.base, request.core));
  const auto counts = count_slots(request.protocol, core, comm);
  const auto tasks = plan_tasks(request, core, activity(counts, request.protocol, comm));
  const auto used = gather_used(tasks, counts, comm);
  const auto folds = deal_folds(request.protocol.runs.size(), request.folds, request.seed);

  std::vector<TaskResult> local;
  core::Progress progress("decoding", static_cast<double>(tasks.size()), core::shows_progress(comm));
  const auto ranks = static_cast<std::size_t>(comm.size());
  for (auto i = static_cast<std::size_t>(comm.rank()); i < tasks.size(); i += ranks) {
    local.push_back(solve(request, folds, tasks[i], used));
    local.back().task = i;
    if (progress.due()) progress.update(static_cast<double>(i), tasks[i].type);
  }
  progress.finish(fmt::format("{} fits", tasks.size()));
  auto results = gather_to_root(std::span<const TaskResult>(local), comm);
  std::ranges::sort(results, {}, &TaskResult::task);

  const char* suffix = suffix_of(request.group);
  const auto named = [&](const char* stem) {
    return table_file(fmt::format("{{tables}}/{}_{{option}}_{}.csv", stem, suffix).c_str(),
                      request.output_directory, request.option);
  };
  std::vector<fs::path> files{named("decoding_template"), named("decoding_folds")};
  if (request.regression) files.insert(files.begin(), named("decoding_summary"));
  if (!comm.is_root()) return files;
  const auto stopped = std::ranges::count(results, 0, &TaskResult::converged);
  if (stopped > 0)
    core::log::warning("{} of {} regressions ended after {} iterations with a larger gradient than {}",
                       stopped, tasks.size(), request.logistic.max_iterations, request.logistic.tolerance);
  if (tasks.empty())
    core::log::warning("no cell type has {} core cells and enough of them that fire: nothing to decode",
                       request.min_cells);
  const Provenance provenance{
      .kind = "decoding",
      .inputs = {core.nodes_file.string(),
                 fmt::format("{} … {} runs", request.protocol.runs.front(), request.protocol.runs.size())},
      .options = {{"images", fmt::format("{}", request.protocol.images)},
                  {"folds", fmt::format("{}", request.folds)},
                  {"sample", request.sample == CellSample::once ? "once" : "per fold"},
                  {"seed", fmt::format("{}", request.seed)},
                  {"C", fmt::format("{}", request.logistic.c)},
                  {"tolerance", fmt::format("{}", request.logistic.tolerance)},
                  {"iterations", fmt::format("{}", request.logistic.max_iterations)},
                  {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  const auto network = network_name(request.base);
  const auto summary = [&](double TaskResult::*accuracy) {
    return summary_table(network, tasks, results, request.folds, accuracy);
  };
  if (request.regression) write_csv(files.front(), summary(&TaskResult::accuracy), ',', provenance);
  write_csv(named("decoding_template"), summary(&TaskResult::template_accuracy), ',', provenance);
  write_csv(named("decoding_folds"), fold_table(tasks, results), ',', provenance);
  return files;
}

std::string decoding_refusal(const io::Paradigm& paradigm) {
  if (auto why = images_refusal(paradigm); !why.empty()) return why;
  const auto protocol = protocol_of(paradigm, {}, "plain");
  const auto times = presentations(protocol);
  if (!times.empty() && std::ranges::min(times) == 0) return "it needs images numbered from 0 without gaps";
  if (times.empty() || std::ranges::min(times) < 2 || protocol.runs.size() < usual_folds)
    return fmt::format("it holds out repetitions of all images in {} parts, and {} shows too few",
                       usual_folds, paradigm.name);
  return {};
}

std::vector<fs::path> run_decoding(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto paradigm = paradigm_of(call);
  require_served(images_refusal(paradigm), paradigm, "decoding");
  DecodingRequest request{.base = call.base(),
                          .option = result_name(call, paradigm),
                          .output_directory = output_directory(call, paradigm, observatory),
                          .protocol = protocol_of(call, paradigm, Unlabelled::refused),
                          .group = values.is("group", "type") ? CellGroup::type : CellGroup::pooled,
                          .sample = values.is("sample", "once") ? CellSample::once : CellSample::per_fold,
                          .folds = static_cast<std::size_t>(values.whole("folds")),
                          .min_cells = static_cast<std::size_t>(values.whole("min-cells")),
                          .seed = static_cast<std::uint64_t>(values.whole("seed")),
                          .regression = values.is("decoder", "both"),
                          .logistic = {.c = values.number("c"),
                                       .tolerance = values.number("tolerance"),
                                       .max_iterations = static_cast<int>(values.whole("iterations"))},
                          .core = core_rule(values)};
  if (const auto sizes = values.wholes("sizes"); !sizes.empty())
    request.sizes.assign(sizes.begin(), sizes.end());
  // The accuracies of both decoders, each network a sample.
  const auto networks = all_networks(call);
  const char* suffix = suffix_of(request.group);
  std::vector<SampledTable> samples;
  for (const char* decoder : {"summary", "template"})
    if (request.regression || decoder == std::string_view("template"))
      samples.push_back(
          {.kind = "decoding",
           .each = fmt::format("{{tables}}/decoding_{}_{{option}}_{}.csv", decoder, suffix),
           .means = fmt::format("{{tables}}/decoding_{}_networks_{{option}}_{}.csv", decoder, suffix),
           .keys = {"cell_type"},
           .number_keys = {"sample_size"},
           .values = {"accuracy"}});
  std::vector<NetworkPaths> tables;
  for (const auto& what : samples)
    tables.push_back(sampled_files(what, networks, paradigm.tables_folder(observatory),
                                   request.output_directory, request.option));
  auto files = make_decoding(request, world);
  for (std::size_t i = 0; i < samples.size(); ++i)
    for (const auto& file :
         make_network_means(samples[i], networks, tables[i], request.output_directory, request.option, world))
      files.push_back(file);
  return files;
}

}  // namespace striate::metrics
