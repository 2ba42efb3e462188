// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/config_files.hpp"

#include <algorithm>
#include <array>

#include "core/errors/error.hpp"
#include "io/generation/run_record.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/type_table.hpp"
#include "io/text/json.hpp"

namespace striate::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* component = "component";  ///< key of inputs that only some types may need

const Json* member(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(key));
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> text(const Json& object, std::string_view key) {
  const auto* value = member(object, key);
  return value == nullptr || !value->is_string() ? std::nullopt : std::optional(value->get<std::string>());
}

/// A text or the texts of a list (an item for each run, see runs_of_config).
std::vector<std::string> texts(const Json& object, std::string_view key) {
  std::vector<std::string> texts;
  const auto* value = member(object, key);
  if (value == nullptr) return texts;
  if (value->is_string()) texts.push_back(value->get<std::string>());
  if (value->is_array())
    for (const auto& item : *value)
      if (item.is_string()) texts.push_back(item.get<std::string>());
  return texts;
}

bool is_enabled(const Json& entry) {
  return entry.is_object() && entry.value("enabled", Json(true)) != Json(false);
}

/// The configuration that a section came from, for messages.
std::string where_of(const SonataConfig& config, const std::string& section, const std::string& rest) {
  const auto origin = config.section_files.find(section);
  return fmt::format("{}:/{}{}", origin == config.section_files.end() ? config.file : origin->second, section,
                     rest);
}

// --- components ------------------------------------------------------------------------------------------

using Names = std::optional<std::set<std::string>>;

/// The parameter files of a table's rows, without those of virtual nodes if `of_neurons`.
Names names_in_table(const fs::path& file, std::string_view id_column, bool of_neurons) {
  std::set<std::string> names;
  try {
    const auto table = TypeTable::read(file, id_column);
    for (std::size_t row = 0; row < table.size(); ++row) {
      const auto model_type = table.text(row, "model_type");
      if (of_neurons && (model_type == "virtual" || model_type == "lgnmodel")) continue;
      if (const auto name = table.text(row, "dynamics_params"); name && !is_json_text(*name))
        names.insert(std::string(*name));
    }
  } catch (const core::Error&) {
    return std::nullopt;  // not there yet, or whoever reads it says what is wrong
  }
  return names;
}

/// Whether nodes or edges ("/nodes", "/edges") name parameter files of their own, beside their types' table.
bool has_names_of_its_own(const fs::path& file, const std::string& root) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return false;
  try {
    const auto opened = h5::File::open(file);
    for (const auto& population : h5::children(opened, root))
      for (const auto& group : h5::children(opened, root + "/" + population)) {
        const auto path = fmt::format("{}/{}/{}", root, population, group);
        if (h5::is_group(opened, path) && h5::is_dataset(opened, path + "/dynamics_params")) return true;
      }
  } catch (const core::Error&) {
  }
  return false;
}

/// A list of entries of "networks" and where the parameter files that they name lie.
struct ComponentUse {
  const char *list, *file_key, *types_key, *id_column, *folder_key;
};
constexpr ComponentUse node_models{"nodes", "nodes_file", "node_types_file", "node_type_id",
                                   "point_neuron_models_dir"};
constexpr ComponentUse edge_models{"edges", "edges_file", "edge_types_file", "edge_type_id",
                                   "synaptic_models_dir"};
constexpr ComponentUse filter_models{"nodes", "nodes_file", "node_types_file", "node_type_id",
                                     "filter_models_dir"};

/// The enabled entries of a list of networks.
std::vector<std::pair<std::size_t, const Json*>> entries_of(const SonataConfig& config, const char* list) {
  std::vector<std::pair<std::size_t, const Json*>> entries;
  const auto* networks = member(config.document, "networks");
  const auto* items = networks == nullptr ? nullptr : member(*networks, list);
  if (items == nullptr || !items->is_array()) return entries;
  for (std::size_t i = 0; i < items->size(); ++i)
    if (is_enabled((*items)[i])) entries.emplace_back(i, &(*items)[i]);
  return entries;
}

void add_networks(const SonataConfig& config, const ComponentUse& use, std::vector<NamedPath>& inputs) {
  for (const auto& [i, entry] : entries_of(config, use.list))
    for (const char* key : {use.file_key, use.types_key})
      if (const auto name = text(*entry, key); name && !is_no_table(*name))
        inputs.push_back({*name, where_of(config, "networks", fmt::format("/{}/{}/{}", use.list, i, key))});
}

