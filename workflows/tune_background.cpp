// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/tune_background.hpp"

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/network_paths.hpp"
#include "core/timers.hpp"
#include "engine/run/simulate.hpp"
#include "interventions/background_tuning.hpp"
#include "io/generation/generation.hpp"
#include "io/generation/output_lock.hpp"
#include "io/paradigm/paradigm.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/edges.hpp"
#include "io/text/atomic_file.hpp"
#include "lgn/generate_all.hpp"
#include "lgn/spikes/background_spikes.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;

/// The root's answer on all ranks.
bool exists(const fs::path& file, const core::Comm& world) {
  std::error_code ignored;
  return world.max(std::int64_t{world.is_root() && fs::exists(file, ignored)}) != 0;
}

/// Ten seconds of LGN and background spikes, where the network has none yet.
void make_inputs(const fs::path& base, const core::Comm& world) {
  if (!exists(base / "filternet_bkgtune/spikes.h5", world)) {
    core::log::info("LGN: ten seconds of a gray screen");
    lgn::generate_all({base / "configs/config_filternet_bkgtune.json"}, {}, world);
  }
  const fs::path train = "bkg/bkg_spikes_250Hz_10s.h5";
  if (!exists(base / train, world)) {
    core::log::info("background spikes");
    const auto units = io::background_units(base);
    auto plan = lgn::standard_background();
    std::erase_if(plan, [&](const lgn::BackgroundTrain& each) { return each.file != train; });
    lgn::write_background(
        plan, base, {.units = units, .network = io::network_of(core::NetworkPaths{base}.network())}, world);
  }
}

/// The config of the tuning simulation with a table of edge types of its own, so that the network stays as it
/// is until the end.
struct TuningRun {
  io::SonataConfig config;
  fs::path edge_types_file;  ///< the network's
  fs::path working_table, working_config;
  double seconds = 0;
};

TuningRun prepare_run(const fs::path& base) {
  TuningRun run;
  run.config = io::load_sonata_config(base / "configs/config_bkgtune.json");
  run.seconds = run.config.section("run").require_number("duration") / 1000;
  run.working_table = run.config.output_dir / core::edge_types_file_name(core::background_population);
  run.working_config = run.config.output_dir / "config_bkgtune_iteration.json";
  const auto edges =
      std::ranges::find(run.config.edges, fs::path(core::edges_file_name(core::background_population)),
                        [](const auto& entry) { return entry.edges_file.filename(); });
  if (edges == run.config.edges.end() || !edges->edge_types_file)
    throw core::ConfigError("no {} with a table of types in {}:/networks/edges (its weights are tuned)",
                            core::edges_file_name(core::background_population), run.config.file);
  run.edge_types_file = *edges->edge_types_file;
  const io::EdgePopulation background(edges->edges_file, core::edges_onto_v1(core::background_population));
  if (background.has_attribute("syn_weight"))
    throw core::ConfigError(
        "{} has syn_weight for single edges (they would override the tuned weights of "
        "edge types) use the file as 'striate build' makes it",
        edges->edges_file);
  return run;
}

void write_working_config(const TuningRun& run) {
  io::make_folder(run.config.output_dir);
  auto document = run.config.document;
  int replaced = 0;
  for (auto& edges : document["networks"]["edges"])
    if (edges.contains("edge_types_file") && edges["edge_types_file"] == run.edge_types_file.string()) {
      edges["edge_types_file"] = run.working_table.string();
      ++replaced;
    }
  if (replaced != 1)
    throw core::ConfigError("{} is the table of types of {} edge files in {} (exactly one is to be tuned)",
                            run.edge_types_file, replaced, run.config.file);
  document["output"].erase("spikes_file_csv");
  io::write_text_file(run.working_config, io::indented_text(document) + "\n");
}

/// `file` with "_before_tuning", numbered when there is one already.
fs::path backup_name(const fs::path& file) {
  const auto stem = (file.parent_path() / file.stem()).string() + "_before_tuning";
  fs::path name = stem + ".csv";
  for (int number = 2; fs::exists(name); ++number) name = fmt::format("{}_{}.csv", stem, number);
  return name;
}

/// The last simulation's table becomes the network's.
void keep_result(const TuningRun& run, const std::string& text, bool adjusted_only) {
  const auto table = run.edge_types_file.lexically_normal();
  auto adjusted = table;
  adjusted.replace_filename(table.stem().string() + "_adjusted.csv");
  io::write_text_file(adjusted, text);
  core::log::info("written: {}", adjusted);
  if (adjusted_only) return;
  const auto backup = backup_name(table);
  io::copy_incomplete(table, backup);
  io::publish(backup);
  io::write_text_file(table, text);
  core::log::info("written: {} (before: {})", table, backup);
}

void warn_of_unreachable(const std::vector<interventions::TunedModel>& models) {
  std::size_t count = 0;
  for (const auto& model : models) {
    if (!model.solver.out_of_reach()) continue;
    ++count;
    core::log::detail("model {} of {} fires at {:.3f} Hz with 64 pA, below its target of {:.3f} Hz",
                      model.node_type_id, model.population, model.rate_hz, model.solver.target());
  }
  if (count != 0)
    core::log::warning(
        "{} models stay below their targets even with the largest weight, 64 pA (see the "
        "result table; --verbose lists them)",
        count);
}

