// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/training/train.hpp"

#include <algorithm>
#include <cmath>

#include "core/durations.hpp"
#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "core/progress.hpp"
#include "core/run/stop_requests.hpp"
#include "core/run/version.hpp"
#include "core/timers.hpp"
#include "io/checkpoint/checkpoint_file.hpp"
#include "io/generation/generation.hpp"
#include "io/generation/output_lock.hpp"
#include "io/generation/run_record.hpp"
#include "io/text/atomic_file.hpp"
#include "workflows/training/training_checkpoint.hpp"
#include "workflows/training/training_log.hpp"
#include "workflows/training/training_results.hpp"
#include "workflows/training/training_run.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;
using training::Activity;

/// The root's answer on all ranks.
bool exists(const fs::path& file, const core::Comm& comm) {
  std::error_code ignored;
  return comm.max(std::int64_t{comm.is_root() && fs::exists(file, ignored)}) != 0;
}

void check_outputs(const TrainOptions& options, const TrainingFiles& files, const core::Comm& comm) {
  require_training_name(options.suffix);
  if (options.resume) {
    if (!io::any_checkpoint(files.checkpoint, comm))
      throw core::MissingFileError(
          "no {} to go on from (training has not got to its first checkpoint) train without --resume",
          files.checkpoint);
    return;
  }
  if (options.force || options.dry_run) return;
  for (const auto& file : {files.recurrent, files.background, files.lgn, files.checkpoint})
    if (exists(file, comm) && !io::is_interrupted_run(files.folder))
      throw core::ConfigError(
          "{} exists already (training never replaces it unasked) use --resume to go on, --force to "
          "train anew or another --suffix",
          file);
}

class Trainer {
 public:
  Trainer(const TrainOptions& options, const core::Comm& comm)
      : options_(options), comm_(comm), files_(training_files(options.base, options.suffix)) {}

  core::ExitCode train() {
    io::note_unknown_origin(io::require_one_generation(options_.base, comm_), comm_);
    check_outputs(options_, files_, comm_);
    run_ = std::make_unique<TrainingRun>(read_training_preset(options_.preset, options_.overrides),
                                         files_.config, comm_);
    require_writable(files_, options_.suffix, *run_);
    core::log::info("{}: {} cells, {} recurrent, {} LGN{} and {} background edges; preset {}: {}",
                    options_.base, run_->circuit.cells, run_->network.recurrent.rows, run_->network.lgn.rows,
                    run_->preset.train_lgn ? " (trained)" : "", run_->network.background.rows,
                    run_->preset.name, run_->preset.description);
    if (options_.dry_run) {
      dry_run();
      return core::ExitCode::done;
    }
    const auto lock = io::lock_folder(files_.folder, comm_);
    check_outputs(options_, files_, comm_);  // what a run that has ended in between left
    if (options_.resume) {
      const auto file = io::intact_checkpoint(files_.checkpoint, comm_);
      progress_ = read_checkpoint(file, *run_, comm_);
      io::keep_only(files_.checkpoint, file, comm_);
      core::log::info("going on after step {}", progress_.steps_done);
    }
    return run_steps();
  }

 private:
  std::uint64_t all_steps() const { return run_->preset.epochs * run_->preset.steps; }

  StepReport step() {
    const auto start = core::Clock::now();
    const auto& preset = run_->preset;
    const std::uint64_t number = progress_.steps_done;
    if (preset.gray_start == GrayStart::step || number % preset.steps == 0 ||
        !run_->session->has_gray_start())
      run_->session->make_gray_start(preset.gray_start == GrayStart::step ? number : number / preset.steps);
    StepReport report;
    for (const bool first : {true, false}) {
      const bool evoked = (preset.first_update == Activity::evoked) == first;
      (evoked ? report.evoked : report.spontaneous) =
          run_->session->update(evoked ? Activity::evoked : Activity::spontaneous);
    }
    report.step = ++progress_.steps_done;
    report.seconds = comm_.max(core::seconds_since(start));
    const double total = report.evoked.terms.total() + report.spontaneous.terms.total();
    if (!std::isfinite(total))
      throw core::SystemError(
          "the loss is not finite after step {} (weights have grown beyond all bounds) lower "
          "learning_rate",
          report.step);
    return report;
  }

  void judge() {
    const auto judgement = run_->session->judge();
    const bool best = progress_.best_step == 0 || judgement.total() < progress_.best_total;
    if (best) {
      progress_.best_total = judgement.total();
      progress_.best_step = progress_.steps_done;
      if (options_.write == WriteWeights::best) keep_best();
    }
    const double distance = run_->weight_term->add(run_->session->learner().weights.recurrent, 1, nullptr);
    if (log_) log_->add(progress_.steps_done, judgement, distance, best);
    core::log::detail("held-out trials after step {}: {:.4f}{}", progress_.steps_done, judgement.total(),
                      best ? ", the best so far" : "");
  }

  void keep_best() {
    const auto& weights = run_->session->learner().weights;
    progress_.best.recurrent = weights.recurrent;
    progress_.best.noise = weights.noise;
    if (run_->circuit.drive.trained) progress_.best.drive = weights.drive;
  }

  void checkpoint() {
    if (comm_.is_root()) io::make_folder(files_.folder);
    comm_.barrier();
    write_checkpoint(files_.checkpoint, *run_, progress_, comm_);
    checkpointed_step_ = progress_.steps_done;
  }

