// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/job_scripts.hpp"

#include <fmt/ranges.h>

#include <cctype>
#include <set>
#include <string_view>

#include "core/network_paths.hpp"
#include "slurm/jobs/script_parts.hpp"
#include "slurm/plan/shell_text.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

constexpr int most_restarts = 20;  // of a job whose time is too short
constexpr const char* checkpoint_every = "10m";

std::vector<std::string> program_of(const JobSetting& setting) {
  return setting.site.program.empty() ? std::vector{setting.program} : setting.site.program;
}

std::string site_lines(const Site& site) {
  std::string text;
  const auto add = [&](const char* option, const std::optional<std::string>& value) {
    if (value) text += fmt::format("#SBATCH --{}={}\n", option, *value);
  };
  add("partition", site.partition);
  add("account", site.account);
  add("qos", site.qos);
  add("constraint", site.constraint);
  if (site.mail)
    text += fmt::format("#SBATCH --mail-user={}\n#SBATCH --mail-type={}\n", site.mail->to,
                        fmt::join(site.mail->when, ","));
  if (site.clean_environment) text += "#SBATCH --export=NONE\n";
  for (const auto& option : site.sbatch) text += "#SBATCH " + option + "\n";
  return text;
}

/// The file names of a job's output are patterns: their own % is doubled.
std::string literal(std::string text) {
  for (std::size_t at = text.find('%'); at != std::string::npos; at = text.find('%', at + 2))
    text.insert(at, "%");
  return text;
}

std::string directives(const std::string& script, const JobRequest& request, const std::string& array,
                       const JobSetting& setting) {
  auto text = fmt::format("#!/bin/bash\n#SBATCH --job-name={}\n", job_name(setting.base, script));
  if (!array.empty()) text += fmt::format("#SBATCH --array={}\n", array);
  text += fmt::format(
      "#SBATCH --nodes={}\n#SBATCH --ntasks={}\n#SBATCH --ntasks-per-node={}\n#SBATCH --cpus-per-task=1\n",
      request.nodes, request.ranks, (request.ranks + request.nodes - 1) / request.nodes);
  text += fmt::format("#SBATCH --mem={}M\n#SBATCH --time={}\n", request.memory_mb, job_time(request.minutes));
  text += fmt::format("#SBATCH --chdir={}\n#SBATCH --output={}/{}\n", sbatch_word(setting.directory.string()),
                      sbatch_word(literal((setting.base / "jobs/logs").string())),
                      array.empty() ? "%x_%j.out" : "%x_%A_%a.out");
  // USR1 before the time is up: simulations and training write a checkpoint, other work ends and is noted as
  // failed. A job whose node is lost starts again: what is done is skipped.
  text += fmt::format("#SBATCH --signal=B:USR1@{}\n#SBATCH --open-mode=append\n#SBATCH --{}requeue\n",
                      request.warning_s, setting.site.requeue ? "" : "no-");
  return text + site_lines(setting.site);
}

/// Files and modules of the site, in its order.
std::string software(const Site& site) {
  std::string text;
  const auto read = [&](const std::vector<std::string>& files) {
    for (const auto& file : files)
      text += fmt::format("# shellcheck source=/dev/null\nsource {} || exit 69\n", shell_word(file));
  };
  read(site.sources_before);
  if (!site.modules.empty())
    text += "# shellcheck source=/dev/null\ntype module >/dev/null 2>&1 || source /etc/profile\n";
  for (const auto& words : site.modules) text += fmt::format("module {} || exit 69\n", shell_words(words));
  read(site.sources);
  if (text.empty()) return text;
  return "set +eu  # such files are rarely written for it\n" + text + "set -eu\n";
}

/// What OpenMPI says at length of hardware that it does not use; other MPIs pass over it.
constexpr const char* quiet_mpi =
    "export OMPI_MCA_btl=\"${OMPI_MCA_btl:-^openib}\" OMPI_MCA_btl_base_warn_component_unused=0 "
    "OMPI_MCA_mpi_warn_on_fork=0\n";

std::string launcher_of(const Site& site, int ranks) {
  auto words = site.launcher == Launcher::srun ? fmt::format("srun --mpi={} --kill-on-bad-exit=1", site.mpi)
                                               : fmt::format("mpirun -n \"${{SLURM_NTASKS:-{}}}\"", ranks);
  if (site.cpu_bind) words += " --cpu-bind=" + *site.cpu_bind;
  if (!site.launcher_options.empty()) words += " " + shell_words(site.launcher_options);
  return words;
}

