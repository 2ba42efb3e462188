// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/metric_options.hpp"

#include "core/error.hpp"
#include "io/text/shipped_configs.hpp"

namespace striate::metrics {

namespace fs = std::filesystem;

fs::path output_directory(const core::Call& call) {
  return path_if(call.values, "output_dir").value_or(call.base() / "metrics");
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

std::vector<fs::path> all_networks(const core::Call& call) {
  auto networks = paths(call.values, "networks");
  networks.insert(networks.begin(), call.base());
  return networks;
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

fs::path table_file(const char* pattern, const fs::path& tables, const std::string& option) {
  constexpr std::string_view key = "{option}", folder = "{tables}/";
  std::string name = pattern;
  if (name.starts_with(folder)) name.erase(0, folder.size());
  for (auto at = name.find(key); at != std::string::npos; at = name.find(key, at + option.size()))
    name.replace(at, key.size(), option);
  return tables / name;
}

}  // namespace striate::metrics
