// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "cli/jobs_kinds.hpp"
#include "core/text.hpp"

namespace striate::cli {
namespace {

struct JobsKind {
  const char* name;
  const char* help;
  core::ExitCode (*run)(const Arguments& arguments, const core::Comm& world);
};

constexpr JobsKind kinds[] = {
    {"make", "writes the jobs of a paradigm's runs, and submits them", run_jobs_make},
    {"status", "says what is done, what failed and what is missing", run_jobs_status},
    {"continue", "writes jobs for what is not done, and submits them", run_jobs_continue},
    {"build", "writes a job that builds a network on several nodes", run_jobs_build},
    {"missing", "for the jobs themselves: prints which of some trials are not done", run_jobs_missing},
};

}  // namespace

core::ExitCode run_jobs(const Arguments& arguments, const core::Comm& world) {
  const bool asks_a_kind = !arguments.empty() && !arguments.front().starts_with('-');
  if (!asks_a_kind) {
    Interface overview{
        .usage = "striate jobs KIND …",
        .description =
            "Jobs for a cluster with SLURM. 'striate jobs KIND --help' shows the options of each kind:",
        .options = {},
        .positional = {"kind"}};
    for (const auto& kind : kinds) overview.description += fmt::format("\n  {:<10} {}", kind.name, kind.help);
    parse(overview, arguments, world);
    return core::ExitCode::done;
  }
  const auto kind = std::ranges::find(kinds, arguments.front(),
                                      [](const JobsKind& each) { return std::string(each.name); });
  if (kind == std::end(kinds)) {
    std::vector<std::string> names;
    for (const auto& each : kinds) names.emplace_back(each.name);
    throw core::UsageError("unknown kind '{}' (see 'striate jobs --help'){}", arguments.front(),
                           core::did_you_mean(arguments.front(), names));
  }
  return kind->run({arguments.begin() + 1, arguments.end()}, world);
}

}  // namespace striate::cli