/// Nullopt where an entry does not tell which files it needs.
Names names_of(const SonataConfig& config, const ComponentUse& use, ComponentNames& known) {
  std::set<std::string> all;
  for (const auto& [i, entry] : entries_of(config, use.list)) {
    const auto file = text(*entry, use.file_key), types = text(*entry, use.types_key);
    if (file) {
      const auto [found, is_new] = known.try_emplace({use.folder_key, *file}, Names(std::in_place));
      if (is_new && has_names_of_its_own(*file, fmt::format("/{}", use.list))) found->second.reset();
      if (!found->second) return std::nullopt;
    }
    if (!types || is_no_table(*types)) continue;
    const auto [found, is_new] = known.try_emplace({use.folder_key, *types});
    if (is_new) found->second = names_in_table(*types, use.id_column, &use == &node_models);
    if (!found->second) return std::nullopt;
    all.insert(found->second->begin(), found->second->end());
  }
  return all;
}

void add_components(const SonataConfig& config, const ComponentUse& use, ComponentNames& known,
                    std::vector<NamedPath>& inputs) {
  const auto* components = member(config.document, "components");
  const auto folder = components == nullptr ? std::nullopt : text(*components, use.folder_key);
  if (!folder || folder->empty()) return;
  const auto where = where_of(config, "components", fmt::format("/{}", use.folder_key));
  if (const auto names = names_of(config, use, known)) {
    for (const auto& name : *names) inputs.push_back({fs::path(*folder) / name, where, component});
    return;
  }
  if (&use == &filter_models) return;  // thalamic cells need none
  inputs.push_back({*folder, where, component});
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(*folder, ignored))
    if (entry.path().extension() == ".json") inputs.push_back({entry.path(), where, component});
}

/// As given where that is there, else beside the configuration where it is there.
fs::path given_or_beside(const JsonSection& input, const fs::path& given) {
  const auto beside = input.file().parent_path() / given;
  std::error_code ignored;
  return !fs::exists(given, ignored) && fs::exists(beside, ignored) ? beside : given;
}

// --- other inputs ----------------------------------------------------------------------------------------

/// The key of the file that an input of a simulation reads, if any.
const char* file_key_of(const Json& input) {
  const auto type = text(input, "input_type"), module = text(input, "module");
  if (module == "IClamp") return type == "csv" || type == "file" ? "file" : nullptr;
  return type == "spikes" ? "input_file" : nullptr;
}

void add_inputs(const SonataConfig& config, RunKind kind, std::vector<NamedPath>& inputs) {
  const auto* section = member(config.document, "inputs");
  if (section == nullptr || !section->is_object()) return;
  for (const auto& [name, input] : section->items()) {
    if (!is_enabled(input)) continue;
    const char* key = kind == RunKind::lgn ? "data_file" : file_key_of(input);
    if (key == nullptr) continue;
    const auto origin = config.section_files.find("inputs");
    const JsonSection place(input, origin == config.section_files.end() ? config.file : origin->second,
                            "/inputs/" + name);
    for (const auto& file : texts(input, key))
      inputs.push_back(
          {kind == RunKind::lgn ? given_or_beside(place, file) : fs::path(file), place.where(key)});
  }
}

void add_simulation_inputs(const SonataConfig& config, ComponentNames& known,
                           std::vector<NamedPath>& inputs) {
  add_networks(config, edge_models, inputs);
  add_components(config, node_models, known, inputs);
  add_components(config, edge_models, known, inputs);
  const auto add_key = [&](const std::string& key) {
    if (const auto file = text(config.document, key); file && !file->empty())
      inputs.push_back({*file, where_of(config, key, "")});
  };
  if (member(config.document, "node_sets") == nullptr) add_key("node_sets_file");
  add_key("modfile");
}

// --- outputs ---------------------------------------------------------------------------------------------

/// An output and the keys that may name it, in the order in which they count.
struct OutputKey {
  const char* key;
  std::array<const char*, 2> names;
};
constexpr std::array simulation_outputs{OutputKey{"spikes_file", {"spikes_file", nullptr}},
                                        OutputKey{"spikes_file_csv", {"spikes_file_csv", nullptr}}};
constexpr std::array lgn_outputs{OutputKey{"spikes_h5", {"spikes_h5", "spikes_file"}},
                                 OutputKey{"spikes_csv", {"spikes_csv", "spikes_file_csv"}},
                                 OutputKey{"rates_h5", {"rates_h5", nullptr}},
                                 OutputKey{"rates_csv", {"rates_csv", nullptr}}};
constexpr OutputKey log_file{"log_file", {"log_file", nullptr}};

void add_output(const SonataConfig& config, const OutputKey& output, std::vector<NamedPath>& files) {
  const auto* section = member(config.document, "output");
  if (section == nullptr) return;
  for (const char* name : output.names) {
    if (name == nullptr) continue;
    const auto names = texts(*section, name);
    for (const auto& file : names)
      files.push_back(
          {below(config.output_dir, file), where_of(config, "output", fmt::format("/{}", name)), output.key});
    if (!names.empty()) return;
  }
}

