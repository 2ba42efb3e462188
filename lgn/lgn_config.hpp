// SPDX-License-Identifier: BSD-3-Clause
// What `striate lgn` is asked to do: a FilterNet configuration (BMTK's run_filternet.py) as one plain struct.
// Unknown keys are reported and ignored; everything that would silently change a result is an error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "io/generation/run_attributes.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/config_files.hpp"
#include "io/text/json.hpp"
#include "lgn/filters/rate_model.hpp"
#include "lgn/spikes/spike_trains.hpp"
#include "lgn/stimuli/stimulus.hpp"

namespace striate::lgn {

/// Files of one run. Names are relative to the output directory unless absolute.
struct OutputPlan {
  std::filesystem::path directory;
  std::optional<std::filesystem::path> spikes_h5, spikes_csv, rates_h5, rates_csv, log_file;
  bool log_to_console = true;
  bool overwrite = true;
  int deflate = 4;
};

struct LgnPlan {
  std::filesystem::path config_file;
  std::vector<io::NodesEntry> nodes;  ///< whose cells respond
  std::vector<io::NamedPath> inputs;  ///< all files that it reads
  std::optional<std::filesystem::path> filter_models_dir;  ///< of cells with dynamics_params
  io::Json document;  ///< resolved, for the copy beside the output
  Stimulus stimulus;
  Sampling sampling;
  std::uint64_t seed = 0;
  std::vector<std::uint64_t> trials;  ///< one, or 0 … N-1
  bool directory_per_trial = false;  ///< <directory>_trial{t}
  SpikeProcess process = SpikeProcess::poisson;
  OutputPlan output;
  io::RunAttributes attributes = {};  ///< of all results
};

struct LgnOptions {
  std::optional<std::filesystem::path> output_dir;
  std::optional<std::uint64_t> seed, trial, trial_count;
  SpikeProcess process = SpikeProcess::poisson;
};

/// Throws ConfigError naming file and key. Reads the stimulus' pictures.
LgnPlan make_plan(const io::SonataConfig& config, const LgnOptions& options);

/// Whether both plans' cells have the same rates: the same stimulus (by its condition, so a plan without its
/// pictures will do), the same frames kept and the same cells.
bool same_rates(const LgnPlan& a, const LgnPlan& b);

/// The one enabled entry of "inputs" as a stimulus, and which of its frames are kept. `tstop_ms` is
/// run.tstop.
struct ConfiguredStimulus {
  Stimulus stimulus;
  Sampling sampling;
  bool y_up = false;  ///< "y_dir": y grows upwards in the world; for pictures of the stimulus
};
ConfiguredStimulus read_stimulus(const io::JsonSection& input, double tstop_ms);

/// The trial that an input's "trial" key means: a number, or the digits at the end of a text ("trial_7").
std::optional<std::uint64_t> trial_of(const io::JsonSection& input);

/// The one enabled entry of "inputs". ConfigError when there is none or more than one.
io::JsonSection enabled_input(const io::SonataConfig& config);
/// run.tstop in ms.
double run_tstop_ms(const io::SonataConfig& config);

/// Where output `name` of trial `trial` goes.
std::filesystem::path output_directory(const LgnPlan& plan, std::uint64_t trial);
/// The copy of the configuration in it; none where that is the configuration itself.
std::optional<std::filesystem::path> config_copy(const LgnPlan& plan, std::uint64_t trial);
std::filesystem::path output_path(const LgnPlan& plan, std::uint64_t trial,
                                  const std::filesystem::path& name);

}  // namespace striate::lgn
