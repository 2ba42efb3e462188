// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/generate.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "core/progress.hpp"
#include "io/generation/run_record.hpp"
#include "io/text/atomic_file.hpp"
#include "lgn/stimuli/condition.hpp"

namespace striate::lgn {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t working_bytes = 256 << 20;  // of a rank, for the drives of a group of cells

/// Block `round` of this rank: cells [first, end), empty after the last.
struct Block {
  std::size_t first, end;
};

/// How cells are dealt: in blocks, one to each rank in turn.
struct Deal {
  std::size_t cells, block_cells;
  std::size_t ranks, rank;

  std::size_t rounds() const {
    const std::size_t blocks = (cells + block_cells - 1) / block_cells;
    return (blocks + ranks - 1) / ranks;
  }
  Block block(std::size_t round) const {
    const std::size_t first = (round * ranks + rank) * block_cells;
    return {.first = std::min(cells, first), .end = std::min(cells, first + block_cells)};
  }
};

/// Rounds that are prepared together; their sub-units fill the working memory.
std::size_t rounds_per_group(const RateModel& model, const Deal& deal) {
  const std::size_t bytes = std::max<std::size_t>(1, model.prepared_bytes_per_unit());
  return std::max<std::size_t>(1, working_bytes / bytes / (2 * deal.block_cells));
}

/// Why these rates cannot be used, or "".
std::string rate_problem(std::span<const double> rates_hz, const Cell& cell) {
  for (std::size_t n = 0; n < rates_hz.size(); ++n)
    if (!(rates_hz[n] <= highest_rate_hz))
      return fmt::format(
          "rate of LGN cell {} at frame {} is {} Hz (at most {} Hz) do the stimulus' pixels range from -1 to "
          "1? "
          "see \"normalize\"",
          cell.node_id, n, rates_hz[n], highest_rate_hz);
  return "";
}

double change_hz(std::span<const double> rates_hz) {
  const auto [low, high] = std::ranges::minmax_element(rates_hz);
  return *high - *low;
}

void keep_samples(std::span<const double> rates_hz, const Sampling& sampling, std::span<double> kept) {
  for (std::size_t k = 0; k < sampling.count; ++k) kept[k] = rates_hz[sampling.first + k * sampling.step];
}

/// `per_run`: all trials of all plans, one after the other.
void append_spikes(const Cell& cell, std::span<const double> rates_hz, const TimeAxis& times,
                   std::span<const LgnPlan> plans, std::vector<io::OutputSpikes>& per_run) {
  auto spikes = per_run.begin();
  for (const LgnPlan& plan : plans)
    for (const auto trial : plan.trials) {
      if (plan.output.spikes_h5 || plan.output.spikes_csv) {
        core::RandomStream random(trial_seed(plan.seed, spikes->population, plan.stimulus.condition, trial),
                                  core::Purpose::lgn_spike, cell.node_id);
        append_spike_train(rates_hz, times, plan.process, random, spikes->time_ms);
        spikes->node_id.resize(spikes->time_ms.size(), cell.node_id);
      }
      ++spikes;
    }
}

/// Folders and copy of the configuration. Root only.
void prepare_output(const LgnPlan& plan) {
  require_new_files(plan);
  for (const auto trial : plan.trials) {
    auto files = trial_files(plan, trial);
    for (const auto& file : files) io::make_folder(file.parent_path());
    const auto folder = output_directory(plan, trial);
    files.push_back(folder / io::run_record_name);
    io::remove_leftovers(files);
    io::make_folder(folder);
    if (const auto copy = config_copy(plan, trial))
      io::write_text_file(*copy, io::indented_text(plan.document) + "\n");
  }
}

/// While it lives, messages also go to the plan's log file.
class PlanLog {
 public:
  PlanLog(const LgnPlan& plan, const core::Comm& comm) : open_(plan.output.log_file && comm.is_root()) {
    if (!open_) return;
    const auto file = output_path(plan, plan.trials.front(), *plan.output.log_file);
    io::make_folder(file.parent_path());
    core::log::add_file(file.string(), plan.output.log_to_console);
  }
  ~PlanLog() {
    if (open_) core::log::remove_file();
  }
  PlanLog(const PlanLog&) = delete;
  PlanLog& operator=(const PlanLog&) = delete;

