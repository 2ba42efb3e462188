// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/submit.hpp"

#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>

#include "core/errors/error.hpp"
#include "slurm/jobs/status.hpp"
#include "slurm/plan/shell_text.hpp"

extern char** environ;

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

// clang-format off
constexpr const char* submission = R"sh(
if ! command -v sbatch >/dev/null; then
  echo "no sbatch (this machine has no SLURM) submit where it has" >&2
  exit 69
fi
ids=()
# A chain is submitted whole or not at all.
undo() {
  trap - ERR INT TERM
  ((BASH_SUBSHELL == 0)) || exit 1 # $(sbatch …) failed: the script itself comes here too
  ((${#ids[@]} == 0)) || scancel "${ids[@]}" || echo "cancel by hand: ${ids[*]}" >&2
  echo "submission failed: what had been submitted is cancelled" >&2
  exit 1
}
trap undo ERR INT TERM
# submit NAME OPTION… SCRIPT [ARGUMENT]: leaves the job's id in $id
submit() {
  local name="$1"
  shift
  id="$(sbatch --parsable --kill-on-invalid-dep=yes "$@")"
  id="${id%%;*}"
  ids+=("$id")
  echo "$id  $name"
}
)sh";
// clang-format on

std::string opening(const JobSetting& setting) {
  auto text = fmt::format(
      "#!/bin/bash\n# Submits the jobs beside it and prints their ids.\n# shellcheck disable=SC2016  # names "
      "may hold a $, which stays one\nset -Eeuo pipefail\ncd -- {}\n",
      shell_word(setting.directory.string()));
  text += fmt::format("mkdir -p -- {}\n", shell_word((setting.base / "jobs/logs").string()));
  return text + submission;
}

std::string script_word(const JobSetting& setting, const std::string& name) {
  return shell_word(script_path(setting.base, name).string());
}

/// What a job waits for: kind and the variables of the jobs.
struct Dependency {
  std::string kind;
  std::vector<std::string> variables;
};

std::string dependency_option(const std::vector<Dependency>& dependencies) {
  std::string text;
  for (const auto& dependency : dependencies) {
    if (dependency.variables.empty()) continue;
    text += (text.empty() ? "" : ",") + dependency.kind;
    for (const auto& variable : dependency.variables) text += ":$" + variable;
  }
  return text.empty() ? "" : "\"--dependency=" + text + "\" ";
}

/// Submits a job and remembers its ids in variables, one for each part of an array.
std::vector<std::string> add_job(std::string& text, const Job& job, const std::vector<Dependency>& shared,
                                 const std::vector<std::string>& corresponding, const JobSetting& setting) {
  const auto parts = array_parts(job.elements, static_cast<std::size_t>(setting.site.max_array_size));
  const auto script = script_word(setting, job.items.script);
  const std::string stage = name_of(job.items.stage);
  std::vector<std::string> variables;
  for (std::size_t part = 0; part < std::max<std::size_t>(1, parts.size()); ++part) {
    auto dependencies = shared;
    if (part < corresponding.size()) dependencies.push_back({"aftercorr", {corresponding[part]}});
    variables.push_back(parts.empty() ? stage : fmt::format("{}_{}", stage, part));
    text += fmt::format("submit {} {}", job.items.script, dependency_option(dependencies));
    if (!parts.empty()) text += fmt::format("--array={} ", array_text(parts[part], job.throttle));
    text += script;
    if (!parts.empty() && parts[part].offset != 0) text += fmt::format(" {}", parts[part].offset);
    text += fmt::format("\n{}=\"$id\"\n", variables.back());
  }
  return variables;
}

}  // namespace

std::string submit_script(const std::vector<Job>& jobs, const std::string& collector,
                          const JobSetting& setting) {
  auto text = opening(setting);
  std::vector<std::string> background, lgn, simulation, all;
  for (const auto& job : jobs) {
    std::vector<std::string> ids;
    switch (job.items.stage) {
      case Stage::background:
        ids = background = add_job(text, job, {}, {}, setting);
        break;
      case Stage::lgn:
        ids = lgn = add_job(text, job, {}, {}, setting);
        break;
      case Stage::simulate:
        ids = simulation = add_job(text, job, {{"afterok", background}}, lgn, setting);
        break;
      default:
        ids = add_job(text, job, {{"afterok", simulation}}, {}, setting);
    }
    all.insert(all.end(), ids.begin(), ids.end());
  }
  if (!collector.empty())
    text += fmt::format("submit {} {}{}\n", collector, dependency_option({{"afterany", all}}),
                        script_word(setting, collector));
  return text;
}

std::string submit_script(const std::string& name, const JobSetting& setting) {
  return opening(setting) + fmt::format("submit {} {}\n", name, script_word(setting, name));
}

std::string repeated_submit_script(const std::string& name, int count, const fs::path& state,
                                   const std::string& collector, const JobSetting& setting) {
  auto text = opening(setting);
  text += fmt::format("rm -f -- {}/*.failed {}/*.started\n", shell_word(state.string()),
                      shell_word(state.string()));
  text += fmt::format(
      "id=''\nfor ((n = 0; n < {}; ++n)); do\n  submit {} ${{id:+\"--dependency=afterany:$id\"}} {}\ndone\n",
      count, name, script_word(setting, name));
  return text + fmt::format("submit {} {}{}\n", collector, dependency_option({{"afterany", {"id"}}}),
                            script_word(setting, collector));
}

int run_script(const fs::path& script) {
  const std::string path = script.string();
  std::string bash = "bash", dashes = "--", file = path;
  char* arguments[] = {bash.data(), dashes.data(), file.data(), nullptr};
  pid_t child = 0;
  if (const int error = ::posix_spawnp(&child, "bash", nullptr, nullptr, arguments, environ); error != 0)
    throw core::SystemError("cannot run bash {} ({})", script, std::strerror(error));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace striate::slurm