std::string environment(const JobSetting& setting, int ranks) {
  const auto& site = setting.site;
  std::string text =
      "\n# shellcheck disable=SC2016,SC2034,SC2317  # names may hold a $, which stays one; traps "
      "call functions; not all is used in all scripts\nset -euo pipefail\n";
  // First of all: the signal may come at once where the time limit is short.
  text += script_parts::machinery;
  text += fmt::format("cd -- {}\n", shell_word(setting.directory.string()));
  text += software(site);
  if (site.clean_environment) text += "export SLURM_EXPORT_ENV=ALL  # srun hands on what this script has\n";
  text += "export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1  # a rank is one thread\n";
  text += quiet_mpi;
  for (const auto& [name, value] : site.environment)
    text += fmt::format("export {}={}\n", name, shell_word(value));
  text += "export SRUN_CPUS_PER_TASK=\"${SLURM_CPUS_PER_TASK:-1}\"  # srun does not inherit it\n";
  text += fmt::format("striate=({})\nlauncher=({})\n", shell_words(program_of(setting)),
                      launcher_of(site, ranks));
  text +=
      "job=\"${SLURM_ARRAY_JOB_ID:-${SLURM_JOB_ID:-none}}${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}\"\n";
  text +=
      "echo \"job $job on ${SLURM_JOB_NODELIST:-$HOSTNAME}: $(\"${striate[@]}\" version | head -n 1);\" "
      "\"${SLURM_NTASKS:-1} rank(s) by ${launcher[0]}; bash $BASH_VERSION; ulimit -v $(ulimit -v), -n "
      "$(ulimit -n)\"\n";
  return text;
}

std::string item_list(const std::vector<std::size_t>& items) {
  return fmt::format("todo=({})", fmt::join(items, " "));
}

/// Which items this job has.
std::string items_text(const Job& job) {
  if (job.elements.empty()) {
    std::vector<std::size_t> all;
    for (const auto& item : job.items.items) all.push_back(item.index);
    return "\n" + item_list(all) + "\n";
  }
  std::string text =
      "\n# Trials of the array's elements. The argument is added to ids, which end at the cluster's "
      "MaxArraySize.\n"
      "case \"$((${SLURM_ARRAY_TASK_ID:?run this as an array} + ${1:-0}))\" in\n";
  for (const auto& element : job.elements)
    text += fmt::format("  {}) {} ;;\n", element.number, item_list(element.trials));
  return text + "  *) echo \"no such element\" >&2; exit 64 ;;\nesac\n";
}

/// How many of an item's arguments all items share: "simulate", "background BASE --paradigm P".
std::size_t shared_arguments(const StageItems& items) {
  return items.stage == Stage::background ? 4 : 1;
}

std::string commands_text(const StageItems& items) {
  const auto shared = shared_arguments(items);
  const auto& first = items.items.front().step.arguments;
  std::vector<std::string> command(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(shared));
  const bool simulates = items.stage == Stage::simulate;
  if (simulates && first.size() > 2) command.insert(command.end(), first.begin() + 2, first.end());
  if (simulates) command.insert(command.end(), {"--checkpoint-every", checkpoint_every});
  auto text =
      fmt::format("output=''\ncommand=({})\narguments_of() {{\n  case \"$1\" in\n", shell_words(command));
  for (const auto& item : items.items) {
    const auto& words = item.step.arguments;
    const auto end = simulates ? shared + 1 : words.size();
    text += fmt::format("    {}) arguments=({})", item.index,
                        shell_words(std::span(words).subspan(shared, end - shared)));
    if (simulates && !item.step.outputs.empty())
      text += fmt::format(" output={}", shell_word(item.step.outputs.front().parent_path()));
    text += " ;;\n";
  }
  return text + "    *) exit 70 ;;\n  esac\n}\n";
}

/// "$TMPDIR/x" as what is empty where there is no TMPDIR.
std::string scratch_text(const std::string& scratch) {
  if (!scratch.starts_with('$')) return shell_word(scratch);
  const bool braces = scratch.starts_with("${");
  const auto begin = braces ? std::size_t{2} : 1;
  const auto end = scratch.find_first_of(braces ? "}" : "/");
  const auto name = scratch.substr(begin, end == std::string::npos ? end : end - begin);
  const auto rest = end == std::string::npos ? "" : scratch.substr(end + (braces ? 1 : 0));
  return fmt::format("\"${{{0}:+${0}{1}}}\"", name, rest);
}

