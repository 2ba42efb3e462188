// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/command.hpp"
#include "cli/arguments/watchdog_options.hpp"
#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "core/timers.hpp"
#include "io/sonata/probe_inputs.hpp"
#include "lgn/generate_all.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace {

std::optional<std::uint64_t> count_option(const po::variables_map& values, const char* name,
                                          std::int64_t least) {
  if (values.count(name) == 0) return std::nullopt;
  const auto value = values[name].as<std::int64_t>();
  if (value < least)
    throw core::UsageError("invalid --{} {} (must be at least {}) see 'striate lgn --help'", name, value,
                           least);
  return static_cast<std::uint64_t>(value);
}

lgn::SpikeProcess process_option(const po::variables_map& values) {
  const auto name = values["process"].as<std::string>();
  if (name == "poisson") return lgn::SpikeProcess::poisson;
  if (name == "bernoulli") return lgn::SpikeProcess::bernoulli;
  throw core::UsageError("invalid --process {} (poisson or bernoulli) see 'striate lgn --help'", name);
}

}  // namespace

core::ExitCode run_lgn(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate lgn CONFIG.json… [options]",
    .description =
        "Turns a visual stimulus into spikes of LGN cells as BMTK's FilterNet does (run_filternet.py), with\n"
        "the same rates and reproducible spikes. The result does not depend on the number of ranks.\n"
        "Of several configs, those that show the same stimulus share its rates; the spikes are the same.",
    .options = {}, .positional = {
      "config*"
    }
  };
  interface.options.add_options()  //
      ("output_dir,o", po::value<std::string>()->value_name("DIR"),
       "write everything to DIR instead of the config's output_dir (one config only)")  //
      ("seed", po::value<std::int64_t>()->value_name("S"),
       "random seed (default: run.random_seed, else 0)")  //
      ("trial", po::value<std::int64_t>()->value_name("T"),
       "which trial this is (default: the input's \"trial\", else …_trialT at the end of output_dir, else "
       "0)")  //
      ("trials", po::value<std::int64_t>()->value_name("N"),
       "make trials 0 … N-1 from the same rates, in <output_dir>_trial{t}")  //
      ("process", po::value<std::string>()->default_value("poisson")->value_name("NAME"),
       "poisson (exact) or bernoulli (BMTK's bins)");
  add_watchdog_options(interface.options);
  const auto values = parse(interface, arguments, world);
  if (!values) return core::ExitCode::done;
  const auto start = core::Clock::now();
  lgn::LgnOptions options{.output_dir = std::nullopt,
                          .seed = count_option(*values, "seed", 0),
                          .trial = count_option(*values, "trial", 0),
                          .trial_count = count_option(*values, "trials", 1),
                          .process = process_option(*values)};
  constexpr std::uint64_t most_trials = 1'000'000;
  if (options.trial_count.value_or(0) > most_trials)
    throw core::UsageError("invalid --trials {} (at most {}) see 'striate lgn --help'", *options.trial_count,
                           most_trials);
  if (options.trial && options.trial_count)
    throw core::UsageError("--trial and --trials contradict each other (one trial or N of them)");
  const auto& configs = (*values)["config"].as<std::vector<std::string>>();
  if (values->count("output_dir") != 0) {
    if (configs.size() > 1)
      throw core::UsageError(
          "-o with {} configs (their results would have the same names) give each an output_dir of its own",
          configs.size());
    options.output_dir = (*values)["output_dir"].as<std::string>();
  }
  const std::vector<std::filesystem::path> files(configs.begin(), configs.end());
  const core::Watchdog watchdog(
      watchdog_options(*values, {std::filesystem::path(files.front()).parent_path()}), world);
  io::probe_inputs(files, io::RunKind::lgn, world);
  const auto summary = lgn::generate_all(files, options, world);
  core::log::info("{} LGN cells done in {:.2f} s on {} rank(s), {} per rank", summary.cells,
                  core::seconds_since(start), world.size(),
                  core::human_bytes(static_cast<std::uint64_t>(
                      world.max(static_cast<std::int64_t>(core::peak_rss_bytes())))));
  return core::ExitCode::done;
}

}  // namespace striate::cli
