// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/status.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/spikes.hpp"
#include "slurm/jobs/job_end.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

// Exit codes that end no work for good.
constexpr const char* checkpointed_exit = "75";
constexpr const char* cancelled_exit = "143";
constexpr const char* out_of_time_exit = "138";  // by the signal before the end, without a checkpoint

const char* population_of(Stage stage) {
  switch (stage) {
    case Stage::background:
      return core::background_population;
    case Stage::lgn:
      return core::lgn_population;
    case Stage::simulate:
      return core::v1_population;
    default:
      return nullptr;
  }
}

/// Only names are read: whether the file was cut shows when it is opened.
std::string problem_with_h5(const fs::path& file, Stage stage) {
  try {
    const auto opened = io::h5::File::open(file);
    const char* population = population_of(stage);
    // Reports and rates have no spikes.
    if (population == nullptr || !io::h5::is_group(opened, "/spikes")) return "";
    const auto names = io::spike_populations(file);
    if (std::ranges::find(names, population) != names.end()) return "";
    if (names.empty() && stage == Stage::background && io::h5::is_dataset(opened, "/spikes/gids")) return "";
    return fmt::format("{} has no spikes of population {}", file, population);
  } catch (const core::Error& error) {
    return error.what();
  }
}

std::string problem_with_file(const fs::path& file, Stage stage) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) return fmt::format("no {}", file);
  if (size == 0) return fmt::format("{} is empty", file);
  return file.extension() == ".h5" ? problem_with_h5(file, stage) : "";
}

/// "key=value" lines; empty when there is no such note.
std::map<std::string, std::string> read_note(const fs::path& file) {
  std::map<std::string, std::string> note;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (const auto equals = line.find('='); equals != std::string::npos)
      note[line.substr(0, equals)] = line.substr(equals + 1);
  return note;
}

/// "1200 of 3000 ms" from the checkpoint of an unfinished simulation, the newer of its two if that can be
/// read.
std::optional<std::string> paused_at(const Step& step) {
  if (step.stage != Stage::simulate || step.outputs.empty()) return std::nullopt;
  std::error_code absent;
  for (const char* name : {"checkpoint.h5", "checkpoint_before.h5"}) {
    const auto file = step.outputs.front().parent_path() / name;
    if (!fs::exists(file, absent)) continue;
    try {
      const auto opened = io::h5::File::open(file);
      const auto simulated = io::h5::string_attribute(opened, "/", "simulated_ms"),
                 all = io::h5::string_attribute(opened, "/", "tstop_ms");
      if (simulated && all) return fmt::format("{} of {} ms", *simulated, *all);
    } catch (const core::Error&) {  // cut or damaged: the one before it is there
    }
  }
  return std::nullopt;
}

/// What the notes about an unfinished item and the log of its job say.
void add_reason(ItemStatus& status, const std::map<std::string, std::string>& failed,
                const std::map<std::string, std::string>& started, const std::string& problem, bool asked) {
  const auto& note = failed.empty() ? started : failed;
  if (note.empty()) {
    status.reason = problem;
    return;
  }
  const auto field = [&](const char* key) { return note.contains(key) ? note.at(key) : "?"; };
  const auto end = end_in_log(field("log"), field("job"));
  const auto code = failed.empty() ? "" : field("exit");
  if (end == JobEnd::memory) {
    status.state = ItemState::failed;
    status.reason = fmt::format("job {} {}, see {}; continue with more --memory or --ranks", field("job"),
                                described(end), field("log"));
  } else if (code == checkpointed_exit) {
    status.reason = fmt::format("job {} stopped with a checkpoint, see {}", field("job"), field("log"));
  } else if (code == cancelled_exit) {
    status.reason = fmt::format("job {} {}, see {}", field("job"),
                                described(end == JobEnd::unknown ? JobEnd::cancelled : end), field("log"));
  } else if (code == out_of_time_exit) {
    status.state = ItemState::failed;
    status.reason =
        fmt::format("job {} ran out of time, see {}; continue with more --time", field("job"), field("log"));
  } else if (!failed.empty()) {
    status.state = ItemState::failed;
    status.reason = fmt::format("exit code {}, job {}, see {}", code, field("job"), field("log"));
  } else {
    status.reason = fmt::format("job {} {}, see {}", field("job"),
                                end != JobEnd::unknown ? described(end)
                                : asked                ? "was killed"
                                                       : "is at work or was killed",
                                field("log"));
  }
}

/// What the queue says of the job that began an item, which knows more than the job's notes.
void add_queue(ItemStatus& status, bool ended, const std::string& id, const Queue& queue) {
  const auto* job = queue.find(id);
  if (job == nullptr) return;
  if (job->state == "PENDING" || job->state == "REQUEUED" || job->state == "CONFIGURING") {
    status.state = ItemState::missing;
    status.reason = ended ? status.reason + "; it waits in the queue again"
                          : fmt::format("job {} waits in the queue again", id);
  } else if (!ended) {
    status.state = ItemState::running;
    status.reason = fmt::format("job {} is at work", id);
  }
}

