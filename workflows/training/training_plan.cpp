// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/training/training_plan.hpp"

#include <algorithm>
#include <cmath>

#include "builder/build.hpp"
#include "core/machine_resources.hpp"
#include "core/network_paths.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/edges.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/shipped_configs.hpp"
#include "workflows/training/training_results.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;

// Per trial and millisecond of both passes, fitted to the processor time of `striate train --dry-run` of tiny
// (0.14 s a step) and small (7 s) on a core with AVX-512.
constexpr double ns_per_synapse = 0.27, ns_per_cell = 4, ns_per_lgn_edge = 0.021;
constexpr double ns_per_trained_lgn_edge = 0.05;  // besides
constexpr double forward_share =
    0.25;  // of an update's time, and what is left of it without recurrent credit
// Fitted to the memory of the same runs on one rank, 75 MB and 642 MB: edges while they are read, moments and
// gradients, voltages of all trials.
constexpr double bytes_per_edge = 40, bytes_per_synapse = 12, bytes_per_voltage = 4;
constexpr double bytes_per_trained_lgn_edge = 20;  // besides: row, gradient, two moments, best weight so far
constexpr double bytes_per_rank = 5e7, bytes_per_rank_and_cell = 500;

bool has_preset(const std::string& option) {
  const auto names = io::shipped_names(io::training_configs);
  return std::ranges::find(names, option) != names.end();
}

double rows_in(const io::NodesEntry& nodes, const std::string& population) {
  const auto file = io::h5::File::open(nodes.nodes_file);
  const auto dataset = "/nodes/" + population + "/node_type_id";
  return io::h5::is_dataset(file, dataset)
             ? static_cast<double>(io::h5::dataset_info(file, dataset).shape.front())
             : 0;
}

TrainingSizes sizes_to_build(const std::string& network) {
  const auto spec = builder::read_network_spec(network, {}, "");
  const auto built = builder::estimate(spec, {.base = network, .parts = {}}, {});
  return {.cells = built.background_edges / std::max(1.0, static_cast<double>(spec.background.connections)),
          .recurrent = built.recurrent_edges,
          .lgn = built.lgn_rows,
          .background = built.background_edges};
}

std::string words_of(const fs::path& base, const std::string& network, const std::string& option) {
  const auto config = training_files(base, option).config;
  const auto sizes = io::is_there(config) && fs::exists(core::NetworkPaths{base}.edges(core::v1_population))
                         ? training_sizes(config)
                         : sizes_to_build(network);
  return describe(estimate_training(sizes, read_training_preset(preset_of_option(option), {})));
}

}  // namespace

std::string preset_of_option(const std::string& option) {
  return has_preset(option) ? option : "bio_trained";
}

TrainingSizes training_sizes(const fs::path& config) {
  const auto document = io::load_sonata_config(config);
  TrainingSizes sizes;
  std::string neurons;
  for (const auto& entry : document.edges)
    for (const auto& name : io::EdgePopulation::names(entry.edges_file)) {
      const io::EdgePopulation edges(entry.edges_file, name);
      const auto& source = edges.source_population();
      neurons = edges.target_population();
      (source.starts_with("lgn")   ? sizes.lgn
       : source.starts_with("bkg") ? sizes.background
                                   : sizes.recurrent) += static_cast<double>(edges.size());
    }
  for (const auto& nodes : document.nodes) sizes.cells += rows_in(nodes, neurons);
  return sizes;
}

TrainingEstimate estimate_training(const TrainingSizes& sizes, const TrainingPreset& preset) {
  const auto& session = preset.session;
  const auto trials = static_cast<double>(session.trials), steps = static_cast<double>(session.steps);
  const double trial_steps = trials * steps;
  // Of a step: gray and evoked; the gray start and the held-out trials, without gradients, once an epoch.
  const double held_out_trials = static_cast<double>(session.held_out_directions + 1) * trials;
  const double forward_only = (trials * static_cast<double>(session.gray_steps) + held_out_trials * steps) /
                              (trial_steps * static_cast<double>(preset.steps));
  const double updates = 2 + forward_share * forward_only;
  const double backward = session.gradient.recurrent_credit > 0 ? 1 : forward_share;
  TrainingEstimate estimate;
  estimate.steps = preset.epochs * preset.steps;
  estimate.step_s = updates * trial_steps * 1e-9 *
                    (sizes.recurrent * ns_per_synapse * backward + sizes.cells * ns_per_cell +
                     sizes.lgn * (ns_per_lgn_edge + (preset.train_lgn ? ns_per_trained_lgn_edge : 0)));
  estimate.bytes_per_rank =
      static_cast<std::uint64_t>(bytes_per_rank + bytes_per_rank_and_cell * sizes.cells);
  estimate.shared_bytes = static_cast<std::uint64_t>(
      bytes_per_edge * (sizes.recurrent + sizes.lgn + sizes.background) +
      (preset.train_lgn ? bytes_per_trained_lgn_edge * sizes.lgn : 0) + bytes_per_synapse * sizes.recurrent +
      bytes_per_voltage * sizes.cells * trial_steps);
  return estimate;
}

std::string describe(const TrainingEstimate& estimate) {
  return fmt::format("about {:.2g} core-hours, {} steps of {:.2g} s on one core, and {} of memory",
                     estimate.core_hours(), estimate.steps, estimate.step_s,
                     core::human_bytes(estimate.shared_bytes + estimate.bytes_per_rank));
}

slurm::TrainedFiles trained_files(const fs::path& base, const std::string& option,
                                  const TrainingPreset& preset) {
  const auto files = training_files(base, option);
  slurm::TrainedFiles trained{.config = files.config,
                              .edges = {files.recurrent, files.background},
                              .checkpoint = files.checkpoint,
                              .log = files.log};
  if (preset.train_lgn) trained.edges.push_back(files.lgn);
  return trained;
}

slurm::TrainingRule training_rule() {
  const auto files = [](const fs::path& base, const std::string& option) {
    return trained_files(base, option, read_training_preset(preset_of_option(option), {}));
  };
  return {.files = files, .is_known = has_preset, .estimate = words_of};
}

}  // namespace striate::workflows
