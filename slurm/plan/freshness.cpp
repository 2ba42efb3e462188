// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/freshness.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_set>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "slurm/plan/trial_configs.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;
using Time = fs::file_time_type;

/// Make hands a call to the shell as one word, of which Linux takes 128 KiB.
constexpr std::size_t most_argument_bytes = 100'000;

constexpr std::chrono::minutes clock_difference{5};  // of machines that share files

std::optional<Time> time_of(const fs::path& path, FileTimes& known) {
  const auto [found, is_new] = known.times.try_emplace(path.native());
  if (is_new) {
    std::error_code error;
    const auto time = fs::last_write_time(path, error);
    if (!error) found->second = time;
  }
  return found->second;
}

bool is_in_future(Time time) {
  return time > Time::clock::now() + clock_difference;
}

void say_undated(const fs::path& file, const char* consequence, FileTimes& known) {
  if (known.undated.insert(file).second)
    core::log::warning("{} is dated in the future (by a machine whose clock was wrong) {}", file,
                       consequence);
}

/// As reason_to_run(); collects inputs whose date tells nothing.
std::string find_reason(const Step& step, const std::set<fs::path>& renewed, FileTimes& times,
                        std::vector<fs::path>& undated) {
  std::optional<Time> oldest;
  fs::path oldest_output;
  for (const auto& output : step.outputs) {
    const auto time = time_of(output, times);
    if (!time) return fmt::format("{} is missing", output);
    if (!oldest || *time < *oldest) oldest = time, oldest_output = output;
  }
  for (const auto& input : step.inputs) {
    if (renewed.contains(input)) return fmt::format("{} is made anew", input);
    const auto time = time_of(input, times);
    if (!time || !oldest || *time <= *oldest) continue;
    if (!is_in_future(*time) || is_in_future(*oldest)) return fmt::format("{} is newer", input);
    undated.push_back(input);
  }
  for (const auto& input : undated)
    say_undated(input, "what was made from it counts as made after it; 'touch' it if it has changed since",
                times);
  if (oldest && !step.inputs.empty() && is_in_future(*oldest))
    say_undated(oldest_output, "it counts as made after its inputs; delete it if they have changed since",
                times);
  return {};
}

/// All of the lists, each path once.
std::vector<fs::path> joined(const std::vector<const std::vector<fs::path>*>& lists) {
  std::vector<fs::path> all;
  std::unordered_set<std::string_view> known;
  for (const auto* list : lists)
    for (const auto& path : *list)
      if (known.insert(path.native()).second) all.push_back(path);
  return all;
}

/// "simulation of a/x" and "simulation of a/y": the call is named after the first and the last.
std::string label_of_pack(const std::string& first, const std::string& last, std::size_t count) {
  return fmt::format("{} … {} ({} trials)", first, last.substr(last.rfind('/') + 1), count);
}

MadeStep joined(const std::vector<const MadeStep*>& members) {
  MadeStep pack = *members.front();
  std::vector<const std::vector<fs::path>*> inputs{&members.front()->step.inputs},
      outputs{&members.front()->step.outputs};
  for (std::size_t k = 1; k < members.size(); ++k) {
    const auto& step = members[k]->step;
    inputs.push_back(&step.inputs);
    outputs.push_back(&step.outputs);
    pack.step.arguments.push_back(step.arguments.back());
    pack.configs.insert(pack.configs.end(), members[k]->configs.begin(), members[k]->configs.end());
  }
  pack.step.inputs = joined(inputs);
  pack.step.outputs = joined(outputs);
  if (members.size() > 1)
    pack.step.label = label_of_pack(members.front()->step.label, members.back()->step.label, members.size());
  return pack;
}

}  // namespace

std::string reason_to_run(const Step& step, const std::set<fs::path>& renewed, FileTimes* known) {
  FileTimes own;
  std::vector<fs::path> undated;
  return find_reason(step, renewed, known == nullptr ? own : *known, undated);
}

void find_reasons(std::vector<MadeStep>& steps) {
  std::set<fs::path> renewed;
  FileTimes times;
  for (auto& made : steps) {
    for (const auto& config : made.configs)
      if (!holds(config.file, config.text)) renewed.insert(config.file);
    made.undated.clear();
    made.reason = find_reason(made.step, renewed, times, made.undated);
    if (made.reason.empty() && renewed.contains(made.origin))
      made.reason = fmt::format("{} is made anew", made.origin);
    if (made.reason.empty()) continue;
    made.undated.clear();
    renewed.insert(made.step.outputs.begin(), made.step.outputs.end());
  }
}

std::vector<MadeStep> packed(const std::vector<MadeStep>& steps, const Packing& packing) {
  const auto may_join = [](const MadeStep& made) { return !made.family.empty() && !made.reason.empty(); };
  std::map<std::string, std::vector<const MadeStep*>> families;
  for (const auto& made : steps)
    if (may_join(made)) families[made.family].push_back(&made);
  std::vector<MadeStep> result;
  std::set<std::string> done;
  for (const auto& made : steps) {
    if (!may_join(made)) {
      result.push_back(made);
      continue;
    }
    if (!done.insert(made.family).second) continue;
    const auto& members = families[made.family];
    const auto share = (members.size() + packing.jobs - 1) / packing.jobs;
    const auto size = std::max<std::size_t>(1, std::min(packing.most, share));
    std::vector<const MadeStep*> pack;
    std::size_t bytes = 0;
    for (const auto* member : members) {
      const auto more = member->step.arguments.back().size() + 1;
      if (pack.size() == size || (!pack.empty() && bytes + more > most_argument_bytes)) {
        result.push_back(joined(pack));
        pack.clear();
        bytes = 0;
      }
      pack.push_back(member);
      bytes += more;
    }
    result.push_back(joined(pack));
  }
  return in_order(std::move(result));
}

std::vector<MadeStep> in_order(std::vector<MadeStep> steps) {
  std::map<fs::path, std::size_t> maker;
  for (std::size_t k = 0; k < steps.size(); ++k)
    for (const auto& output : steps[k].step.outputs) maker[output] = k;
  std::vector<std::vector<std::size_t>> readers(steps.size());
  std::vector<std::size_t> waits(steps.size(), 0);
  for (std::size_t k = 0; k < steps.size(); ++k) {
    std::set<std::size_t> makers;
    for (const auto& input : steps[k].step.inputs)
      if (const auto found = maker.find(input); found != maker.end()) makers.insert(found->second);
    for (const auto each : makers) readers[each].push_back(k);
    waits[k] = makers.size();
  }
  std::set<std::size_t> ready;
  for (std::size_t k = 0; k < steps.size(); ++k)
    if (waits[k] == 0) ready.insert(k);
  std::vector<MadeStep> sorted;
  while (!ready.empty()) {
    const auto next = *ready.begin();
    ready.erase(ready.begin());
    for (const auto reader : readers[next])
      if (--waits[reader] == 0) ready.insert(reader);
    sorted.push_back(std::move(steps[next]));
  }
  if (sorted.size() != steps.size()) {
    const auto stuck = std::ranges::find_if(waits, [](std::size_t count) { return count != 0; });
    throw core::ConfigError(
        "steps wait for each other in a circle (one is the {}) correct the configurations on this way",
        steps[static_cast<std::size_t>(stuck - waits.begin())].step.label);
  }
  return sorted;
}

}  // namespace striate::slurm
