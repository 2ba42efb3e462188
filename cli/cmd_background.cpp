// SPDX-License-Identifier: BSD-3-Clause
#include <set>

#include "cli/arguments/run_kinds.hpp"
#include "cli/arguments/trial_options.hpp"
#include "cli/arguments/watchdog_options.hpp"
#include "core/log.hpp"
#include "core/timers.hpp"
#include "io/files/network_files.hpp"
#include "io/generation/generation.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "lgn/spikes/background_spikes.hpp"
#include "workflows/tables.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace {

/// The one file that --rate and --duration ask for.
lgn::BackgroundTrain own_train(const po::variables_map& values) {
  if (values.count("rate") == 0 || values.count("duration") == 0)
    throw core::UsageError("--rate and --duration belong together (they describe one file)");
  const double rate_hz = values["rate"].as<double>(), duration_s = values["duration"].as<double>();
  if (!(rate_hz >= 0) || !(rate_hz <= lgn::highest_background_hz))
    throw core::UsageError("invalid --rate {} (Hz, 0 to {}: one spike per 0.25 ms)", rate_hz,
                           lgn::highest_background_hz);
  if (!(duration_s > 0) || !(duration_s <= 1e6))
    throw core::UsageError("invalid --duration {} (s, above 0 and at most 1e6)", duration_s);
  const auto seed = values["seed"].as<std::int64_t>();
  return {.file = fmt::format("bkg/bkg_spikes_{}Hz_{}s.h5", rate_hz, duration_s),
          .rate_hz = rate_hz,
          .duration_s = duration_s,
          .seed = static_cast<std::uint64_t>(seed)};
}

/// Options that say which files to make, and cannot be meant together.
void refuse_contradictions(const po::variables_map& values) {
  const auto given = [&](const char* name) { return values.count(name) != 0; };
  for (const char* paradigms : {"paradigm", "all-paradigms"})
    for (const char* own : {"rate", "duration"})
      if (given(paradigms) && given(own))
        throw core::UsageError("--{} and --{} contradict each other (paradigms have rates and durations)",
                               paradigms, own);
  if (given("paradigm") && given("all-paradigms"))
    throw core::UsageError("--paradigm and --all-paradigms contradict each other (one, or all) give one");
  if (given("only") && given("trial"))
    throw core::UsageError("--only and --trial contradict each other (both choose trials) give one");
  for (const char* name : {"only", "trial"})
    if (given(name) && !given("paradigm"))
      throw core::UsageError("--{} without --paradigm (it chooses trials of one)", name);
}

/// The paradigms whose files are asked for, with the trials that are.
std::vector<io::Paradigm> chosen_paradigms(const po::variables_map& values,
                                           const std::filesystem::path& base) {
  const auto* rules = workflows::table_rules().paradigm_metrics;
  if (values.count("paradigm") == 0) return io::paradigms_of(base, {}, rules);
  auto paradigm = io::read_paradigm(values["paradigm"].as<std::string>(), rules);
  if (values.count("only") != 0)
    paradigm = io::with_only(std::move(paradigm), values["only"].as<std::vector<std::string>>());
  if (values.count("trial") != 0)
    paradigm = io::with_trials(std::move(paradigm), values["trial"].as<std::vector<std::string>>());
  return {std::move(paradigm)};
}

/// The files of the paradigms' trials. Of several that have a file of one name the first makes it, as in a
/// pipeline.
std::vector<lgn::BackgroundTrain> trains_of(const std::vector<io::Paradigm>& paradigms, std::uint64_t units) {
  std::vector<lgn::BackgroundTrain> trains;
  std::set<std::filesystem::path> known;
  for (const auto& each : paradigms) {
    const auto paradigm = io::for_background_units(each, units);
    for (const auto& trial : paradigm.trials)
      if (known.insert(trial.background_file).second)
        trains.push_back({.file = trial.background_file,
                          .rate_hz = paradigm.background_rate_hz,
                          .duration_s = paradigm.duration_ms / 1000,
                          .seed = trial.background_seed});
  }
  return trains;
}

/// What the call is to make.
std::vector<lgn::BackgroundTrain> chosen_trains(const po::variables_map& values,
                                                const std::filesystem::path& base, std::uint64_t units) {
  if (values.count("rate") != 0 || values.count("duration") != 0) return {own_train(values)};
  const bool of_paradigms = values.count("paradigm") != 0 || values.count("all-paradigms") != 0;
  auto trains = of_paradigms ? trains_of(chosen_paradigms(values, base), units) : lgn::standard_background();
  for (auto& train : trains) train.seed += static_cast<std::uint64_t>(values["seed"].as<std::int64_t>());
  return trains;
}

