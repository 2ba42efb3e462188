// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/options/metric_options.hpp"

#include <algorithm>
#include <system_error>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/files/network_files.hpp"
#include "io/files/output_place.hpp"
#include "io/text/shipped_configs.hpp"

namespace striate::metrics {

namespace fs = std::filesystem;

fs::path output_directory(const core::Call& call) {
  return path_if(call.values, "output_dir").value_or(call.base() / "metrics");
}

namespace {

using io::resolved;

std::vector<fs::path> resolved(std::vector<fs::path> paths) {
  for (auto& path : paths) path = io::resolved(path);
  std::ranges::sort(paths);
  return paths;
}

}  // namespace

std::string name_beside_usual(const core::Call& call, const std::string& word) {
  const bool has_own_folder = call.values.given("output_dir") &&
                              resolved(output_directory(call)) != resolved(call.base() / "metrics");
  return has_own_folder ? call.option() : call.option() + "_" + word;
}

std::string result_name(const core::Call& call, const std::vector<fs::path>& usual) {
  if (const auto word = call.values.text_if("name")) {
    if (word->empty() || word->find('/') != std::string::npos)
      throw core::UsageError("invalid --name '{}' (a word that names of files can end in)", *word);
    return call.option() + "_" + *word;
  }
  const auto runs = paths(call.values, "run");
  if (runs.empty() || resolved(runs) == resolved(usual)) return call.option();
  const auto first = resolved(runs.front());
  return name_beside_usual(
      call, runs.size() == 1
                ? first.filename().string()
                : fmt::format("{}_{}_runs", first.parent_path().filename().string(), runs.size()));
}

CoreRule core_rule(const core::OptionValues& values) {
  return {.radius_um = values.number("core-radius"),
          .edge = values.is("core-edge", "inclusive") ? CoreRule::Edge::inclusive : CoreRule::Edge::strict};
}

ReferenceValues recorded_values(const core::OptionValues& values) {
  const auto file = path_if(values, "reference");
  return file ? read_unit_table(*file, 0) : read_compact_table(shipped_recordings());
}

fs::path shipped_recordings() {
  return io::config_directory() / "reference/neuropixels.csv";
}

TypePooling pooling(const core::OptionValues& values) {
  return {.l5 = values.is("l5", "pooled"), .inhibitory = values.is("inhibitory", "pooled")};
}

std::vector<fs::path> paths(const core::OptionValues& values, const char* name) {
  const auto texts = values.texts(name);
  return {texts.begin(), texts.end()};
}

std::optional<fs::path> path_if(const core::OptionValues& values, const char* name) {
  const auto text = values.text_if(name);
  return text ? std::optional<fs::path>(*text) : std::nullopt;
}

std::optional<fs::path> node_set_or_none(const core::OptionValues& values, const char* why) {
  const auto targets = values.text_if("targets");
  if (!targets) throw core::UsageError("missing --targets ({}) give the node set or none", why);
  return *targets == "none" ? std::nullopt : std::optional<fs::path>(*targets);
}

void require_own_output(const core::Call& call, const fs::path& file) {
  std::vector<io::NamedPath> inputs;
  const auto add = [&](const std::string& name, const std::string& text) {
    const auto files = io::network_files(text);
    inputs.insert(inputs.end(), files.begin(), files.end());
    std::error_code ignored;
    if (fs::is_regular_file(text, ignored)) inputs.push_back({text, name});
  };
  for (const auto& [name, texts] : call.arguments)
    for (const auto& text : texts) add(name, text);
  for (const auto& option : call.kind->options)
    if (option.type == core::Option::Type::text && std::string_view(option.name) != "output")
      for (const auto& text : call.values.texts(option.name)) add(fmt::format("--{}", option.name), text);
  io::check_outputs({{file, "the output"}}, inputs);
}

fs::path table_file(const char* pattern, const fs::path& tables, const std::string& option) {
  constexpr std::string_view folder = "{tables}/";
  std::string name = pattern;
  if (name.starts_with(folder)) name.erase(0, folder.size());
  core::replace_all(name, "{option}", option);
  core::replace_all(name, "{appendix}", option == "plain" ? "" : "_" + option);
  return tables / name;
}

}  // namespace striate::metrics