  core::ExitCode run_steps() {
    core::StopRequests requests;
    if (comm_.is_root()) {
      const fs::path files[] = {files_.recurrent,  files_.background, files_.lgn,
                                files_.checkpoint, files_.log,        files_.held_out,
                                files_.weights,    files_.provenance, files_.folder / io::run_record_name};
      io::remove_leftovers(files);
      log_.emplace(files_.log, files_.held_out, *run_, progress_.steps_done);
      write_provenance();
    }
    const auto start = core::Clock::now();
    const std::uint64_t first = progress_.steps_done;
    core::Progress bar("training", static_cast<double>(all_steps()), core::shows_progress(comm_));
    while (progress_.steps_done < all_steps()) {
      const StepReport report = step();
      if (log_) log_->add(report);
      if (progress_.steps_done % run_->preset.steps == 0) judge();
      if (bar.due()) bar.update(static_cast<double>(report.step), summary(*run_, report));
      const auto request = requests.poll(comm_);
      const bool out_of_time =
          options_.stop_after_s && comm_.max(core::seconds_since(start)) >= *options_.stop_after_s;
      const bool asked = out_of_time || (request.checkpoint && options_.stop_on_usr1);
      const bool ends = request.signal != 0 || (asked && progress_.steps_done < all_steps());
      if (ends || request.checkpoint || progress_.steps_done % options_.checkpoint_every == 0) checkpoint();
      if (ends) {
        core::log::info("stopped after step {} of {}; go on with --resume", progress_.steps_done,
                        all_steps());
        return request.signal != 0 ? static_cast<core::ExitCode>(128 + request.signal)
                                   : core::ExitCode::checkpointed;
      }
    }
    if (checkpointed_step_ != progress_.steps_done) checkpoint();
    bar.finish(fmt::format("{} steps", progress_.steps_done - first));
    write_results(core::seconds_since(start), progress_.steps_done - first);
    return core::ExitCode::done;
  }

  void write_results(double seconds, std::uint64_t steps) {
    const bool best =
        options_.write == WriteWeights::best && progress_.best_step > 0 && !progress_.best.recurrent.empty();
    const bool any_best = comm_.max(std::int64_t{best ? 1 : 0}) != 0;
    const auto& weights = any_best ? progress_.best : run_->session->learner().weights;
    core::log::info(
        "weights of step {}{} are written", any_best ? progress_.best_step : progress_.steps_done,
        any_best ? fmt::format(" (the best on held-out trials, {:.4f})", progress_.best_total) : "");
    if (comm_.is_root()) write_provenance(any_best ? progress_.best_step : progress_.steps_done);
    const std::string histograms = weight_histograms(*run_, weights.recurrent, comm_);
    if (comm_.is_root()) io::write_text_file(files_.weights, histograms);
    write_trained_network(files_, options_.suffix, *run_, weights);
    report_time(seconds, steps);
  }

  /// "inputs 0.1, forward 2.3, …" in seconds on the slowest rank, per `steps`.
  std::string parts_of_time(double steps = 1) const {
    std::string parts;
    for (const auto& phase : run_->timers.reduce(comm_))
      parts += fmt::format("{} {:.3g}, ", phase.name, phase.max / steps);
    return parts;
  }

  void report_time(double seconds, std::uint64_t steps) {
    const std::string parts = parts_of_time();
    const auto peak =
        static_cast<std::uint64_t>(comm_.sum(static_cast<std::int64_t>(core::peak_rss_bytes())));
    core::log::info("{} steps in {} ({:.3f} s each; slowest rank, s: {}memory {} over all ranks)", steps,
                    core::human_seconds(seconds),
                    seconds / static_cast<double>(std::max<std::uint64_t>(steps, 1)), parts,
                    core::human_bytes(peak));
  }

  void write_provenance(std::uint64_t written_step = 0) const {
    std::string text = fmt::format(
        "# How this network is trained: striate {}\n{}epochs = {}\nnetwork = {}\nweights_hash = {}\n",
        core::version(), to_text(run_->preset), run_->preset.epochs,
        files_.config.lexically_relative(options_.base).string(), run_->network.weights_hash);
    if (written_step > 0) text += fmt::format("weights_of_step = {}\n", written_step);
    io::make_folder(files_.folder);
    io::write_text_file(files_.provenance, text);
  }

  /// A step of each kind is run and thrown away.
  void dry_run() {
    step();  // touches all memory
    const double seconds = step().seconds;
    const std::string parts = parts_of_time(2);
    const auto peak =
        static_cast<std::uint64_t>(comm_.max(static_cast<std::int64_t>(core::peak_rss_bytes())));
    core::log::info(
        "a step takes {:.3f} s on {} rank(s), {} steps about {}; memory per rank {}; mean of two "
        "steps and the gray start, s: {}",
        seconds, comm_.size(), all_steps(),
        core::human_seconds(seconds * static_cast<double>(all_steps()) * 1.05), core::human_bytes(peak),
        parts.substr(0, parts.size() - 2));
  }

  const TrainOptions& options_;
  const core::Comm& comm_;
  const TrainingFiles files_;
  std::unique_ptr<TrainingRun> run_;
  TrainingProgress progress_;
  std::uint64_t checkpointed_step_ = 0;
  std::optional<TrainingLog> log_;
};

}  // namespace

core::ExitCode train(const TrainOptions& options, const core::Comm& comm) {
  return Trainer(options, comm).train();
}

}  // namespace striate::workflows
