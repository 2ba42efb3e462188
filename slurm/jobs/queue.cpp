// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/queue.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

#include "core/errors/error.hpp"
#include "slurm/jobs/job_places.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_of_a_script = 20;  // a file of years must not make long questions

struct Answer {
  std::string text;  ///< of both streams
  bool succeeded = false;
};

/// Of a command whose words are ours alone.
Answer output_of(const std::string& command) {
  Answer answer;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return answer;
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    answer.text.append(buffer.data(), got);
  answer.succeeded = ::pclose(pipe) == 0;
  return answer;
}

/// "7" of "7_3"; "" of what is no id.
std::string job_of(const std::string& id) {
  const auto job = id.substr(0, id.find('_'));
  return std::ranges::all_of(job, [](char c) { return c >= '0' && c <= '9'; }) ? job : "";
}

void add_started(const fs::path& folder, std::set<std::string>& ids) {
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(folder, absent)) {
    if (entry.path().extension() != ".started") continue;
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);)
      if (line.starts_with("job="))
        if (const auto job = job_of(line.substr(4)); !job.empty()) ids.insert(job);
  }
}

}  // namespace

const QueuedJob* Queue::find(const std::string& id) const {
  const auto found = std::ranges::find(jobs, id, &QueuedJob::id);
  return found == jobs.end() ? nullptr : &*found;
}

std::set<std::string> job_ids(const fs::path& base, const std::set<std::string>& scripts,
                              std::span<const StageItems> stages) {
  std::map<std::string, std::vector<std::string>> submitted;
  std::ifstream in(submitted_file(base));
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string id, script;
    if (words >> id >> script && scripts.contains(script) && !job_of(id).empty())
      submitted[script].push_back(job_of(id));
  }
  std::set<std::string> ids;
  for (const auto& [script, all] : submitted)
    ids.insert(all.end() - static_cast<std::ptrdiff_t>(std::min(all.size(), most_of_a_script)), all.end());
  for (const auto& stage : stages) add_started(state_directory(base, stage.work), ids);
  return ids;
}

Queue parse_queue(const std::string& text, bool succeeded) {
  // So it says of a single job that ended long ago; of several it passes over those.
  if (!succeeded) return {.known = text.find("Invalid job id") != std::string::npos, .jobs = {}};
  Queue queue{.known = true, .jobs = {}};
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find('|'), second = line.find('|', first + 1);
    if (second == std::string::npos) continue;
    queue.jobs.push_back({.id = line.substr(0, first),
                          .state = line.substr(first + 1, second - first - 1),
                          .name = line.substr(second + 1)});
  }
  return queue;
}

Queue ask_queue(const std::set<std::string>& ids) {
  if (ids.empty()) return {};
  const auto answer =
      output_of(fmt::format("squeue --noheader --array --format='%i|%T|%j' --jobs={}", fmt::join(ids, ",")));
  return parse_queue(answer.text, answer.succeeded);
}

void cancel_jobs(const std::set<std::string>& ids) {
  if (ids.empty()) return;
  const auto answer = output_of(fmt::format("scancel {}", fmt::join(ids, " ")));
  if (!answer.succeeded)
    throw core::Error(core::ExitCode::unavailable, fmt::format("scancel failed ({}) try again", answer.text));
}

}  // namespace striate::slurm