 private:
  bool open_;
};

void check_disk_space(const LgnPlan& plan, std::size_t cells) {
  if (!plan.output.rates_h5 && !plan.output.rates_csv) return;
  const double samples = static_cast<double>(cells) * static_cast<double>(plan.sampling.count) *
                         static_cast<double>(plan.trials.size());
  const double needed = samples * ((plan.output.rates_h5 && plan.output.deflate == 0 ? 8 : 0) +
                                   (plan.output.rates_csv ? 30 : 0));
  const auto free = core::free_disk_bytes(plan.output.directory);
  if (needed > static_cast<double>(free))
    throw core::SystemError("not enough space for rates at {} (about {} needed, {} free)",
                            plan.output.directory, core::human_bytes(static_cast<std::uint64_t>(needed)),
                            core::human_bytes(free));
}

/// Time that the spike trains of one trial cover, in seconds.
double covered_s(const LgnPlan& plan) {
  const auto intervals = static_cast<double>(plan.sampling.count - 1);
  return intervals * sample_times(plan.stimulus, plan.sampling).step_ms / 1000;
}

/// All trials share their rates and their log: the first trial's files are written, the others get copies,
/// under temporary names as the rates are still. Returns their final names. Root copies.
std::vector<fs::path> copy_shared_files(const LgnPlan& plan, const core::Comm& comm) {
  std::vector<fs::path> copies;
  for (const auto& name : {plan.output.rates_h5, plan.output.rates_csv, plan.output.log_file}) {
    if (!name || name->is_absolute()) continue;
    const auto first = output_path(plan, plan.trials.front(), *name);
    const bool is_log = name == plan.output.log_file;
    if (is_log && io::output_place(first).is_stream) continue;
    for (std::size_t t = 1; t < plan.trials.size(); ++t) {
      copies.push_back(output_path(plan, plan.trials[t], *name));
      if (!comm.is_root()) continue;
      io::make_folder(copies.back().parent_path());
      io::copy_incomplete(is_log ? first : io::incomplete_name(first), copies.back());
    }
  }
  return copies;
}

io::RunRecord record_of(const LgnPlan& plan, std::uint64_t trial) {
  return {.folder = output_directory(plan, trial),
          .attributes = plan.attributes,
          .files = trial_files(plan, trial)};
}

/// The spike files of all trials of a plan, and what else belongs to its end: all files get their names
/// together, also the rates, `complete` under their temporary names. Returns the number of spikes.
std::uint64_t finish_plan(const LgnPlan& plan, std::span<const std::vector<io::OutputSpikes>> per_trial,
                          std::vector<fs::path> complete, const GenerationSummary& summary,
                          const core::Comm& comm) {
  std::uint64_t count = 0;
  {
    const PlanLog log(plan, comm);
    if (summary.cells_off_screen > 0)
      core::log::warning("{} sub-units look beside the screen (they only fire spontaneously)",
                         summary.cells_off_screen);
    // Rounding of cells that see grey all the time stays below a millionth of a millihertz.
    if (summary.cells > 0 && summary.largest_change_hz < 1e-9 && changes_in_time(plan.stimulus))
      core::log::warning(
          "no cell's rate changes though the stimulus does (it falls where no cell looks) see which part of "
          "the screen the cells cover, move or scale the stimulus");
    for (std::size_t t = 0; t < per_trial.size(); ++t) {
      for (const auto& spikes : per_trial[t])
        count += static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(spikes.time_ms.size())));
      if (plan.output.spikes_h5) {
        complete.push_back(output_path(plan, plan.trials[t], *plan.output.spikes_h5));
        io::write_spikes_h5(complete.back(), per_trial[t],
                            {.order = io::SpikeOrder::by_id,
                             .deflate = plan.output.deflate,
                             .publish = io::Publish::later,
                             .attributes = plan.attributes},
                            comm);
      }
      if (plan.output.spikes_csv) {
        complete.push_back(output_path(plan, plan.trials[t], *plan.output.spikes_csv));
        io::write_spikes_csv(complete.back(), per_trial[t], comm, io::Publish::later);
      }
    }
    const double seconds = covered_s(plan);
    if (summary.cells > 0 && seconds > 0)
      core::log::info(
          "{} spikes, {:.4f} Hz on average", count,
          static_cast<double>(count) / (static_cast<double>(summary.cells * plan.trials.size()) * seconds));
  }
  const auto copies = copy_shared_files(plan, comm);
  complete.insert(complete.end(), copies.begin(), copies.end());
  std::vector<io::RunRecord> records;
  for (const auto trial : plan.trials) {
    records.push_back(record_of(plan, trial));
    std::erase_if(complete, [&](const fs::path& file) {
      return std::ranges::find(records.back().files, file) != records.back().files.end();
    });
  }
  io::publish_runs(records, complete, comm);
  return count;
}

}  // namespace

