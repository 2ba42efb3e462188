// SPDX-License-Identifier: BSD-3-Clause
// The numbers of neurons: over all populations, in config and file order. Each of many ranks knows all of
// them, so populations that are all neurons, or have none, keep no table.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace striate::engine {

inline constexpr std::uint32_t no_neuron = std::numeric_limits<std::uint32_t>::max();

class Gids {
 public:
  /// The next population; `is_neuron` by node. Returns how many neurons there are now.
  std::uint64_t add_population(const std::vector<bool>& is_neuron) {
    const auto first = end_of_last();
    const auto neurons = static_cast<std::uint64_t>(std::ranges::count(is_neuron, true));
    auto& added = populations_.emplace_back();
    added = {.first = first, .end = first + neurons, .nodes = is_neuron.size(), .gid = {}, .node = {}};
    if (!added.is_mixed()) return added.end;
    for (std::uint32_t node = 0; node < is_neuron.size(); ++node) {
      added.gid.push_back(is_neuron[node] ? static_cast<std::uint32_t>(first + added.node.size())
                                          : no_neuron);
      if (is_neuron[node]) added.node.push_back(node);
    }
    return added.end;
  }

  /// no_neuron for a virtual node.
  std::uint32_t of(std::size_t population, std::size_t node) const {
    const auto& in = populations_[population];
    if (in.is_mixed()) return in.gid[node];
    return in.first == in.end ? no_neuron : static_cast<std::uint32_t>(in.first + node);
  }
  /// Before of(population, node), where nodes follow each other in no order.
  void prefetch(std::size_t population, std::size_t node) const {
    if (const auto& in = populations_[population]; in.is_mixed()) __builtin_prefetch(&in.gid[node]);
  }

  std::uint32_t population_of(std::uint32_t gid) const {
    const auto in = std::ranges::upper_bound(populations_, std::uint64_t{gid}, {}, &Population::end);
    return static_cast<std::uint32_t>(in - populations_.begin());
  }
  /// Position in the population's file order.
  std::uint32_t node_of(std::uint32_t gid) const {
    const auto& in = populations_[population_of(gid)];
    const auto place = static_cast<std::uint32_t>(gid - in.first);
    return in.is_mixed() ? in.node[place] : place;
  }

  bool has_neurons(std::size_t population) const {
    return populations_[population].first != populations_[population].end;
  }
  std::size_t virtual_nodes(std::size_t population) const {
    const auto& in = populations_[population];
    return in.nodes - (in.end - in.first);
  }

 private:
  struct Population {
    std::uint64_t first = 0, end = 0;  ///< its neurons
    std::uint64_t nodes = 0;
    std::vector<std::uint32_t> gid;  ///< [node], of a mixed population
    std::vector<std::uint32_t> node;  ///< [neuron], of a mixed population
    bool is_mixed() const { return first != end && end - first != nodes; }
  };
  std::vector<Population> populations_;

  std::uint64_t end_of_last() const { return populations_.empty() ? 0 : populations_.back().end; }
};

}  // namespace striate::engine
