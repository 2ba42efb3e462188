// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/submit.hpp"

#include <fcntl.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/errors/error.hpp"
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
# earlier WORK: ":ID:ID", jobs in the queue that make the same files, of an earlier submission or another option
earlier() {
  local known
  known="$(awk -v work="$1" '$3 == work {print $1}' "$submitted" 2>/dev/null | tail -n 20 | paste -sd ,)" || true
  [[ -z "$known" ]] ||
    squeue --noheader --format=%F --jobs="$known" 2>/dev/null | sort -u | sed 's/^/:/' | tr -d ' \n' || true
}
# submit SCRIPT WORK DEPENDENCIES OPTION… FILE [ARGUMENT]: leaves the job's id in $id
submit() {
  local script="$1" work="$2" dependencies="${3#,}"
  shift 3
  id="$(sbatch --parsable --kill-on-invalid-dep=yes ${dependencies:+"--dependency=$dependencies"} "$@")"
  id="${id%%;*}"
  ids+=("$id")
  echo "$id $script $work" >>"$submitted"
  echo "$id  ${prefix}_$script"
}
)sh";
// clang-format on

std::string opening(const JobSetting& setting) {
  auto text = fmt::format(
      "#!/bin/bash\n# Submits the jobs beside it and prints their ids.\n# shellcheck disable=SC2016  # names "
      "may hold a $, which stays one\nset -Eeuo pipefail\ncd -- {}\n",
      shell_word(setting.directory.string()));
  text += fmt::format("mkdir -p -- {}\nsubmitted={}\nprefix={}\n",
                      shell_word((setting.base / "jobs/logs").string()),
                      shell_word(submitted_file(setting.base).string()), job_name(setting.base));
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

/// ",afterok:$background,aftercorr:$lgn_0", to go on with.
std::string dependency_text(const std::vector<Dependency>& dependencies) {
  std::string text;
  for (const auto& dependency : dependencies) {
    if (dependency.variables.empty()) continue;
    text += "," + dependency.kind;
    for (const auto& variable : dependency.variables) text += ":$" + variable;
  }
  return text;
}

/// The network that is being built, and jobs that make the same files: one after the other, not at once.
constexpr const char* after_the_network = "${network:+,afterok$network}";
constexpr const char* after_the_same = "${same:+,afterany$same}";

/// Submits a job and remembers its ids in variables, one for each part of an array.
std::vector<std::string> add_job(std::string& text, const Job& job, const std::vector<Dependency>& shared,
                                 const std::vector<std::string>& corresponding, const JobSetting& setting) {
  const auto parts = array_parts(job.elements, static_cast<std::size_t>(setting.site.max_array_size));
  const std::string stage = name_of(job.items.stage);
  std::vector<std::string> variables;
  text += fmt::format("same=\"$(earlier {})\"\n", job.items.work);
  for (std::size_t part = 0; part < std::max<std::size_t>(1, parts.size()); ++part) {
    auto dependencies = shared;
    if (part < corresponding.size()) dependencies.push_back({"aftercorr", {corresponding[part]}});
    variables.push_back(parts.empty() ? stage : fmt::format("{}_{}", stage, part));
    text += fmt::format("submit {} {} \"{}{}{}\" ", job.items.script, job.items.work,
                        dependency_text(dependencies), after_the_network, after_the_same);
    if (!parts.empty()) text += fmt::format("--array={} ", array_text(parts[part], job.throttle));
    text += script_word(setting, job.items.script);
    if (!parts.empty() && parts[part].offset != 0) text += fmt::format(" {}", parts[part].offset);
    text += fmt::format("\n{}=\"$id\"\n", variables.back());
  }
  return variables;
}

std::string network_in_the_queue() {
  return fmt::format("network=\"$(earlier {})\" # it is being built\n", work_of_building);
}

std::string submit_collector(const std::string& collector, const std::vector<std::string>& jobs,
                             const JobSetting& setting) {
  return fmt::format("submit {} {} \"{}\" {}\n", collector, collector, dependency_text({{"afterany", jobs}}),
                     script_word(setting, collector));
}

}  // namespace

std::string submit_script(const std::vector<Job>& jobs, const std::string& collector,
                          const JobSetting& setting) {
  auto text = opening(setting) + network_in_the_queue();
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
  if (!collector.empty()) text += submit_collector(collector, all, setting);
  return text;
}

std::string submit_script(const std::string& script, const std::string& work, const JobSetting& setting) {
  return opening(setting) + fmt::format("same=\"$(earlier {1})\"\nsubmit {0} {1} \"{2}\" {3}\n", script, work,
                                        after_the_same, script_word(setting, script));
}

std::string repeated_submit_script(const StageItems& items, int count, const std::string& collector,
                                   const JobSetting& setting) {
  const auto state = shell_word(state_directory(setting.base, items.work).string());
  auto text = opening(setting) + network_in_the_queue();
  text += fmt::format("same=\"$(earlier {})\"\n", items.work);
  text += fmt::format("[[ -n \"$same\" ]] || rm -f -- {0}/*.failed {0}/*.started\n", state);
  text += fmt::format(
      "id=''\nfor ((n = 0; n < {}; ++n)); do\n  submit {} {} \"${{id:+,afterany:$id}}{}{}\" {}\ndone\n",
      count, items.script, items.work, after_the_network, after_the_same, script_word(setting, items.script));
  return text + submit_collector(collector, {"id"}, setting);
}

int run_script(const fs::path& script, Output output) {
  const std::string path = script.string();
  std::string bash = "bash", dashes = "--", file = path;
  char* arguments[] = {bash.data(), dashes.data(), file.data(), nullptr};
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  if (output == Output::none)
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, "bash", &files, nullptr, arguments, environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw core::SystemError("cannot run bash {} ({})", script, std::strerror(error));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace striate::slurm
