// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/command.hpp"
#include "core/text.hpp"

namespace striate::cli {

std::span<const Command> commands() {
  static constexpr Command table[] = {
      {"build", "makes a network directory: nodes, edges, components, run configurations", run_build},
      {"lgn", "LGN spikes for a visual stimulus (replaces run_filternet.py)", run_lgn},
      {"background", "spikes of the background units (replaces bkg_spike_generation.py)", run_background},
      {"simulate", "runs a SONATA network of point neurons (replaces run_pointnet.py)", run_simulate},
      {"metrics", "tables from spikes: tuning, contrast, correlations, similarity to recordings, …",
       run_metrics},
      {"plot", "pictures of stimuli, spikes, tuning, contrast, weights, …", run_plot},
      {"report", "one page of HTML about the runs of a network, beside recordings", run_report},
      {"recordings", "a table of recorded units from NWB files, by the code that analyses the model",
       run_recordings},
      {"export", "spikes of a paradigm's runs as a recorded session (NWB)", run_export},
      {"pipeline", "makes files, running whatever they need and is missing or outdated (replaces Snakemake)",
       run_pipeline},
      {"jobs", "SLURM jobs of a paradigm's runs: make, submit, see what is done, continue", run_jobs},
      {"trials", "configurations of a paradigm's trials, without jobs", run_trials},
      {"nodesets", "cohorts of cells as node sets, and configs that silence them", run_nodesets},
      {"fit", "connection probabilities from measured connections, as a network to build", run_fit},
      {"tune", "weights of background synapses from recorded spontaneous rates", run_tune},
      {"train", "weights trained towards recorded rates, selectivity and synchrony: bio_trained, naive, …",
       run_train},
      {"adjust", "recurrent weights scaled to recorded rates: the option 'adjusted'", run_adjust},
      {"images", "makes pictures with the spectrum of natural scenes, for trials without data", run_images},
      {"check", "lists all that is wrong with a config, network, spike or other file", run_check},
      {"help", "more about a command or one of its kinds; man pages, completion of words", run_help},
      {"version", "version, commit, compiler and libraries", run_version},
  };
  return table;
}

const Command& find_command(const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    if (name == command.name) return command;
    names.emplace_back(command.name);
  }
  const auto suggestion = core::nearest(name, names);
  throw core::UsageError(
      "unknown command '{}' ({}) see 'striate --help'", name,
      suggestion.empty() ? std::string("no similar one") : fmt::format("did you mean '{}'?", suggestion));
}

}  // namespace striate::cli