ItemStatus item_status(const fs::path& state, const StageItem& item, const Queue& queue, FileTimes& times) {
  ItemStatus status{.index = item.index, .name = item.name, .reason = {}};
  const auto problem = problem_with_outputs(item.step, &times);
  if (problem.empty()) {
    status.state = ItemState::done;
    return status;
  }
  const auto failed = read_note(state / fmt::format("{}.failed", item.index)),
             started = read_note(state / fmt::format("{}.started", item.index));
  add_reason(status, failed, started, problem, queue.known);
  const auto& note = failed.empty() ? started : failed;
  if (const auto job = note.find("job"); job != note.end())
    add_queue(status, !failed.empty(), job->second, queue);
  if (const auto paused = paused_at(item.step))
    status.reason = fmt::format("paused at {}; {}", *paused, status.reason);
  return status;
}

const char* name_of(ItemState state) {
  return state == ItemState::failed ? "failed" : state == ItemState::running ? "running" : "missing";
}

void add_list(std::string& text, std::span<const StageStatus> stages, ItemState state, std::size_t most) {
  for (const auto& stage : stages) {
    std::size_t shown = 0;
    for (const auto& item : stage.items)
      if (item.state == state && ++shown <= most)
        text += fmt::format("{}: {} {} ({})\n", name_of(state), slurm::name_of(stage.stage), item.name,
                            item.reason);
    if (shown > most)
      text += fmt::format("{}: {} more of {}\n", name_of(state), shown - most, slurm::name_of(stage.stage));
  }
}

}  // namespace

std::string problem_with_outputs(const Step& step, FileTimes* known) {
  for (const auto& output : step.outputs)
    if (auto problem = problem_with_file(output, step.stage); !problem.empty()) return problem;
  return reason_to_run(step, {}, known);
}

std::size_t StageStatus::count(ItemState state) const {
  return static_cast<std::size_t>(std::ranges::count(items, state, &ItemStatus::state));
}

double used_core_hours(const fs::path& base, std::span<const StageItems> stages) {
  double seconds = 0;
  for (const auto& stage : stages) {
    std::error_code absent;
    for (const auto& entry : fs::directory_iterator(used_directory(base, stage.script), absent)) {
      std::ifstream in(entry.path());
      for (double value = 0; in >> value;) seconds += value;
    }
  }
  return seconds / 3600;
}

std::vector<StageStatus> status_of(const fs::path& base, std::span<const StageItems> stages,
                                   const Queue& queue) {
  std::vector<StageStatus> all;
  // Files that are there and must be made again, and what simulations have still to make: old tables of them
  // do not count, while LGN spikes and background of a finished simulation may be gone.
  std::set<fs::path> outdated;
  FileTimes times;
  for (const auto& stage : stages) {
    StageStatus status{.stage = stage.stage, .items = {}};
    const auto state = state_directory(base, stage.work);
    for (const auto& item : stage.items) {
      auto& added = status.items.emplace_back(item_status(state, item, queue, times));
      const auto input =
          std::ranges::find_if(item.step.inputs, [&](const auto& file) { return outdated.contains(file); });
      if (added.state == ItemState::done && input != item.step.inputs.end()) {
        added.state = ItemState::missing;
        added.reason = fmt::format("{} must be made first", *input);
      }
      std::error_code absent;
      if (added.state != ItemState::done)
        for (const auto& output : item.step.outputs)
          if (stage.stage == Stage::simulate || fs::exists(output, absent)) outdated.insert(output);
    }
    all.push_back(std::move(status));
  }
  return all;
}

std::string stage_table(std::span<const StageStatus> stages) {
  auto text = fmt::format("{:<12}{:>8}{:>8}{:>8}{:>8}\n", "stage", "done", "failed", "missing", "running");
  for (const auto& stage : stages)
    text += fmt::format("{:<12}{:>8}{:>8}{:>8}{:>8}\n", slurm::name_of(stage.stage),
                        stage.count(ItemState::done), stage.count(ItemState::failed),
                        stage.count(ItemState::missing), stage.count(ItemState::running));
  return text;
}

std::string unfinished_list(std::span<const StageStatus> stages, std::size_t most) {
  std::string text;
  for (const auto state : {ItemState::failed, ItemState::running, ItemState::missing})
    add_list(text, stages, state, most);
  return text;
}

std::vector<StageItems> unfinished(std::span<const StageItems> stages, std::span<const StageStatus> status) {
  std::set<std::size_t> trials;  // whose simulations must run
  std::set<fs::path> wanted;  // what they read
  for (std::size_t s = 0; s < stages.size(); ++s) {
    if (stages[s].stage != Stage::simulate) continue;
    for (std::size_t i = 0; i < stages[s].items.size(); ++i) {
      if (status[s].items[i].state == ItemState::done) continue;
      const auto& item = stages[s].items[i];
      trials.insert(item.index);
      wanted.insert(item.step.inputs.begin(), item.step.inputs.end());
    }
  }
  std::vector<StageItems> work;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    const auto stage = stages[s].stage;
    StageItems left{.stage = stage, .script = stages[s].script, .work = stages[s].work, .items = {}};
    bool needed = false;
    for (std::size_t i = 0; i < stages[s].items.size(); ++i) {
      const auto& item = stages[s].items[i];
      const bool done = status[s].items[i].state == ItemState::done;
      const bool is_input = stage == Stage::background || stage == Stage::lgn;
      if (is_input && !wanted.contains(item.step.outputs.front())) continue;
      if (stage == Stage::simulate && !trials.contains(item.index)) continue;
      needed = needed || !done || (stage == Stage::metrics && !trials.empty());
      if (!done || stage == Stage::lgn || (stage == Stage::metrics && !trials.empty()))
        left.items.push_back(item);
    }
    if (needed) work.push_back(std::move(left));
  }
  return work;
}

}  // namespace striate::slurm