/// Copies of the network on each node, which its simulations read.
std::string staging(const StageItems& items, const fs::path& base, const std::string& scratch) {
  std::set<std::string> files;
  for (const auto& item : items.items)
    for (const auto& input : item.step.inputs)
      if (input.parent_path() == core::NetworkPaths{base}.network()) files.insert(input.string());
  const std::vector<std::string> words(files.begin(), files.end());
  return fmt::format("\nscratch={}\nnetwork_files=({})", scratch_text(scratch), shell_words(words)) +
         script_parts::staged;
}

std::vector<std::string> run_words(const Runs& runs) {
  std::vector<std::string> words{runs.paradigm, runs.base.string(), runs.option};
  if (runs.modfile) words.insert(words.end(), {"-m", runs.modfile->string()});
  return words;
}

}  // namespace

std::string job_name(const fs::path& base) {
  auto network = network_name(base);
  for (auto& c : network)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 &&
        std::string_view("._-+=").find(c) == std::string_view::npos)
      c = '_';
  return network;
}

std::string job_name(const fs::path& base, const std::string& script) {
  return job_name(base) + "_" + script;
}

std::string sbatch_word(const std::string& text) {
  if (shell_word(text) == text) return text;
  std::string word = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\'' || c == '\\' || c == '#') word += '\\';
    word += c;
  }
  return word + "\"";
}

std::string script_opening(const Job& job, const Runs& runs, const JobSetting& setting) {
  const auto& items = job.items;
  const auto parts = array_parts(job.elements, static_cast<std::size_t>(setting.site.max_array_size));
  auto text = directives(items.script, job.request,
                         parts.empty() ? "" : array_text(parts.front(), job.throttle), setting);
  text += environment(setting, job.request.ranks);
  text += fmt::format("stage={}\nruns=({})\nstate={}\n", name_of(items.stage), shell_words(run_words(runs)),
                      shell_word(state_directory(runs.base, items.work).string()));
  text += fmt::format("used={}\n", shell_word(used_directory(runs.base, items.script).string()));
  return text + fmt::format("log={}/\"${{SLURM_JOB_NAME:-none}}_$job.out\"\n",
                            shell_word((runs.base / "jobs/logs").string()));
}

std::string stage_script(const Job& job, const Runs& runs, const JobSetting& setting) {
  const auto& items = job.items;
  auto text = script_opening(job, runs, setting);
  text += items_text(job) + commands_text(items);
  if (items.stage == Stage::simulate)
    text += fmt::format("most_restarts={}\n", most_restarts) + script_parts::requeued;
  text += script_parts::notes;
  if (items.stage == Stage::simulate && setting.site.scratch)
    text += staging(items, runs.base, *setting.site.scratch);
  text += items.stage == Stage::metrics ? script_parts::one_by_one : script_parts::together;
  // Background files have no inputs of their own that could be wrong.
  if (items.stage == Stage::lgn || items.stage == Stage::simulate) text += script_parts::each_alone;
  return text + script_parts::exit_with_code;
}

std::string single_script(const std::string& script, const JobRequest& request,
                          const std::vector<std::string>& arguments, const JobSetting& setting,
                          std::span<const std::vector<std::string>> afterwards) {
  auto text = directives(script, request, "", setting) + environment(setting, request.ranks);
  text += "run \"${launcher[@]}\" \"${striate[@]}\" " + shell_words(arguments) + " || rc=$?\n";
  for (const auto& words : afterwards)
    text += fmt::format("((rc)) || run \"${{striate[@]}}\" {} || rc=$?\n", shell_words(words));
  return text + "exit \"$rc\"\n";
}

std::string collector_script(const std::string& name, const Runs& runs, const JobSetting& setting) {
  auto text = directives(name, {.nodes = 1, .ranks = 1, .memory_mb = 500, .minutes = 10}, "", setting);
  text += environment(setting, 1);
  return text + "exec \"${striate[@]}\" jobs status " + shell_words(run_words(runs)) + "\n";
}

}  // namespace striate::slurm
