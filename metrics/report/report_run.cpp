// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/report/report_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "core/text.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/node_sets.hpp"
#include "io/sonata/nodes.hpp"
#include "io/text/config_reader.hpp"
#include "io/text/json.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

/// Rows of the cells of V1 that a node set of the configuration selects.
std::vector<std::uint32_t> rows_of_set(const io::SonataConfig& config, const io::Json& set,
                                       const std::string& where, const Cells& cells) {
  const auto populations = io::read_node_populations(
      {{.nodes_file = cells.nodes_file,
        .node_types_file = core::NetworkPaths{cells.nodes_file.parent_path().parent_path()}.node_types(
            core::v1_population)}});
  std::vector<std::uint32_t> rows;
  for (const auto& selection : io::NodeSets::load(config).resolve(set, populations, where))
    if (const auto& population = populations[selection.population]; population.name == core::v1_population)
      for (const auto node : selection.nodes)
        if (const auto row = cells.row_of(population.node_id[node])) rows.push_back(*row);
  return rows;
}

std::string amplitude_text(const std::vector<double>& amplitudes) {
  std::string text;
  for (const double amplitude : amplitudes)
    text += fmt::format("{}{:g}", text.empty() ? "" : ", ", amplitude);
  return text + " pA";
}

/// "-1000 pA from 1 ms for 2999 ms into 57 cells (node set pv_suppressed)", and which cells that silences.
std::string current_of(const io::SonataConfig& config, const std::string& name, const io::Json& input,
                       const Cells& cells, std::vector<char>& silenced) {
  const io::JsonSection section(input, config.file, "/inputs/" + name);
  std::string text = "a current";
  bool is_negative = false;
  if (const auto amplitudes = section.numbers("amp"); amplitudes && !amplitudes->empty()) {
    text = amplitude_text(*amplitudes);
    is_negative = std::ranges::max(*amplitudes) < 0;
    const auto delays = section.numbers("delay"), durations = section.numbers("duration");
    if (amplitudes->size() == 1 && delays && delays->size() == 1)
      text += fmt::format(
          " from {:g} ms on{}", delays->front(),
          durations && durations->size() == 1 ? fmt::format(" for {:g} ms", durations->front()) : "");
  } else if (const auto file = section.string("file")) {
    text += " as in " + *file;
  }
  const auto& set = section.require("node_set");
  const auto rows = rows_of_set(config, set, section.where("node_set"), cells);
  if (is_negative) {
    silenced.resize(cells.size());
    for (const auto row : rows) silenced[row] = 1;
  }
  return fmt::format("{} into {} cells{}", text, rows.size(),
                     set.is_string() ? fmt::format(" (node set {})", set.get<std::string>()) : "");
}

}  // namespace

RunConfig run_config(const fs::path& output, const Cells& cells) {
  RunConfig result;
  std::error_code ignored;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(output, ignored))
    if (entry.path().extension() == ".json" && entry.path().filename().string().starts_with("config"))
      files.push_back(entry.path());
  if (files.empty()) return result;
  std::ranges::sort(files);
  const auto document = io::read_json(files.front());
  const auto config = io::planned_config(document, files.front());
  auto& facts = result.facts;
  facts.emplace_back("configuration", files.front().string());
  const auto section = [&](const char* name) {
    return document.is_object() && document.contains(name) && document[name].is_object() ? document[name]
                                                                                         : io::Json::object();
  };
  const auto run = section("run"), inputs = section("inputs");
  for (const char* key : {"duration", "tstop", "dt"})
    if (run.contains(key) && run[key].is_number()) {
      facts.emplace_back(std::string(key) + " (ms)", io::compact_text(run[key]));
      if (std::string(key) != "dt") result.duration_ms = run[key].get<double>();
    }
  for (const auto& [name, input] : inputs.items()) {
    if (!input.is_object()) continue;
    if (input.value("module", io::Json()) == "IClamp") {
      try {
        facts.emplace_back("current " + name, current_of(config, name, input, cells, result.silenced));
      } catch (const core::ConfigError& error) {  // as the network is now, it could not be run
        facts.emplace_back("current " + name, error.what());
      }
      continue;
    }
    for (const char* key : {"input_file", "module"})
      if (input.contains(key) && input[key].is_string()) {
        facts.emplace_back("input " + name, input[key].get<std::string>());
        break;
      }
  }
  return result;
}

NetworkSize network_size(const fs::path& base) {
  NetworkSize size;
  const auto file = core::NetworkPaths{base}.description();
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return size;
  io::Diagnostics diagnostics;  // of a file that somebody changed: then the size is not known
  const auto tree = io::read_config(file, io::network_configs, diagnostics);
  const auto* entry = tree.find("size");
  const auto number = [&](const char* key) -> std::optional<double> {
    const auto* value = entry == nullptr ? nullptr : entry->value.find(key);
    if (value == nullptr || value->value.kind != io::ConfigNode::Kind::scalar) return std::nullopt;
    return core::parse_number<double>(value->value.text);
  };
  size.radius_um = number("radius_um");
  size.core_radius_um = number("core_radius_um");
  return size;
}

}  // namespace striate::metrics
