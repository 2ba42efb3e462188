// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "cli/arguments/command.hpp"
#include "io/text/shipped_configs.hpp"
#include "workflows/training/train.hpp"

namespace striate::cli {
namespace po = boost::program_options;

namespace {

std::optional<std::string> word(const po::variables_map& values, const char* name,
                                std::initializer_list<const char*> allowed) {
  if (values.count(name) == 0) return std::nullopt;
  const auto text = values[name].as<std::string>();
  std::string known;
  for (const char* each : allowed) {
    if (text == each) return text;
    known += (known.empty() ? "" : ", ") + std::string(each);
  }
  throw core::UsageError("invalid --{} '{}' (known: {})", name, text, known);
}

std::optional<std::uint64_t> whole(const po::variables_map& values, const char* name, std::int64_t least) {
  if (values.count(name) == 0) return std::nullopt;
  const auto number = values[name].as<std::int64_t>();
  if (number < least) throw core::UsageError("invalid --{} {} (must be at least {})", name, number, least);
  return static_cast<std::uint64_t>(number);
}

std::optional<double> real(const po::variables_map& values, const char* name) {
  return values.count(name) == 0 ? std::nullopt : std::optional(values[name].as<double>());
}

/// The preset of a suffix: the shipped one of that name, else bio_trained.
std::string preset_for(const std::string& suffix) {
  const auto names = io::shipped_names(io::training_configs);
  return std::ranges::find(names, suffix) != names.end() ? suffix : "bio_trained";
}

}  // namespace

core::ExitCode run_train(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate train BASE [--suffix NAME] [options]",
    .description =
        "Trains the weights of a network towards recorded rates, selectivity and synchrony (replaces the\n"
        "TensorFlow program of the model; needs no GPU). Writes BASE/network/v1_v1_edges_NAME.h5 and\n"
        "bkg_v1_edges_NAME.h5, which the run option NAME uses, and the course to BASE/training/NAME.",
    .options = {}, .positional = {
      "BASE"
    }
  };
  interface.options.add_options()  //
      ("suffix", po::value<std::string>()->default_value("bio_trained")->value_name("NAME"),
       "of the results; of a shipped preset's name (bio_trained, naive, bio_free, uni_reg): trains as that "
       "one says")  //
      ("preset", po::value<std::string>()->value_name("NAME|FILE"), "how to train; default: see --suffix")  //
      ("start", po::value<std::string>()->value_name("WHICH"), "built or uniform: weights to start from")  //
      ("weight-term", po::value<double>()->value_name("X"),
       "strength of the pull towards the weights as built; 0: none")  //
      ("dialect", po::value<std::string>()->value_name("WHICH"), "paper or head: paths of the gradient")  //
      ("recurrent-credit", po::value<double>()->value_name("X"),
       "factor of what a spike owes to its targets; 0 saves most of the time")  //
      ("propagators", po::value<std::string>()->value_name("WHICH"),
       "reference or exact: steps of the model")  //
      ("epochs", po::value<std::int64_t>()->value_name("N"),
       "of --steps steps, each followed by a judgement")  //
      ("steps", po::value<std::int64_t>()->value_name("N"),
       "of an epoch, each an evoked and a gray update")  //
      ("trials", po::value<std::int64_t>()->value_name("N"), "of an update")  //
      ("duration", po::value<double>()->value_name("MS"), "of a trial")  //
      ("seed", po::value<std::int64_t>()->value_name("N"), "of all random numbers")  //
      ("write", po::value<std::string>()->default_value("best")->value_name("WHICH"),
       "best (on held-out trials) or last weights")  //
      ("resume", "go on from the checkpoint, on any number of ranks, with the same settings")  //
      ("force", "replace trained weights and checkpoint of this name")  //
      ("stop-after", po::value<double>()->value_name("S"),
       "write a checkpoint after so many seconds, end with code 75")  //
      ("checkpoint-every", po::value<std::int64_t>()->default_value(25)->value_name("N"), "steps")  //
      ("dry-run", "measure two steps, tell time and memory, write nothing");
  const auto parsed = parse(interface, arguments, world);
  if (!parsed) return core::ExitCode::done;
  const auto& values = *parsed;
  workflows::TrainOptions options;
  options.base = values["BASE"].as<std::vector<std::string>>().front();
  options.suffix = values["suffix"].as<std::string>();
  options.preset =
      values.count("preset") != 0 ? values["preset"].as<std::string>() : preset_for(options.suffix);
  options.overrides = {.start = word(values, "start", {"built", "uniform"}),
                       .dialect = word(values, "dialect", {"paper", "head"}),
                       .propagators = word(values, "propagators", {"reference", "exact"}),
                       .weight_term = real(values, "weight-term"),
                       .recurrent_credit = real(values, "recurrent-credit"),
                       .duration_ms = real(values, "duration"),
                       .epochs = whole(values, "epochs", 1),
                       .steps = whole(values, "steps", 1),
                       .trials = whole(values, "trials", 1),
                       .seed = whole(values, "seed", 0)};
  options.write = word(values, "write", {"best", "last"}) == "last" ? workflows::WriteWeights::last
                                                                    : workflows::WriteWeights::best;
  options.resume = values.count("resume") != 0;
  options.force = values.count("force") != 0;
  options.dry_run = values.count("dry-run") != 0;
  if (options.resume && options.force)
    throw core::UsageError("--resume and --force together (one goes on, the other begins anew)");
  options.stop_after_s = real(values, "stop-after");
  if (options.stop_after_s && !(*options.stop_after_s > 0))
    throw core::UsageError("invalid --stop-after {} (must be positive)", *options.stop_after_s);
  options.checkpoint_every = *whole(values, "checkpoint-every", 1);
  return workflows::train(options, world);
}

}  // namespace striate::cli
