// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/silencing.hpp"

#include "core/current_name.hpp"
#include "core/errors/error.hpp"
#include "core/network_paths.hpp"

namespace striate::interventions {
namespace {

/// The object `key` of the config, made if absent.
io::Json& object_of(io::Json& config, const char* key, const std::filesystem::path& file) {
  auto& object = config[key];
  if (object.is_null()) object = io::Json::object();
  if (!object.is_object()) throw core::ConfigError("{}:/{} is no object (a clamp belongs there)", file, key);
  return object;
}

void set_output(io::Json& config, const std::string& condition, const std::filesystem::path& file) {
  constexpr const char* variable = "$OUTPUT_DIR";
  const std::string name = "output_" + condition;
  auto& output = object_of(config, "output", file);
  const bool named = output.contains("output_dir") && output["output_dir"] == variable;
  if (named && config.contains("manifest") && config["manifest"].contains("$BASE_DIR"))
    config["manifest"][variable] = "$BASE_DIR/" + name;
  else
    output["output_dir"] = "${configdir}/../" + name;
}

}  // namespace

Silencing with_amplitude(Silencing silencing, double amp_pA) {
  const auto suffix = core::current_name(silencing.amp_pA);
  if (!silencing.condition.ends_with(suffix))
    throw core::UsageError("no other current for {} (its name does not end in {}) add a row to the table",
                           silencing.condition, suffix);
  silencing.condition.resize(silencing.condition.size() - suffix.size());
  silencing.condition += core::current_name(amp_pA);
  silencing.amp_pA = amp_pA;
  return silencing;
}

io::Json silenced_config(io::Json config, const std::filesystem::path& file, const Silencing& silencing,
                         std::span<const std::uint64_t> ids) {
  if (!config.is_object()) throw core::ConfigError("{} is no simulation config (must be an object)", file);
  if (config.contains("node_sets_file") && !config.contains("node_sets"))
    throw core::ConfigError(
        "{}:/node_sets_file would no longer be read (inline node_sets replace it) copy its sets into the "
        "config",
        file);
  set_output(config, silencing.condition, file);
  auto& inputs = object_of(config, "inputs", file);
  if (inputs.contains(silencing.clamp))
    throw core::ConfigError("{}:/inputs/{} exists (the clamp of {} has this name)", file, silencing.clamp,
                            silencing.condition);
  inputs[silencing.clamp] = {
      {"input_type", "current_clamp"},  {"module", "IClamp"},
      {"node_set", silencing.node_set}, {"amp", silencing.amp_pA},
      {"delay", silencing.from_ms},     {"duration", silencing.to_ms - silencing.from_ms}};
  auto& node_sets = object_of(config, "node_sets", file);
  if (node_sets.contains(silencing.node_set))
    throw core::ConfigError("{}:/node_sets/{} exists (the cohort of {} has this name)", file,
                            silencing.node_set, silencing.condition);
  io::Json list = io::Json::array();
  for (const auto id : ids) list.push_back(id);
  node_sets[silencing.node_set] = {{"population", core::v1_population}, {"node_id", list}};
  return config;
}

}  // namespace striate::interventions
