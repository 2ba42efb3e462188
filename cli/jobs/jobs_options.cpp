// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/ranges.h>

#include "cli/jobs/jobs_kinds.hpp"
#include "io/text/shipped_configs.hpp"
#include "slurm/jobs/submit.hpp"
#include "slurm/plan/shell_text.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

std::optional<int> whole_option(const po::variables_map& values, const char* name, int least) {
  if (values.count(name) == 0) return std::nullopt;
  const auto value = values[name].as<int>();
  if (value < least || value > 1'000'000)
    throw core::UsageError("invalid --{} {} (must be from {} to 1000000)", name, value, least);
  return value;
}

}  // namespace

void add_job_options(Interface& interface) {
  interface.options.add_options()  //
      ("site", po::value<std::string>()->value_name("NAME|FILE.yaml"),
       fmt::format("profile of the cluster: {}, or your own (default)",
                   fmt::join(io::shipped_names(io::site_configs), ", "))
           .c_str())  //
      ("ranks", po::value<int>()->value_name("N"), "MPI ranks of a job (one per ten million synapses)")  //
      ("nodes", po::value<int>()->value_name("N"), "nodes of a job (as many as its memory needs)")  //
      ("time", po::value<std::string>()->value_name("TIME"),
       "limit of a job: minutes, H:MM:SS or D-HH:MM:SS (from the estimate)")  //
      ("memory", po::value<std::string>()->value_name("GB"),
       "per node: 20, 20G, 500M (from the estimate)")  //
      ("submit", "submit what was written, by sbatch")  //
      ("dry-run", "print what would be made and what it takes, write nothing");
}

void add_array_options(Interface& interface) {
  interface.options.add_options()  //
      ("trials-per-job", po::value<int>()->value_name("N"),
       "trials of an array element, which share a loaded network (ten minutes' worth)")  //
      ("throttle", po::value<int>()->value_name("N"),
       "elements of an array that run at once; 0: no limit (the site's)");
}

slurm::Wishes given_wishes(const po::variables_map& values) {
  slurm::Wishes wishes;
  wishes.ranks = whole_option(values, "ranks", 1);
  wishes.nodes = whole_option(values, "nodes", 1);
  if (values.count("time") != 0) wishes.minutes = slurm::parse_job_time(values["time"].as<std::string>());
  if (values.count("memory") != 0)
    wishes.memory_mb = slurm::parse_job_memory(values["memory"].as<std::string>());
  wishes.trials_per_job = whole_option(values, "trials-per-job", 1);
  wishes.throttle = whole_option(values, "throttle", 0);
  return wishes;
}

std::string positional(const po::variables_map& values, const char* name) {
  return values[name].as<std::vector<std::string>>().front();
}

std::vector<std::string> given_list(const po::variables_map& values, const char* name) {
  return values.count(name) == 0 ? std::vector<std::string>{} : values[name].as<std::vector<std::string>>();
}

slurm::JobSetting job_setting(const fs::path& base, const std::string& site) {
  slurm::JobSetting setting{.directory = fs::current_path(),
                            .program = fs::read_symlink("/proc/self/exe").string(),
                            .base = base,
                            .site = slurm::read_site(site)};
  for (const auto& path : {setting.directory.string(), setting.program, base.string()})
    slurm::shell_word(path);
  return setting;
}

void submit(const fs::path& script) {
  const int code = slurm::run_script(script);
  if (code == 0) return;
  const bool no_slurm = code == static_cast<int>(core::ExitCode::unavailable);
  throw core::Error(no_slurm ? core::ExitCode::unavailable : core::ExitCode::io_error,
                    fmt::format("submission failed ({} ended with code {}) see above", script, code));
}

}  // namespace striate::cli
