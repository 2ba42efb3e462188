// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/resume.hpp"

#include <algorithm>
#include <ctime>
#include <set>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/network_paths.hpp"
#include "engine/checkpoint/simulation_checkpoint.hpp"
#include "engine/machine/shard_state.hpp"
#include "io/checkpoint/checkpoint_file.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::engine {
namespace {

namespace fs = std::filesystem;

struct Found {
  CheckpointHeader header;
  fs::path file;
};

Found read_checkpoint(const fs::path& newest, const core::Comm& comm) {
  const auto file = io::intact_checkpoint(newest, comm);
  auto header = read_header(file);
  if (header.layout != state_layout)
    throw core::ConfigError(
        "{} was written by Striate {} (its state has layout {}, this version's {}) go on with that version",
        file, header.version, header.layout, state_layout);
  return {std::move(header), file};
}

void require_same_run(const Found& found, const Trial& trial, Ports ports) {
  const auto& [header, file] = found;
  if (header.ports != name_of(ports))
    throw core::ConfigError("{} was written with --ports {} (now {}) go on with the same", file, header.ports,
                            name_of(ports));
  if (const auto change = difference(header.trial, text_of(trial.config)))
    throw core::ConfigError("{} was written for another config ({}: {}) go on with the same one", file,
                            trial.config.file, *change);
  if (trial.spec.steps < header.step)
    throw core::ConfigError("{}:/run/tstop is {} ms (the checkpoint {} is at {} ms) give at least that",
                            trial.config.file, trial.spec.grid.time_ms(trial.spec.steps), file,
                            header.simulated_ms);
}

/// Its results are there, and the run that the checkpoint belongs to says that they are its own.
bool is_finished(const Trial& trial, const std::vector<TrialText>& finished, const core::Comm& comm) {
  const auto text = text_of(trial.config);
  if (std::ranges::find(finished, text.document, &TrialText::document) == finished.end()) return false;
  bool all = true;
  if (comm.is_root())
    for (const auto& file : trial.spec.files.results) all = all && io::is_there(file.path);
  return comm.min(std::int64_t{all}) != 0;
}

/// The trial that a checkpoint of a name of its own belongs to.
std::size_t owner(const Found& found, const std::vector<Trial>& trials) {
  for (std::size_t i = 0; i < trials.size(); ++i)
    if (!difference(found.header.trial, text_of(trials[i].config))) return i;
  if (trials.size() == 1) return 0;  // to be told how it differs
  throw core::ConfigError("{} was written for {} (none of the {} configs is that one, unchanged)", found.file,
                          found.header.trial.file, trials.size());
}

}  // namespace

std::string name_of(Ports ports) {
  switch (ports) {
    case Ports::reference:
      return "reference";
    case Ports::merged:
      return "merged";
    case Ports::merged_single:
      return "merged --state single";
  }
  return {};
}

std::int64_t clock_of_configs(const CheckpointOptions& options, const core::Comm& comm) {
  if (options.resume && options.file) return read_header(io::intact_checkpoint(*options.file, comm)).clock;
  return comm.max(std::int64_t{std::time(nullptr)});
}

io::ReportPosition position_of(const ReportSpec& report, const CheckpointHeader& header) {
  const auto known = std::ranges::find(header.reports, report.file.string(), &ReportProgress::file);
  if (known == header.reports.end())
    throw core::ConfigError("{} is not among the reports of the checkpoint (the config has changed)",
                            report.file);
  return known->position;
}

std::vector<std::string> runs_to_keep(const CheckpointOptions& options, const std::vector<Trial>& trials,
                                      const core::Comm& comm) {
  std::set<fs::path> files;
  for (const auto& trial : trials) {
    const auto file = checkpoint_file(options, trial);
    files.insert({file, io::earlier_checkpoint(file)});
  }
  std::vector<std::string> tokens;
  for (const auto& file : files) {
    if (comm.max(std::int64_t{comm.is_root() && io::is_there(file)}) == 0) continue;
    if (!io::seal_problem(file, comm).empty()) continue;
    try {
      tokens.push_back(read_header(file).run_token);
    } catch (const core::FormatError&) {  // of training
    }
  }
  return tokens;
}

std::optional<CheckpointHeader> paused_run(const fs::path& file, const core::Comm& comm) {
  try {
    if (io::any_checkpoint(file, comm)) return read_header(io::intact_checkpoint(file, comm));
  } catch (const core::FormatError&) {  // somebody else's file of that name, or damaged
  }
  return std::nullopt;
}

fs::path checkpoint_file(const CheckpointOptions& options, const Trial& trial) {
  return options.file ? *options.file : trial.spec.output.directory / "checkpoint.h5";
}

std::vector<fs::path> checkpoint_files(const CheckpointOptions& options, const std::vector<Trial>& trials) {
  std::vector<fs::path> files;
  if (!options.wanted()) return files;
  for (const auto& trial : trials) {
    const auto file = checkpoint_file(options, trial);
    if (std::ranges::find(files, file) != files.end()) continue;
    files.push_back(file);
    files.push_back(io::earlier_checkpoint(file));
  }
  return files;
}

void require_checkpoint_folder(const CheckpointOptions& options) {
  if (!options.file) return;
  const auto folder = options.file->has_parent_path() ? options.file->parent_path() : fs::path(".");
  if (!fs::is_directory(folder))
    throw core::SystemError("no folder {} (--checkpoint {} is to be written there)", folder, *options.file);
}

std::vector<TrialStart> trial_starts(const CheckpointOptions& options, Ports ports,
                                     const std::vector<Trial>& trials, const core::Comm& comm) {
  std::vector<TrialStart> starts(trials.size());
  if (!options.resume) return starts;
  std::vector<TrialText> finished;
  bool any = false;
  const auto go_on = [&](std::size_t trial, Found found) {
    require_same_run(found, trials[trial], ports);
    finished.insert(finished.end(), found.header.finished.begin(), found.header.finished.end());
    starts[trial].checkpoint = found.file;
    starts[trial].from = std::move(found.header);
    any = true;
  };
  if (options.file) {
    auto found = read_checkpoint(*options.file, comm);
    const auto trial = owner(found, trials);
    go_on(trial, std::move(found));
  } else {
    for (std::size_t i = 0; i < trials.size(); ++i) {
      const auto file = checkpoint_file(options, trials[i]);
      if (io::any_checkpoint(file, comm)) go_on(i, read_checkpoint(file, comm));
    }
    if (!any)
      throw core::MissingFileError(
          "no {} to go on from (no checkpoint was written, or the run is complete) start without --resume",
          checkpoint_file(options, trials.front()));
  }
  for (std::size_t i = 0; i < trials.size(); ++i)
    if (!starts[i].from) starts[i].finished = is_finished(trials[i], finished, comm);
  return starts;
}

}  // namespace striate::engine
