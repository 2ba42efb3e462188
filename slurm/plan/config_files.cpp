// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/config_files.hpp"

#include <algorithm>

#include "io/sonata/sonata_variables.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

fs::path whole_path(const fs::path& path) {
  return fs::absolute(path).lexically_normal();
}

const io::Json* member(const io::Json& object, const char* key) {
  if (!object.is_object() || !object.contains(key)) return nullptr;
  return &object[key];
}

void add_file(const io::Json& object, const char* key, const fs::path& folder, std::vector<fs::path>& files) {
  const auto* value = member(object, key);
  if (value == nullptr || !value->is_string()) return;
  auto file = whole_path(folder / value->get<std::string>());
  if (std::ranges::find(files, file) == files.end()) files.push_back(std::move(file));
}

bool is_enabled(const io::Json& entry) {
  return entry.is_object() && entry.value("enabled", io::Json(true)) != io::Json(false);
}

io::Json expanded(const io::Json& document, const fs::path& file) {
  const auto place = whole_path(file);
  const io::Json none = io::Json::object();
  const auto* manifest = member(document, "manifest");
  io::Json result = document;
  io::expand_variables(result,
                       io::resolve_manifest(io::JsonSection(manifest ? *manifest : none, place, "/manifest"),
                                            io::built_in_variables(place, 0)),
                       place.string());
  return result;
}

void add_networks(const io::Json& document, std::vector<fs::path>& inputs) {
  const auto* networks = member(document, "networks");
  if (networks == nullptr) return;
  for (const char* kind : {"nodes", "edges"})
    if (const auto* entries = member(*networks, kind); entries != nullptr && entries->is_array())
      for (const auto& entry : *entries)
        if (is_enabled(entry))
          for (const char* key : {"nodes_file", "node_types_file", "edges_file", "edge_types_file"})
            add_file(entry, key, {}, inputs);
}

}  // namespace

ConfigFiles files_of_config(const io::Json& given, const fs::path& file) {
  const auto document = expanded(given, file);
  ConfigFiles files;
  files.for_lgn = file.filename().string().starts_with("config_filternet") ||
                  document.value("target_simulator", io::Json()) == "LGNModel";
  add_networks(document, files.inputs);
  if (const auto* inputs = member(document, "inputs"); inputs != nullptr && inputs->is_object())
    for (const auto& input : *inputs)
      if (is_enabled(input))
        for (const char* key : {"input_file", "data_file"}) add_file(input, key, {}, files.inputs);
  for (const char* key : {"node_sets_file", "modfile"}) add_file(document, key, {}, files.inputs);

  const auto* output = member(document, "output");
  if (output == nullptr || !output->is_object()) return files;
  const auto* directory = member(*output, "output_dir");
  const fs::path folder =
      directory != nullptr && directory->is_string() ? directory->get<std::string>() : "output";
  for (const char* key :
       {"spikes_file", "spikes_file_csv", "spikes_h5", "spikes_csv", "rates_h5", "rates_csv"})
    add_file(*output, key, folder, files.outputs);
  if (const auto* reports = member(document, "reports"); reports != nullptr && reports->is_object())
    for (const auto& [name, report] : reports->items()) {
      // spikes_report writes nothing of its own: engine/config/report_spec.cpp.
      if (!is_enabled(report) || report.value("module", io::Json()) == "spikes_report") continue;
      io::Json named = report;
      if (!named.contains("file_name")) named["file_name"] = name + ".h5";
      add_file(named, "file_name", folder, files.outputs);
    }
  return files;
}

}  // namespace striate::slurm
