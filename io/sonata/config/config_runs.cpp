// SPDX-License-Identifier: BSD-3-Clause
#include "core/errors/error.hpp"
#include "io/sonata/config/sonata_config.hpp"

namespace striate::io {
namespace {

using Pointer = Json::json_pointer;

/// Values that are lists with an item for each run.
std::vector<Pointer> lists_of(const SonataConfig& config) {
  std::vector<Pointer> lists;
  const auto add = [&](const Pointer& pointer) {
    if (config.document.contains(pointer) && config.document.at(pointer).is_array()) lists.push_back(pointer);
  };
  for (const char* key : {"tstop", "duration"}) add(Pointer("/run") / key);
  for (const char* key : {"spikes_file", "spikes_file_csv", "log_file"}) add(Pointer("/output") / key);
  for (const char* section : {"inputs", "reports"}) {
    const auto found = config.document.find(section);
    if (found == config.document.end() || !found->is_object()) continue;
    for (const auto& [name, unused] : found->items())
      for (const char* key : {"input_file", "file", "file_name"}) add(Pointer() / section / name / key);
  }
  return lists;
}

std::string where_of(const SonataConfig& config, const Pointer& value) {
  auto section = value;
  while (!section.parent_pointer().empty()) section = section.parent_pointer();
  return fmt::format("{}:{}", config.section(section.back()).file(), value.to_string());
}

}  // namespace

std::vector<SonataConfig> runs_of_config(const SonataConfig& config) {
  const auto lists = lists_of(config);
  const auto run = config.optional_section("run");
  const auto given = run ? run->integer("n_runs") : std::nullopt;
  constexpr std::int64_t most_runs = 100'000;
  if (given && (*given < 1 || *given > most_runs))
    throw core::ConfigError("invalid {}={} (must be in 1..{})", run->where("n_runs"), *given, most_runs);
  if (lists.empty() && given.value_or(1) == 1) return {config};

  const std::size_t count =
      given ? static_cast<std::size_t>(*given) : config.document.at(lists.front()).size();
  for (const auto& list : lists)
    if (const auto size = config.document.at(list).size(); size != count)
      throw core::ConfigError("{} has {} items (one is needed for each of {} runs{})", where_of(config, list),
                              size, count, given ? "" : "; run.n_runs is not given");
  if (count == 0)
    throw core::ConfigError("{} is empty (one item is needed for each run)", where_of(config, lists.front()));
  for (const char* key : {"spikes_file", "spikes_file_csv"})
    if (const auto file = Pointer("/output") / key;
        count > 1 && config.document.contains(file) && config.document.at(file).is_string())
      throw core::ConfigError("{} is one file for {} runs (each would replace the one before) write a list",
                              where_of(config, file), count);
  std::vector<SonataConfig> runs(count, config);
  for (std::size_t r = 0; r < count; ++r) {
    runs[r].run = r;
    runs[r].whole = config.document;
    for (const auto& list : lists) runs[r].document.at(list) = config.document.at(list).at(r);
  }
  return runs;
}

}  // namespace striate::io