lgn::BackgroundOptions background_options(const po::variables_map& values, std::uint64_t units) {
  lgn::BackgroundOptions options{.units = units};
  const bool reference = values.count("reference-mode") != 0;
  if (reference) options.random = lgn::BackgroundRandom::reference;
  const std::string layout = values.count("layout") != 0 ? values["layout"].as<std::string>()
                             : reference                 ? "gids"
                                                         : "sonata";
  if (layout == "gids")
    options.layout = lgn::BackgroundLayout::gids;
  else if (layout != "sonata")
    throw core::UsageError("invalid --layout {} (sonata or gids) see 'striate background --help'", layout);
  return options;
}

}  // namespace

core::ExitCode run_background(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate background BASE [options]",
    .description =
        "Writes spikes of the background units of the network in BASE (replaces bkg_spike_generation.py).\n"
        "Without --paradigm, --all-paradigms or --rate: the seven files of BASE/bkg. Ranks make files of\n"
        "their own at the same time. Files already there are replaced.",
    .options = {}, .positional = {
      "base"
    }
  };
  interface.options.add_options()  //
      ("output_dir,o", po::value<std::string>()->value_name("DIR"), "write below DIR instead of BASE")  //
      ("paradigm,p", po::value<std::string>()->value_name("NAME|FILE.yaml"),
       "files of this paradigm's trials (8dir_10trials, contrasts, imagenet, bo, …)")  //
      ("all-paradigms",
       "files of the trials of all paradigms: those of BASE/configs/paradigms and the shipped ones")  //
      ("rate", po::value<double>()->value_name("HZ"), "one file of this rate …")  //
      ("duration", po::value<double>()->value_name("S"), "… and duration")  //
      ("seed", po::value<std::int64_t>()->default_value(0)->value_name("S"),
       "seed of the --rate file; added to the seeds that other files have")  //
      ("units", po::value<std::int64_t>()->value_name("N"),
       "number of units (default: those of BASE/network/bkg_nodes.h5)")  //
      ("layout", po::value<std::string>()->value_name("NAME"),
       "sonata (default) or gids (/spikes/gids, as the reference writes)")  //
      ("reference-mode", "NumPy's random numbers: the reference's spikes bit for bit (layout gids)");
  add_option(only_option, interface.options);
  interface.options.add_options()  //
      ("trial", po::value<std::vector<std::string>>()->value_name("NAME"),
       "only the trial of this name, such as angle45_trial3; may be repeated");
  add_watchdog_options(interface.options);
  const auto parsed = parse(interface, arguments, world);
  if (!parsed) return core::ExitCode::done;
  const auto& values = *parsed;
  refuse_contradictions(values);
  const auto start = core::Clock::now();
  const std::filesystem::path base = values["base"].as<std::vector<std::string>>().front();
  const std::filesystem::path directory =
      values.count("output_dir") != 0 ? std::filesystem::path(values["output_dir"].as<std::string>()) : base;
  const auto seed = values["seed"].as<std::int64_t>();
  if (seed < 0) throw core::UsageError("invalid --seed {} (must not be negative)", seed);
  constexpr std::int64_t most_units = 1'000'000'000;
  if (values.count("units") != 0 &&
      (values["units"].as<std::int64_t>() < 1 || values["units"].as<std::int64_t>() > most_units))
    throw core::UsageError("invalid --units {} (1 to {})", values["units"].as<std::int64_t>(), most_units);
  const auto network = io::require_one_generation(base, world);
  const std::uint64_t units = values.count("units") != 0
                                  ? static_cast<std::uint64_t>(values["units"].as<std::int64_t>())
                                  : io::background_units(base);
  auto options = background_options(values, units);
  options.network = network;
  const auto trains = chosen_trains(values, base, units);
  for (const auto& train : trains)
    if (options.random == lgn::BackgroundRandom::reference && train.seed > 0xffffffffu)
      throw core::UsageError("invalid --seed {} (NumPy's generator takes 32 bits in reference mode)", seed);
  std::vector<io::NamedPath> outputs;
  for (const auto& train : trains) outputs.push_back({directory / train.file, "the background's spikes"});
  io::check_outputs(outputs, io::network_files(base));
  const core::Watchdog watchdog(watchdog_options(values, {directory}), world);
  lgn::write_background(trains, directory, options, world);
  core::log::info("{} background file(s) for {} units below {} in {:.2f} s", trains.size(), units, directory,
                  core::seconds_since(start));
  return core::ExitCode::done;
}

}  // namespace striate::cli
