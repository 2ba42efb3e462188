// SPDX-License-Identifier: BSD-3-Clause
#include "engine/summary/type_rates.hpp"

#include <algorithm>
#include <map>

#include "core/log.hpp"

namespace striate::engine {
namespace {

/// Names of cell types, node by node; those of types are looked up once.
class Labels {
 public:
  explicit Labels(const io::NodePopulation& population) : population_(population) {
    if (!population.has_attribute("pop_name")) return;
    if (auto column = population.column("pop_name"); std::holds_alternative<Texts>(*column))
      own_ = std::get<Texts>(*std::move(column));
  }
  const std::string& of(std::uint32_t node) {
    if (!own_.empty() && !io::is_absent(own_[node])) return own_[node];
    auto [label, is_new] = of_type_.try_emplace(population_.node_type_id(node));
    if (is_new) label->second = of_type(node);
    return label->second;
  }

 private:
  using Texts = std::vector<std::string>;
  const io::NodePopulation& population_;
  Texts own_;  ///< [node], where nodes.h5 has the column
  std::map<std::uint64_t, std::string> of_type_;

  std::string of_type(std::uint32_t node) const {
    const std::uint32_t row = population_.type_row[node];
    if (row < population_.types.size())
      if (const auto name = population_.types.text(row, "pop_name")) return std::string(*name);
    return fmt::format("type {}", static_cast<std::int64_t>(population_.node_type_id(node)));
  }
};

}  // namespace

std::vector<TypeRate> rates_by_type(std::span<const std::uint64_t> spikes, const Network& network,
                                    const Partition& partition, const core::Comm& comm) {
  std::vector<TypeRate> rates;
  std::map<std::string, std::size_t> place;  // by label
  std::vector<std::uint32_t> kind(network.neuron_count());  // [gid]
  std::vector<Labels> labels(network.populations.begin(), network.populations.end());
  for (std::uint32_t gid = 0; gid < network.neuron_count(); ++gid) {
    const auto& label = labels[network.gids.population_of(gid)].of(network.gids.node_of(gid));
    const auto [entry, added] = place.try_emplace(label, rates.size());
    if (added) rates.push_back({.label = label});
    kind[gid] = static_cast<std::uint32_t>(entry->second);
    ++rates[entry->second].cells;
  }
  std::vector<std::int64_t> counts(rates.size(), 0);
  for (std::size_t lid = 0; lid < spikes.size(); ++lid)
    if (const std::uint32_t gid = partition.gid_of_lid[lid]; gid != no_neuron)
      counts[kind[gid]] += static_cast<std::int64_t>(spikes[lid]);
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