std::vector<fs::path> trial_files(const LgnPlan& plan, std::uint64_t trial) {
  std::vector<fs::path> files;
  for (const auto& name :
       {plan.output.spikes_h5, plan.output.spikes_csv, plan.output.rates_h5, plan.output.rates_csv})
    if (name) files.push_back(output_path(plan, trial, *name));
  return files;
}

void require_new_files(const LgnPlan& plan) {
  if (plan.output.overwrite) return;
  for (const auto trial : plan.trials)
    for (const auto& file : trial_files(plan, trial))
      if (io::would_replace(file) && !io::is_interrupted_run(output_directory(plan, trial)))
        throw core::ConfigError("{} exists already (output.overwrite_output_dir is false) choose another -o",
                                file);
}

std::size_t cells_per_block(std::size_t samples) {
  constexpr std::size_t most_cells = 64, most_values = std::size_t{8} << 20;
  return std::clamp<std::size_t>(most_values / std::max<std::size_t>(samples, 1), 1, most_cells);
}

PopulationSpikes generate_population(const Cells& cells, std::span<const LgnPlan> plans,
                                     const core::Comm& comm, const RateVisitor& visit) {
  const LgnPlan& plan = plans.front();
  const Sampling& sampling = plan.sampling;
  const TimeAxis times = sample_times(plan.stimulus, sampling);
  PopulationSpikes result;
  for (const LgnPlan& each : plans)
    result.per_run.resize(result.per_run.size() + each.trials.size(),
                          {.population = cells.population, .time_ms = {}, .node_id = {}});
  RateModel model(cells, plan.stimulus);
  const Deal deal{.cells = cells.cells.size(),
                  .block_cells = cells_per_block(sampling.count),
                  .ranks = static_cast<std::size_t>(comm.size()),
                  .rank = static_cast<std::size_t>(comm.rank())};
  const std::size_t rounds = deal.rounds();
  const std::size_t group = rounds_per_group(model, deal);
  std::vector<double> frame_rates(plan.stimulus.frames);
  std::vector<double> kept(deal.block_cells * sampling.count);
  core::Progress progress("LGN rates of " + cells.population, static_cast<double>(rounds),
                          core::shows_progress(comm));
  std::size_t position = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    if (round % group == 0) {
      std::vector<std::uint32_t> prepared;
      for (std::size_t r = round; r < std::min(rounds, round + group); ++r) {
        const Block block = deal.block(r);
        for (std::size_t cell = block.first; cell < block.end; ++cell)
          prepared.push_back(static_cast<std::uint32_t>(cell));
      }
      model.prepare(prepared);
      result.units_off_screen += model.units_off_screen();
      position = 0;
    }
    const Block block = deal.block(round);
    std::string problem;
    for (std::size_t cell = block.first; cell < block.end && problem.empty(); ++cell, ++position) {
      model.rates(position, frame_rates);
      problem = rate_problem(frame_rates, cells.cells[cell]);
      result.largest_change_hz = std::max(result.largest_change_hz, change_hz(frame_rates));
      const auto row = std::span(kept).subspan((cell - block.first) * sampling.count, sampling.count);
      keep_samples(frame_rates, sampling, row);
      if (problem.empty()) append_spikes(cells.cells[cell], row, times, plans, result.per_run);
    }
    // All ranks fail together: one that left alone would keep the others waiting in a collective write.
    if (comm.max(std::int64_t{problem.empty() ? 0 : 1}) != 0)
      throw core::FormatError("{}", problem.empty() ? "rates of another rank's cells are too high" : problem);
    visit(cells, {.first = block.first,
                  .count = block.end - block.first,
                  .values = std::span(kept).first((block.end - block.first) * sampling.count)});
    if (progress.due()) progress.update(static_cast<double>(round + 1), "");
  }
  progress.finish("");
  return result;
}

