// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/job_end.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

namespace striate::slurm {
namespace {

constexpr std::streamoff read_bytes = 1 << 16;  // of the end of a log

struct Mark {
  std::string_view text;
  JobEnd end;
};
/// In the daemons' own lines; the first that a line holds counts. "CANCELLED AT … DUE TO TIME LIMIT".
constexpr std::array marks{
    Mark{"exceeded memory limit", JobEnd::memory},
    Mark{"oom-kill", JobEnd::memory},
    Mark{"oom_kill", JobEnd::memory},
    Mark{"Out Of Memory", JobEnd::memory},
    Mark{"DUE TO TIME LIMIT", JobEnd::time},
    Mark{"DUE TO NODE FAILURE", JobEnd::node},
    Mark{"DUE TO PREEMPTION", JobEnd::preempted},
    Mark{"DUE TO JOB REQUEUE", JobEnd::unknown},
    Mark{"CANCELLED AT", JobEnd::cancelled},
};

/// "slurmstepd: error: …", "slurmstepd-node3: error: …", "srun: …"
bool is_of_slurm(std::string_view line) {
  return (line.starts_with("slurmstepd") && line.find(": error: ") != std::string_view::npos) ||
         line.starts_with("srun: ");
}

}  // namespace

JobEnd end_in_log(const std::filesystem::path& log, const std::string& job) {
  std::ifstream in(log, std::ios::binary | std::ios::ate);
  if (!in) return JobEnd::unknown;
  in.seekg(std::max<std::streamoff>(0, in.tellg() - read_bytes));
  auto end = JobEnd::unknown;
  const auto opening = "job " + job + " on ";
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(opening)) end = JobEnd::unknown;  // a requeued job appends to its log
    if (!is_of_slurm(line) || end == JobEnd::memory) continue;  // what follows a memory kill is its effect
    const auto mark = std::ranges::find_if(
        marks, [&](const Mark& each) { return line.find(each.text) != std::string::npos; });
    if (mark != marks.end()) end = mark->end;
  }
  return end;
}

const char* described(JobEnd end) {
  switch (end) {
    case JobEnd::memory:
      return "was killed for its memory";
    case JobEnd::time:
      return "was stopped by its time limit";
    case JobEnd::node:
      return "was lost with its node";
    case JobEnd::preempted:
      return "was preempted";
    case JobEnd::cancelled:
      return "was cancelled";
    case JobEnd::unknown:
      break;
  }
  return "";
}

}  // namespace striate::slurm