/// Simulates once with the current weights; the messages of the simulation stay away.
void simulate_once(const TuningRun& run, const core::Comm& world) {
  const auto level = core::log::level();
  if (level == core::log::Level::normal) core::log::set_up(core::log::Level::quiet, world.rank());
  engine::SimulateOptions options;
  options.configs = {run.working_config};
  engine::simulate(options, world);
  core::log::remove_file();
  core::log::set_up(level, world.rank());
}

std::vector<fs::path> tune_background(const core::Call& call, const core::Comm& world) {
  const auto start = core::Clock::now();
  const auto base = call.base();
  const auto targets = call.values.text_if("targets");
  const auto most = call.values.whole("iterations");
  const auto run = prepare_run(base);
  const auto lock = io::lock_file(run.edge_types_file, world);
  const auto table = io::TypeTable::read(run.edge_types_file, "edge_type_id");
  const auto cells = metrics::read_cells(base, {});
  const auto reference = metrics::shipped_recordings();
  auto models = interventions::models_to_tune(
      table, cells,
      targets ? interventions::read_target_rates(*targets)
              : interventions::recorded_median_rates(cells, metrics::read_compact_table(reference)));
  make_inputs(base, world);
  if (world.is_root()) write_working_config(run);
  std::int64_t iteration = 0;
  bool done = false;
  while (!done && iteration < most) {
    ++iteration;
    interventions::take_weights(models);
    if (world.is_root()) io::write_text_file(run.working_table, interventions::with_weights(table, models));
    world.barrier();
    simulate_once(run, world);
    if (world.is_root()) {
      const auto spikes =
          metrics::count_spikes(run.config.output_dir / "spikes.h5", cells, {{metrics::whole_file}, {}});
      interventions::take_rates(models, spikes, run.seconds);
      core::log::info("iteration {}\n{}", iteration, interventions::progress_table(models));
      if (iteration == 2) warn_of_unreachable(models);
    }
    done = world.max(std::int64_t{world.is_root() && interventions::all_done(models)}) != 0;
  }
  if (!world.is_root()) return {};
  const auto result = interventions::result_table(models);
  const auto file = base / "metrics/background_tuning.csv";
  metrics::write_csv(file, result, ',',
                     {.kind = "background",
                      .inputs = {run.config.file.string(), targets.value_or(reference.string())},
                      .options = {{"iterations", fmt::format("{}", iteration)}},
                      .command = "tune"});
  core::log::info("result\n{}", metrics::to_csv(result, ' '));
  const auto solved = std::ranges::count_if(models, &interventions::TunedModel::done);
  core::log::info("{} of {} models are tuned after {} simulations of {} s, in {:.1f} s", solved,
                  models.size(), iteration, run.seconds, core::seconds_since(start));
  if (!done)
    core::log::warning("no weight found for {} models within so many simulations (solved = no in {})",
                       static_cast<std::ptrdiff_t>(models.size()) - solved, file);
  keep_result(run, interventions::with_weights(table, models), call.values.given("adjusted-only"));
  return {file};
}

}  // namespace

std::span<const core::Kind> tune_kinds() {
  static constexpr core::Option background_options[] = {
      {.name = "iterations",
       .type = core::Option::Type::whole,
       .value = "N",
       .help = "at most so many simulations",
       .usual = 20,
       .low = 1,
       .high = 1000},
      {.name = "targets",
       .value = "FILE",
       .help = "table with population and target_median_fr, Hz (medians of the shipped recordings)"},
      {.name = "adjusted-only",
       .type = core::Option::Type::flag,
       .help = "leave bkg_v1_edge_types.csv as it is"}};
  static constexpr core::Kind kinds[] = {
      {.name = "background",
       .arguments = "BASE",
       .help = "weights of background synapses from recorded spontaneous rates",
       .details = "Finds the weight of background synapses at which each cell model of V1 has its median "
                  "spontaneous\n"
                  "rate, by bisection, with LGN and background input and without recurrent connections\n"
                  "(BASE/configs/config_bkgtune.json, ten seconds; replaces bkg_weight_adjustment.py). The "
                  "weights go\n"
                  "to BASE/network/bkg_v1_edge_types.csv, of which a copy is kept, and "
                  "bkg_v1_edge_types_adjusted.csv.",
       .options = background_options,
       .reads = {metrics::nodes_file, "network/lgn_v1_edges.h5", "network/bkg_v1_edges.h5",
                 "network/bkg_v1_edge_types.csv", "configs/config_bkgtune.json",
                 "filternet_bkgtune/spikes.h5", "bkg/bkg_spikes_250Hz_10s.h5"},
       .writes = {"network/bkg_v1_edge_types_adjusted.csv", "metrics/background_tuning.csv"},
       .run = tune_background}};
  return kinds;
}

}  // namespace striate::workflows