GenerationSummary generate(std::span<const LgnPlan> plans, const std::vector<io::NodePopulation>& nodes,
                           const core::Comm& comm) {
  const LgnPlan& shared = plans.front();
  std::vector<Cells> populations;
  GenerationSummary summary;
  for (const auto& population : nodes) {
    populations.push_back(make_cells(population, shared.filter_models_dir));
    summary.cells += populations.back().cells.size();
  }
  std::vector<RateFiles> rate_files;
  for (const LgnPlan& plan : plans) {
    if (comm.is_root()) {
      prepare_output(plan);
      check_disk_space(plan, summary.cells);
    }
    if (!plan.output.overwrite)
      for (const auto trial : plan.trials) io::begin_publishing(record_of(plan, trial), comm);
    comm.barrier();
    const PlanLog log(plan, comm);
    core::log::info("stimulus: {}", plan.stimulus.description);
    for (const Cells& cells : populations)
      if (const auto view = field_of_view(cells))
        core::log::info("{}", describe(cells, *view, plan.stimulus.screen));
    core::log::info("{} LGN cells, {} frames at {} Hz, condition {:016x}, seed {}, {} trial(s) from {}",
                    summary.cells, plan.stimulus.frames, plan.stimulus.frame_rate_hz, plan.stimulus.condition,
                    plan.seed, plan.trials.size(), plan.trials.front());
    const auto path_of = [&](const std::optional<fs::path>& name) {
      return name ? std::optional(output_path(plan, plan.trials.front(), *name)) : std::nullopt;
    };
    rate_files.emplace_back(path_of(plan.output.rates_h5), path_of(plan.output.rates_csv),
                            plan.output.deflate, plan.attributes, comm);
  }
  std::size_t runs = 0;
  for (const LgnPlan& plan : plans) runs += plan.trials.size();
  std::vector<std::vector<io::OutputSpikes>> spikes_of_run(runs);
  for (const Cells& cells : populations) {
    for (RateFiles& files : rate_files)
      files.begin({.cells = &cells,
                   .times = sample_times(shared.stimulus, shared.sampling),
                   .samples = shared.sampling.count},
                  cells_per_block(shared.sampling.count));
    auto spikes = generate_population(cells, plans, comm, [&](const Cells&, const RateBlock& block) {
      for (RateFiles& files : rate_files)
        if (files.wanted()) files.append(block);
    });
    summary.cells_off_screen +=
        static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(spikes.units_off_screen)));
    summary.largest_change_hz = std::max(summary.largest_change_hz, comm.max(spikes.largest_change_hz));
    for (std::size_t run = 0; run < runs; ++run) spikes_of_run[run].push_back(std::move(spikes.per_run[run]));
  }
  auto rest = std::span(std::as_const(spikes_of_run));
  for (std::size_t k = 0; k < plans.size(); ++k) {
    const auto trials = plans[k].trials.size();
    summary.spikes += finish_plan(plans[k], rest.first(trials), rate_files[k].finish(), summary, comm);
    rest = rest.subspan(trials);
  }
  return summary;
}

}  // namespace striate::lgn
