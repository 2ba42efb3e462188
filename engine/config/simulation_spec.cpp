// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/simulation_spec.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "engine/config/current_clamp.hpp"
#include "engine/config/report_spec.hpp"

namespace striate::engine {
namespace {

using core::ConfigError;

constexpr core::Step most_steps = std::numeric_limits<std::int32_t>::max();
constexpr double finest_dt_ms = 0.001;
constexpr int default_gzip_level = 4;  // what BMTK's "gzip" means

template <class Range>
bool contains(const Range& range, std::string_view value) {
  return std::ranges::find(range, value) != std::end(range);
}

// --- run -------------------------------------------------------------------------------------------------

void read_duration(const io::JsonSection& run, SimulationSpec& spec) {
  const auto duration = run.number("duration");
  const auto tstop = run.number("tstop");
  if (!duration && !tstop)
    throw ConfigError("missing {} (length of the simulation, ms)", run.where("duration"));
  if (duration && tstop && *duration != *tstop)
    core::log::warning("{} = {} is ignored (duration = {} has precedence)", run.where("tstop"), *tstop,
                       *duration);
  const auto where = run.where(duration ? "duration" : "tstop");
  const double length = duration ? *duration : *tstop;
  if (!(length > 0.0)) throw ConfigError("invalid {}={} (must be positive)", where, length);
  if (!spec.grid.on_grid(length))
    throw ConfigError("invalid {}={} (must be a multiple of dt = {} ms)", where, length, spec.grid.dt_ms);
  spec.steps = spec.grid.nearest_step(length);
  if (spec.steps < 1 || spec.steps > most_steps)
    throw ConfigError("invalid {}={} ({} steps, must be 1..{})", where, length, spec.steps, most_steps);
}

void read_run(const io::JsonSection& run, SimulationSpec& spec, core::Problems* problems) {
  const bool has_grid = core::attempt(
      problems, [&] { spec.grid = core::make_time_grid(run.require_number("dt"), run.where("dt").c_str()); });
  // Whatever else can be checked is, on a grid that most times fit.
  if (!has_grid) spec.grid = core::make_time_grid(finest_dt_ms, run.where("dt").c_str());
  if (!core::attempt(problems, [&] { read_duration(run, spec); })) spec.steps = most_steps;
  if (const auto threads = run.integer("n_thread")) {
    if (*threads < 1 || *threads > std::numeric_limits<int>::max())
      throw ConfigError("invalid {}={} (must be at least 1)", run.where("n_thread"), *threads);
    spec.threads = static_cast<int>(*threads);
  }
  if (run.boolean("block_run").value_or(false) && !run.has("block_size"))
    throw ConfigError("missing {} (block_run is true) remove both: blocks change nothing",
                      run.where("block_size"));
  if (run.boolean("allow_offgrid_spikes").value_or(false))
    core::log::warning("{} changes nothing (a spike between two steps always counts for the later one)",
                       run.where("allow_offgrid_spikes"));
  if (!run.boolean("precise_times").value_or(true))
    core::log::warning("{} = false changes nothing (a spike between two steps counts for the later one)",
                       run.where("precise_times"));
  if (run.number("tstart").value_or(0.0) != 0.0)
    core::log::warning("{} is ignored (simulations start at 0 ms)", run.where("tstart"));
  run.accept({"block_size", "overwrite_output_dir", "spike_threshold", "dL", "nsteps_block", "print_time",
              "n_runs"});
  run.warn_unknown_keys();
}

// --- inputs ----------------------------------------------------------------------------------------------

std::optional<std::string> spike_population(const io::JsonSection& input) {
  for (const auto* key : {"population", "populations", "default_population"}) {
    const auto names = input.strings(key);
    if (!names) continue;
    if (names->size() != 1)
      throw ConfigError("{} populations in {} (must be one) write one input per population", names->size(),
                        input.where(key));
    return names->front();
  }
  return std::nullopt;
}

/// A file of spikes may still have to be made; a check says so and goes on.
void require_spikes(const std::filesystem::path& file, const io::JsonSection& input,
                    core::Problems* problems) {
  const auto where = input.where("input_file");
  if (problems != nullptr && !std::filesystem::exists(file))
    problems->note_absent(fmt::format("no such file yet {} ({}) it must exist before the run", file, where));
  else
    io::require_input({file, where}, input.file());
}

SpikeInput parse_spike_input(const io::JsonSection& input, const std::string& name,
                             core::Problems* problems) {
  const auto module = input.require_string("module");
  SpikeInput result{.name = name,
                    .file = input.require_string("input_file"),
                    .format = module == "csv" ? SpikeInput::Format::csv : SpikeInput::Format::h5,
                    .node_set = input.require("node_set"),
                    .population = spike_population(input),
                    .where = input.where()};
  if (const auto units = input.string("units").value_or("ms"); units != "ms")
    throw ConfigError("unsupported units \"{}\" in {} (spike times are in ms)", units, input.where("units"));
  require_spikes(result.file, input, problems);
  input.accept({"input_type", "enabled", "trial", "population", "populations", "default_population"});
  input.warn_unknown_keys();
  return result;
}

/// A current for a longer run.
void warn_of_end(const CurrentClamp& clamp, const SimulationSpec& spec) {
  const auto ms = [&](core::Step step) { return spec.grid.time_ms(step); };
  if (clamp.changes.empty()) return;
  const auto first = clamp.changes.front().step, last = clamp.changes.back().step;
  if (first >= spec.steps)
    core::log::warning("the current at {} begins at {} ms (the run ends at {} ms: none of it counts)",
                       clamp.where, ms(first), ms(spec.steps));
  else if (last > spec.steps)
    core::log::warning("the current at {} lasts until {} ms (the run ends at {} ms)", clamp.where, ms(last),
                       ms(spec.steps));
}

void parse_input(const io::JsonSection& input, const std::string& name, SimulationSpec& spec,
                 core::Problems* problems) {
  if (!input.boolean("enabled").value_or(true)) return;
  static const std::vector<std::string> modules{"h5", "hdf5", "sonata", "csv", "IClamp"}, types{"spikes"};
  const auto module = input.require_string("module");
  const auto input_type = input.require_string("input_type");
  if (module == "nwb" || module == "function" || module == "ecephys_probe")
    throw ConfigError(
        "unsupported input module \"{}\" in {} (must be h5, hdf5, sonata, csv or IClamp){}", module,
        input.where("module"),
        module == "ecephys_probe" ? " set \"enabled\": false" : " convert the spikes to SONATA");
  if (!contains(modules, module))
    throw ConfigError("unknown input module \"{}\" in {} (must be h5, hdf5, sonata, csv or IClamp){}", module,
                      input.where("module"), core::did_you_mean(module, modules));
  if (module == "IClamp") {
    auto clamp = parse_current_clamp(input, name, spec.grid);
    warn_of_end(clamp, spec);
    if (!clamp.changes.empty()) spec.clamps.push_back(std::move(clamp));
    return;
  }
  if (input_type != "spikes")
    throw ConfigError("unknown input_type \"{}\" in {} (module {} reads spikes){}", input_type,
                      input.where("input_type"), module, core::did_you_mean(input_type, types));
  spec.spike_inputs.push_back(parse_spike_input(input, name, problems));
}

// --- output ----------------------------------------------------------------------------------------------

int read_deflate(const io::JsonSection& output) {
  if (!output.has("compression")) return 0;
  const auto& value = output.require("compression");
  if (value == "none") return 0;
  if (value == "gzip") return default_gzip_level;
  if (value.is_number_integer() && value.get<std::int64_t>() >= 0 && value.get<std::int64_t>() <= 9)
    return value.get<int>();
  throw ConfigError("unknown compression {} in {} (must be \"none\", \"gzip\" or a level 0..9)",
                    io::compact_text(value), output.where("compression"));
}

io::SpikeOrder read_order(const io::JsonSection& output) {
  const auto order = output.string("spikes_sort_order").value_or("none");
  constexpr std::array by_time{"time", "by_time", "none", "na"};
  constexpr std::array by_id{"id", "by_id", "node_id", "gid"};
  if (contains(by_time, order)) return io::SpikeOrder::by_time;
  if (contains(by_id, order)) return io::SpikeOrder::by_id;
  throw ConfigError("unknown order \"{}\" in {} (must be time or id)", order,
                    output.where("spikes_sort_order"));
}

void read_output(const io::JsonSection& output, const io::ConfigFiles& files, OutputSpec& spec) {
  for (const char* key : {"log_file", "spikes_file", "spikes_file_csv"}) output.string(key);
  spec.log_file = files.output("log_file");
  spec.spikes_file = files.output("spikes_file");
  spec.spikes_file_csv = files.output("spikes_file_csv");
  spec.spikes_order = read_order(output);
  spec.deflate = read_deflate(output);
  spec.overwrite = output.boolean("overwrite_output_dir").value_or(true);
  spec.log_to_console = output.boolean("log_to_console").value_or(true);
  if (output.has("spikes_file_nwb"))
    core::log::warning("{} is ignored (NWB files are not written) use spikes_file",
                       output.where("spikes_file_nwb"));
  output.accept({"output_dir", "quiet_simulator", "cache_to_disk", "log_level", "log_format"});
  output.warn_unknown_keys();
}

void require_simulation(const io::SonataConfig& config) {
  if (io::declared_kind(config.document) == io::RunKind::lgn)
    throw ConfigError(
        "{} is a configuration of the LGN (its target_simulator is LGNModel) run it with 'striate lgn {}'",
        config.file, config.file);
}

/// A run whose result would be nowhere to be found.
void require_results(const io::SonataConfig& config, const io::ConfigFiles& files) {
  if (!files.results.empty()) return;
  throw ConfigError(
      "nothing would be recorded by {} (it has no output.spikes_file, no spikes_file_csv and no report) add "
      "\"output\": {{\"spikes_file\": \"spikes.h5\"}}, or name a directory with -o",
      config.file);
}

}  // namespace

SimulationSpec parse_simulation_spec(const io::SonataConfig& config, core::Problems* problems) {
  SimulationSpec spec;
  const auto attempt = [&](const auto& work) { core::attempt(problems, work); };
  attempt([&] { require_simulation(config); });
  attempt([&] { io::check_top_level(config); });
  spec.files = io::files_of_config(config, io::RunKind::simulation);
  attempt([&] { read_run(config.section("run"), spec, problems); });
  attempt([&] {
    if (const auto inputs = config.optional_section("inputs"))
      for (const auto& [name, unused] : inputs->json().items())
        attempt([&, &key = name] { parse_input(inputs->require_section(key), key, spec, problems); });
  });

  spec.output.directory = config.output_dir;
  attempt([&] {
    if (const auto output = config.optional_section("output")) read_output(*output, spec.files, spec.output);
  });
  attempt([&] {
    const auto reports = config.optional_section("reports");
    if (!reports) return;
    spec.reports = parse_reports(*reports, spec.grid, spec.steps, spec.files, problems);
  });

  const io::JsonSection root(config.document, config.file, "");
  attempt([&] {
    const auto modfile = root.string("modfile");
    if (!modfile) return;
    io::require_input({*modfile, root.where("modfile")}, config.file);
    spec.modfile = *modfile;
  });
  attempt([&] {
    if (root.string("node_sets_file") && root.has("node_sets"))
      core::log::warning("{} is ignored (node_sets has precedence)", root.where("node_sets_file"));
  });
  attempt([&] { require_results(config, spec.files); });
  attempt([&] { io::check_outputs(std::vector{spec.files}); });
  return spec;
}

}  // namespace striate::engine
