// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/watchdog_options.hpp"

#include "core/durations.hpp"
#include "core/errors/error.hpp"

namespace striate::cli {
namespace po = boost::program_options;

void add_watchdog_options(po::options_description& options) {
  options.add_options()  //
      ("watchdog", po::value<std::string>()->value_name("TIME|off")->default_value("10m"),
       "under mpirun or srun: name the rank that makes no progress for so long, such as 90s or 1h")  //
      ("watchdog-abort", "end all ranks then, with code 69");
}

core::WatchdogOptions watchdog_options(const po::variables_map& values,
                                       std::vector<std::filesystem::path> folders) {
  const auto text = values["watchdog"].as<std::string>();
  core::WatchdogOptions options{
      .limit_s = std::nullopt, .abort = values.count("watchdog-abort") != 0, .folders = std::move(folders)};
  options.folders.emplace_back(".");
  if (text == "off") {
    if (options.abort)
      throw core::UsageError("--watchdog-abort with --watchdog off (nothing watches) leave one out");
    return options;
  }
  options.limit_s = core::parse_wall_seconds(text);
  if (!options.limit_s)
    throw core::UsageError("invalid --watchdog '{}' (a time with its unit, such as 90s, 10m or 1h, or off)",
                           text);
  return options;
}

}  // namespace striate::cli
