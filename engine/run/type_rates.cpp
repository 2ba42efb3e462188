// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/type_rates.hpp"

#include <algorithm>
#include <map>

#include "core/log.hpp"

namespace striate::engine {
namespace {

std::string label_of(const io::NodePopulation& population, std::uint32_t node) {
  const std::uint32_t row = population.type_row[node];
  if (row < population.types.size())
    if (const auto name = population.types.text(row, "pop_name")) return std::string(*name);
  return fmt::format("type {}", population.node_type_id[node]);
}

}  // namespace

std::vector<TypeRate> rates_by_type(std::span<const LocalSpike> spikes, const Network& network,
                                    const Partition& partition, const core::Comm& comm) {
  std::vector<TypeRate> rates;
  std::map<std::string, std::size_t> place;  // by label
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::size_t> place_of_type;  // by population and type id
  std::vector<std::uint32_t> kind(network.neuron_count());  // [gid]
  for (std::uint32_t gid = 0; gid < network.neuron_count(); ++gid) {
    const auto& population = network.populations[network.population_of_gid[gid]];
    const std::uint32_t node = network.node_of_gid[gid];
    const auto [known, is_new] =
        place_of_type.try_emplace({network.population_of_gid[gid], population.node_type_id[node]}, 0);
    if (is_new) {
      const auto [entry, added] = place.try_emplace(label_of(population, node), rates.size());
      if (added) rates.push_back({.label = entry->first});
      known->second = entry->second;
    }
    kind[gid] = static_cast<std::uint32_t>(known->second);
    ++rates[known->second].cells;
  }
  std::vector<std::int64_t> counts(rates.size(), 0);
  for (const auto& spike : spikes) ++counts[kind[partition.gid_of_lid[spike.lid.value]]];
  comm.sum_in_place(counts);
  for (std::size_t i = 0; i < rates.size(); ++i) rates[i].spikes = counts[i];
  return rates;
}

void log_rates(std::span<const TypeRate> rates, double simulated_ms) {
  constexpr std::size_t most_lines = 60;
  if (rates.size() > most_lines) return;
  core::log::info("{:<14}{:>8} {:>10}", "cell type", "cells", "rate (Hz)");
  for (const auto& rate : rates)
    core::log::info(
        "{:<14}{:>8} {:>10.3f}", rate.label, rate.cells,
        static_cast<double>(rate.spikes) / static_cast<double>(rate.cells) / (simulated_ms / 1000));
}

}  // namespace striate::engine