void add_reports(const SonataConfig& config, std::vector<NamedPath>& files) {
  const auto* reports = member(config.document, "reports");
  if (reports == nullptr || !reports->is_object()) return;
  for (const auto& [name, report] : reports->items()) {
    // spikes_report writes nothing of its own: engine/config/report_spec.cpp.
    if (!is_enabled(report) || text(report, "module") == "spikes_report") continue;
    auto names = texts(report, "file_name");
    if (names.empty()) names.push_back(name + ".h5");
    for (const auto& file : names)
      files.push_back({below(config.output_dir, file), where_of(config, "reports", fmt::format("/{}", name)),
                       "reports/" + name});
  }
}

/// True also when both are the same.
bool begins_with(const fs::path& path, const fs::path& directory) {
  const auto [rest, unused] = std::mismatch(directory.begin(), directory.end(), path.begin(), path.end());
  return rest == directory.end();
}

}  // namespace

std::optional<RunKind> declared_kind(const Json& document) {
  const auto simulator = text(document, "target_simulator");
  if (simulator == "LGNModel") return RunKind::lgn;
  if (simulator == "NEST") return RunKind::simulation;
  return std::nullopt;
}

RunKind kind_of_config(const Json& document, const fs::path& file) {
  if (const auto kind = declared_kind(document)) return *kind;
  if (const auto* output = member(document, "output"))
    for (const char* key : {"spikes_h5", "spikes_csv", "rates_h5", "rates_csv"})
      if (member(*output, key) != nullptr) return RunKind::lgn;
  if (const auto* inputs = member(document, "inputs"); inputs != nullptr && inputs->is_object())
    for (const auto& input : *inputs)
      if (is_enabled(input) && text(input, "input_type") == "movie") return RunKind::lgn;
  return file.filename().string().starts_with("config_filternet") ? RunKind::lgn : RunKind::simulation;
}

std::optional<fs::path> ConfigFiles::output(std::string_view key) const {
  for (const auto* list : {&results, &records})
    for (const auto& file : *list)
      if (file.key == key) return file.path;
  return std::nullopt;
}

ConfigFiles files_of_config(const SonataConfig& config, RunKind kind, ComponentNames* known) {
  ComponentNames own;
  auto& names = known == nullptr ? own : *known;
  ConfigFiles files;
  files.inputs.push_back({config.file, kind == RunKind::lgn ? "the LGN" : "the simulation"});
  for (const auto& child : config.children) files.inputs.push_back(child);
  add_networks(config, node_models, files.inputs);
  add_inputs(config, kind, files.inputs);
  if (kind == RunKind::lgn)
    add_components(config, filter_models, names, files.inputs);
  else
    add_simulation_inputs(config, names, files.inputs);

  if (kind == RunKind::lgn)
    for (const auto& output : lgn_outputs) add_output(config, output, files.results);
  else
    for (const auto& output : simulation_outputs) add_output(config, output, files.results);
  if (kind == RunKind::simulation) add_reports(config, files.results);
  add_output(config, log_file, files.records);
  if (const auto copy = config.output_dir / config.file.filename();
      config.run == 0 && resolved(copy) != resolved(config.file))
    files.records.push_back({copy, fmt::format("the copy of {}", config.file), config_copy});
  if (config.run == 0)
    files.records.push_back(
        {config.output_dir / run_record_name, fmt::format("the record of {}", config.file), shared_output});
  return files;
}

fs::path below(const fs::path& directory, const fs::path& file) {
  const bool inside = begins_with(file, directory) ||
                      begins_with(file.lexically_normal(), (directory / "").lexically_normal().parent_path());
  return file.is_absolute() || inside ? file : directory / file;
}

fs::path stimulus_file(const JsonSection& input) {
  return given_or_beside(input, input.require_string("data_file"));
}

void require_input(const NamedPath& file, const fs::path& config) {
  std::error_code ignored;
  const auto folder = fs::absolute(config).parent_path();
  if (file.path.is_relative() && !fs::exists(file.path, ignored)) {
    const auto here = fs::current_path(ignored);
    if (fs::exists(folder / file.path, ignored))
      throw core::MissingFileError(
          "no such file {} ({}; looked for from {}) it lies beside the configuration: start from {}, or let "
          "paths begin with ${{configdir}}",
          file.path, file.where, here, folder);
    throw core::MissingFileError("no such file {} ({}; looked for from {}) check the path", file.path,
                                 file.where, here);
  }
  core::require_readable(file.path, file.where);
}

void require_inputs(const SonataConfig& config, const ConfigFiles& files) {
  for (const auto& file : files.inputs)
    if (file.key != component) require_input(file, config.file);
}

void check_outputs(const std::vector<ConfigFiles>& configs) {
  std::vector<NamedPath> outputs, inputs;
  for (const auto& files : configs) {
    for (const auto* list : {&files.results, &files.records})
      outputs.insert(outputs.end(), list->begin(), list->end());
    inputs.insert(inputs.end(), files.inputs.begin(), files.inputs.end());
  }
  check_outputs(outputs, inputs);
}

}  // namespace striate::io
