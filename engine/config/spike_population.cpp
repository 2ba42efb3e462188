// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/spike_population.hpp"

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/text.hpp"

namespace striate::engine {
namespace {

bool is_listed(std::span<const std::string> names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::vector<std::string> populations_of_file(const SpikeInput& input) {
  return input.format == SpikeInput::Format::csv ? io::spike_populations_csv(input.file)
                                                 : io::spike_populations(input.file);
}

SpikeChoice choose_spike_population(const SpikeInput& input, const std::vector<std::string>& present,
                                    const std::string& target, std::span<const std::string> targets,
                                    std::span<const std::string> nodes) {
  if (present.empty())
    return {.population = std::nullopt,
            .warning = targets.size() < 2
                           ? ""
                           : fmt::format("{} names no population, and {}/node_set selects {} (its "
                                         "spikes drive each of them)",
                                         input.file, input.where, fmt::join(targets, ", "))};
  if (input.population) {
    if (!is_listed(present, *input.population))
      throw core::FormatError("no spikes of population {} in {} (it has: {}){}", *input.population,
                              input.file, fmt::join(present, ", "),
                              core::did_you_mean(*input.population, present));
    return {.population = input.population, .warning = ""};
  }
  if (is_listed(present, target)) return {.population = target, .warning = ""};
  std::vector<std::string> left;
  for (const auto& name : present)
    if (!is_listed(targets, name) && (present.size() == 1 || !is_listed(nodes, name))) left.push_back(name);
  const bool others_match =
      std::ranges::any_of(targets, [&](const auto& name) { return is_listed(present, name); });
  if (others_match && left.empty())
    return {.plays = false,
            .population = std::nullopt,
            .warning = fmt::format("no spikes for '{}' in {} (it has: {}), which {}/node_set selects", target,
                                   input.file, fmt::join(present, ", "), input.where)};
  if (left.size() == 1)
    return {
        .population = left.front(),
        .warning = fmt::format("population '{}' of {} drives '{}' (no other there can be meant) name it in "
                               "{}/population",
                               left.front(), input.file, target, input.where)};
  throw core::ConfigError(
      "no spikes of population '{}' in {} (it has: {}) name the one that is meant in "
      "{}/population{}",
      target, input.file, fmt::join(present, ", "), input.where, core::did_you_mean(target, present));
}

}  // namespace striate::engine
