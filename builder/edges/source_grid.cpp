// SPDX-License-Identifier: BSD-3-Clause
#include "builder/edges/source_grid.hpp"

#include <algorithm>
#include <numeric>

namespace striate::builder {
namespace {

/// Smaller cells waste fewer candidates but cost more bounds per target; 40 um is the measured optimum here.
constexpr double cell_width_um = 40;
constexpr int most_cells_across = 80;

struct Placing {
  int across;
  double width, origin;
  std::uint32_t cell_of(double x, double z) const {
    const auto index = [&](double value) {
      return std::clamp(static_cast<int>((value - origin) / width), 0, across - 1);
    };
    return static_cast<std::uint32_t>(index(z) * across + index(x));
  }
};

/// Nodes of an earlier build may lie anywhere, so the extent is taken from them.
Placing make_placing(const V1Nodes& nodes) {
  double extent = 1;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    extent = std::max({extent, std::abs(nodes.x[i]), std::abs(nodes.z[i])});
  const int across = std::clamp(static_cast<int>(2 * extent / cell_width_um) + 1, 1, most_cells_across);
  return {across, 2 * extent * (1 + 1e-9) / across, -extent};
}

SignGrid sort_sources(bool excitatory, const NetworkSpec& spec, const V1Nodes& nodes,
                      const ConnectionRule& rule, const Placing& placing) {
  SignGrid grid;
  std::vector<std::uint32_t> place_of_kind(rule.kinds.size(), 0);
  for (std::uint32_t kind = 0; kind < rule.kinds.size(); ++kind)
    if (rule.kinds[kind].excitatory == excitatory) {
      place_of_kind[kind] = static_cast<std::uint32_t>(grid.kinds.size());
      grid.kinds.push_back(kind);
    }
  struct Entry {
    std::uint32_t cell, kind, id;
    auto operator<=>(const Entry&) const = default;
  };
  std::vector<Entry> entries;
  for (std::uint32_t id = 0; id < nodes.size(); ++id) {
    const auto kind = rule.kind_of_population[spec.models[nodes.model[id]].population];
    if (rule.kinds[kind].excitatory == excitatory)
      entries.push_back({placing.cell_of(nodes.x[id], nodes.z[id]), place_of_kind[kind], id});
  }
  std::sort(entries.begin(), entries.end());
  grid.cells.half_width = static_cast<float>(0.5 * placing.width * (1 + 1e-5));
  std::size_t next = 0;
  while (next < entries.size()) {
    const auto cell = entries[next].cell;
    const auto centre = [&](std::uint32_t index) {
      return static_cast<float>(placing.origin + (index + 0.5) * placing.width);
    };
    const auto across = static_cast<std::uint32_t>(placing.across);
    grid.cells.x.push_back(centre(cell % across));
    grid.cells.y.push_back(centre(cell / across));
    for (std::uint32_t kind = 0; kind < grid.kinds.size(); ++kind) {
      grid.first.push_back(static_cast<std::uint32_t>(grid.sources.size()));
      for (; next < entries.size() && entries[next].cell == cell && entries[next].kind == kind; ++next) {
        const auto id = entries[next].id;
        grid.sources.push_back({nodes.x[id], nodes.z[id], nodes.tuning_angle[id], id});
      }
    }
  }
  grid.first.push_back(static_cast<std::uint32_t>(grid.sources.size()));
  return grid;
}

TargetView make_view(const SignGrid& grid, const ConnectionRule& rule, std::size_t target_kind) {
  TargetView view;
  const auto peak_of = [&](std::uint32_t place) {
    const auto& pair = rule.pair(grid.kinds[place], target_kind);
    return pair.peak * pair.orientation.largest();
  };
  view.kinds.resize(grid.kinds.size());
  std::iota(view.kinds.begin(), view.kinds.end(), 0u);
  std::stable_sort(view.kinds.begin(), view.kinds.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return peak_of(a) > peak_of(b); });
  for (const auto place : view.kinds) {
    view.peak.push_back(peak_of(place));
    view.pairs.push_back(&rule.pair(grid.kinds[place], target_kind));
  }
  for (std::size_t cell = 0; cell < grid.cells.size(); ++cell) {
    double sum = 0;
    view.mass.push_back(0);
    for (std::size_t k = 0; k < view.kinds.size(); ++k) {
      const auto slot = cell * grid.kinds.size() + view.kinds[k];
      sum += view.peak[k] * (grid.first[slot + 1] - grid.first[slot]);
      view.mass.push_back(sum);
    }
  }
  return view;
}

}  // namespace

SourceGrid make_source_grid(const NetworkSpec& spec, const V1Nodes& nodes, const ConnectionRule& rule) {
  const auto placing = make_placing(nodes);
  SourceGrid grid{sort_sources(true, spec, nodes, rule, placing),
                  sort_sources(false, spec, nodes, rule, placing)};
  for (auto* sign : {&grid.excitatory, &grid.inhibitory})
    for (std::size_t kind = 0; kind < rule.kinds.size(); ++kind)
      sign->views.push_back(make_view(*sign, rule, kind));
  return grid;
}

}  // namespace striate::builder
