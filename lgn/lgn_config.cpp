// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/lgn_config.hpp"

#include <cctype>
#include <charconv>

#include "core/errors/error.hpp"
#include "core/log.hpp"

namespace striate::lgn {
namespace {

using io::JsonSection;
namespace fs = std::filesystem;

/// The number that `text` ends with.
std::optional<std::uint64_t> trailing_number(std::string_view text) {
  const auto last = text.find_last_not_of("0123456789");
  const auto digits = last == std::string_view::npos ? text : text.substr(last + 1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return digits.empty() || error != std::errc() ? std::nullopt : std::optional(value);
}

/// "…_trial7" -> 7. Job scripts of the reference change only the output directory from trial to trial.
std::optional<std::uint64_t> trial_of_directory(const fs::path& directory) {
  const auto name = (directory.has_filename() ? directory : directory.parent_path()).filename().string();
  const auto at = name.rfind("trial");
  if (at == std::string::npos) return std::nullopt;
  const auto rest = name.substr(at + 5);
  const bool digits = !rest.empty() && rest.find_first_not_of("0123456789_") == std::string::npos;
  return digits ? trailing_number(rest) : std::nullopt;
}

/// An output relative to the output directory, which is another one for each trial (-o keeps only its name).
std::optional<fs::path> output_name(const JsonSection& output, const io::ConfigFiles& files, const char* key,
                                    const fs::path& directory, bool redirected) {
  const auto path = files.output(key);
  if (!path) return std::nullopt;
  if (!path->has_filename())
    throw core::ConfigError("invalid {} = \"{}\" (a file name is needed)", output.where(key), *path);
  if (redirected) return path->filename();
  const auto relative = path->lexically_relative(directory);
  return relative.empty() || (relative.begin()->native() == ".." && path->is_absolute()) ? *path : relative;
}

OutputPlan read_output(const JsonSection& output, const io::ConfigFiles& files, const fs::path& directory,
                       bool redirected) {
  OutputPlan plan;
  const auto name = [&](const char* key) { return output_name(output, files, key, directory, redirected); };
  for (const char* key :
       {"spikes_h5", "spikes_csv", "rates_h5", "rates_csv", "log_file", "spikes_file", "spikes_file_csv"})
    output.string(key);
  plan.directory = directory;
  plan.spikes_h5 = name("spikes_h5");
  plan.spikes_csv = name("spikes_csv");
  plan.rates_h5 = name("rates_h5");
  plan.rates_csv = name("rates_csv");
  plan.log_file = name("log_file");
  plan.log_to_console = output.boolean("log_to_console").value_or(true);
  plan.overwrite = output.boolean("overwrite_output_dir").value_or(true);
  for (const auto& [key, other] :
       {std::pair{"spikes_h5", "spikes_file"}, std::pair{"spikes_csv", "spikes_file_csv"}})
    if (output.has(key) && output.has(other))
      core::log::warning("{} is ignored ({} says the same thing and has precedence)", output.where(other),
                         key);
  for (const char* key : {"spikes_nwb", "spikes_file_nwb"})
    if (output.has(key))
      core::log::warning("{} is ignored (NWB files are not written) use spikes_h5", output.where(key));
  if (output.has("compression")) {
    const io::Json& compression = output.require("compression");
    if (compression.is_null() || compression == "none")
      plan.deflate = 0;
    else if (compression != "gzip")
      throw core::ConfigError("unsupported {} = {} (\"gzip\" or \"none\")", output.where("compression"),
                              io::compact_text(compression));
  }
  output.accept({"output_dir", "log_level", "log_format", "spikes_sort_order"});
  output.warn_unknown_keys();
  if (!plan.spikes_h5 && !plan.spikes_csv && !plan.rates_h5 && !plan.rates_csv)
    throw core::ConfigError("no output file is asked for at {} add \"spikes_h5\": \"spikes.h5\"",
                            output.where("spikes_h5"));
  return plan;
}

std::uint64_t configured_seed(const JsonSection& run) {
  const auto seed = run.integer("random_seed").value_or(0);
  if (seed < 0)
    throw core::ConfigError("invalid {} = {} (must not be negative)", run.where("random_seed"), seed);
  return static_cast<std::uint64_t>(seed);
}

std::vector<std::uint64_t> chosen_trials(const LgnOptions& options, const JsonSection& input,
                                         const fs::path& directory) {
  if (options.trial_count) {
    std::vector<std::uint64_t> trials(*options.trial_count);
    for (std::size_t t = 0; t < trials.size(); ++t) trials[t] = t;
    return trials;
  }
  if (options.trial) return {*options.trial};
  if (const auto trial = trial_of(input)) return {*trial};
  return {trial_of_directory(directory).value_or(0)};
}

}  // namespace

std::optional<std::uint64_t> trial_of(const JsonSection& input) {
  if (!input.has("trial")) return std::nullopt;
  const io::Json& value = input.require("trial");
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (value.is_string()) return trailing_number(value.get<std::string>());
  throw core::ConfigError("invalid {} (a number from 0 on, or a text that ends with one)",
                          input.where("trial"));
}

double run_tstop_ms(const io::SonataConfig& config) {
  const auto run = config.section("run");
  const double tstop_ms = run.require_number("tstop");
  if (!(tstop_ms > 0) || !(tstop_ms < 1e12))
    throw core::ConfigError("invalid {} = {} (ms, must be positive)", run.where("tstop"), tstop_ms);
  return tstop_ms;
}

JsonSection enabled_input(const io::SonataConfig& config) {
  const auto inputs = config.section("inputs");
  std::optional<JsonSection> chosen;
  for (const auto& [name, value] : inputs.json().items()) {
    const auto input = inputs.require_section(name);
    if (!input.boolean("enabled").value_or(true)) continue;
    if (chosen)
      throw core::ConfigError(
          "several enabled inputs, {} is the second (one stimulus per run) set \"enabled\": "
          "false for the others",
          inputs.where(name));
    chosen = input;
  }
  if (!chosen) throw core::ConfigError("no enabled input at {} (a stimulus is needed)", inputs.where(""));
  return *chosen;
}

LgnPlan make_plan(const io::SonataConfig& config, const LgnOptions& options) {
  if (io::declared_kind(config.document) == io::RunKind::simulation)
    throw core::ConfigError(
        "{} is a configuration of a simulation (its target_simulator is NEST) run it with 'striate simulate "
        "{}'",
        config.file, config.file);
  io::check_top_level(config);
  const auto output = config.section("output");
  const auto run = config.section("run");
  const auto input = enabled_input(config);
  LgnPlan plan;
  plan.config_file = config.file;
  plan.nodes = config.nodes;
  plan.document = config.document;
  if (const auto components = config.optional_section("components");
      components && components->has("filter_models_dir"))
    plan.filter_models_dir = config.component_dir("filter_models_dir");
  if (const auto conditions = config.optional_section("conditions"))
    for (const char* key : {"jitter_lower", "jitter_upper"})
      if (conditions->has(key))
        core::log::warning("{} is ignored (kernels are taken as they stand)", conditions->where(key));
  const fs::path directory =
      options.output_dir ? fs::absolute(*options.output_dir).lexically_normal() : config.output_dir;
  plan.document["output"]["output_dir"] = directory.string();
  const auto files = io::files_of_config(config, io::RunKind::lgn);
  plan.inputs = files.inputs;
  io::require_inputs(config, files);
  if (!options.output_dir) io::check_outputs(std::vector{files});
  plan.output = read_output(output, files, directory, options.output_dir.has_value());
  plan.seed = options.seed.value_or(configured_seed(run));
  plan.trials = chosen_trials(options, input, directory);
  plan.directory_per_trial = options.trial_count.has_value();
  plan.process = options.process;
  const double tstop_ms = run_tstop_ms(config);
  run.accept(
      {"tstop", "dt", "overwrite_output_dir", "tstart", "duration", "nsteps_block", "dL", "spike_threshold"});
  run.warn_unknown_keys();
  if (plan.directory_per_trial)
    for (const auto& name : {plan.output.spikes_h5, plan.output.spikes_csv})
      if (name && (name->is_absolute() || *name->lexically_normal().begin() == ".."))
        throw core::ConfigError(
            "{} lies outside the output directory (trials would overwrite each other) use a "
            "relative name",
            *name);
  auto stimulus = read_stimulus(input, tstop_ms);
  plan.stimulus = std::move(stimulus.stimulus);
  plan.sampling = stimulus.sampling;
  return plan;
}

bool same_rates(const LgnPlan& a, const LgnPlan& b) {
  return a.stimulus.condition == b.stimulus.condition && a.stimulus.frames == b.stimulus.frames &&
         a.sampling == b.sampling && a.nodes == b.nodes && a.filter_models_dir == b.filter_models_dir;
}

fs::path output_directory(const LgnPlan& plan, std::uint64_t trial) {
  if (!plan.directory_per_trial) return plan.output.directory;
  const auto& directory = plan.output.directory;
  const auto trimmed = directory.has_filename() ? directory : directory.parent_path();
  return trimmed.string() + fmt::format("_trial{}", trial);
}

std::optional<fs::path> config_copy(const LgnPlan& plan, std::uint64_t trial) {
  auto copy = output_directory(plan, trial) / plan.config_file.filename();
  std::error_code ignored;
  return fs::equivalent(copy, plan.config_file, ignored) ? std::nullopt : std::optional(std::move(copy));
}

fs::path output_path(const LgnPlan& plan, std::uint64_t trial, const fs::path& name) {
  return output_directory(plan, trial) / name;  // an absolute name stays as it is
}

}  // namespace striate::lgn
