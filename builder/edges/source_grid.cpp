// SPDX-License-Identifier: BSD-3-Clause
#include "builder/edges/source_grid.hpp"

#include <algorithm>
#include <numeric>

#include "builder/spec/resolved.hpp"

namespace striate::builder {
namespace {

/// Smaller cells waste fewer candidates but cost more bounds per target; 40 um is the measured optimum here.
constexpr double cell_width_um = 40;
/// Nodes of an earlier build may lie anywhere; so many cells hold a sheet of 20 mm.
constexpr int most_cells_in_plain_grid = 80, most_cells_in_grid = 500;
/// Of a block that is not the whole sheet. Larger ones are far less often, smaller ones are more to look at.
constexpr int cells_across_block = 8;

/// Where a cell stands: its block, then its place in the whole sheet, which is its place in the block, too.
struct CellKey {
  std::uint32_t block, cell;
  auto operator<=>(const CellKey&) const = default;
};

struct Placing {
  int across;  ///< cells
  int in_block;  ///< cells across a block
  double width, origin;
  int blocks_across() const { return (across + in_block - 1) / in_block; }
  CellKey key_of(double x, double z) const {
    const auto index = [&](double value) {
      return std::clamp(static_cast<int>((value - origin) / width), 0, across - 1);
    };
    const int column = index(x), row = index(z);
    return {static_cast<std::uint32_t>(row / in_block * blocks_across() + column / in_block),
            static_cast<std::uint32_t>(row * across + column)};
  }
  /// Of the index-th of squares of so many cells.
  float centre(std::uint32_t index, int cells) const {
    return static_cast<float>(origin + (index + 0.5) * (cells * width));
  }
};

/// Nodes of an earlier build may lie anywhere, so the extent is taken from them.
Placing make_placing(const NetworkSpec& spec, const V1Nodes& nodes) {
  double extent = 1;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    extent = std::max({extent, std::abs(nodes.x[i]), std::abs(nodes.z[i])});
  const bool in_blocks = spec.radius_um > widest_sheet_without_blocks_um;
  const int across = std::clamp(static_cast<int>(2 * extent / cell_width_um) + 1, 1,
                                in_blocks ? most_cells_in_grid : most_cells_in_plain_grid);
  return {across, in_blocks ? cells_across_block : across, 2 * extent * (1 + 1e-9) / across, -extent};
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
    CellKey cell;
    std::uint32_t kind, id;
    auto operator<=>(const Entry&) const = default;
  };
  std::vector<Entry> entries;
  for (std::uint32_t id = 0; id < nodes.size(); ++id) {
    const auto kind = rule.kind_of_population[spec.models[nodes.model[id]].population];
    if (rule.kinds[kind].excitatory == excitatory)
      entries.push_back({placing.key_of(nodes.x[id], nodes.z[id]), place_of_kind[kind], id});
  }
  std::sort(entries.begin(), entries.end());
  grid.cells.half_width = static_cast<float>(0.5 * placing.width * (1 + 1e-5));
  grid.blocks.half_width = static_cast<float>(0.5 * placing.in_block * placing.width * (1 + 1e-5));
  std::size_t next = 0;
  while (next < entries.size()) {
    const auto cell = entries[next].cell;
    if (next == 0 || cell.block != entries[next - 1].cell.block) {
      const auto blocks = static_cast<std::uint32_t>(placing.blocks_across());
      grid.blocks.x.push_back(placing.centre(cell.block % blocks, placing.in_block));
      grid.blocks.y.push_back(placing.centre(cell.block / blocks, placing.in_block));
      grid.first_cell.push_back(static_cast<std::uint32_t>(grid.cells.size()));
    }
    const auto across = static_cast<std::uint32_t>(placing.across);
    grid.cells.x.push_back(placing.centre(cell.cell % across, 1));
    grid.cells.y.push_back(placing.centre(cell.cell / across, 1));
    for (std::uint32_t kind = 0; kind < grid.kinds.size(); ++kind) {
      grid.first.push_back(static_cast<std::uint32_t>(grid.sources.size()));
      for (; next < entries.size() && entries[next].cell == cell && entries[next].kind == kind; ++next) {
        const auto id = entries[next].id;
        grid.sources.push_back({nodes.x[id], nodes.z[id], nodes.tuning_angle[id], id});
      }
    }
  }
  grid.first.push_back(static_cast<std::uint32_t>(grid.sources.size()));
  grid.first_cell.push_back(static_cast<std::uint32_t>(grid.cells.size()));
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
  double before = 0;
  for (std::size_t cell = 0; cell < grid.cells.size(); ++cell) {
    double sum = 0;
    view.mass_before.push_back(before);
    view.mass.push_back(0);
    for (std::size_t k = 0; k < view.kinds.size(); ++k) {
      const auto slot = cell * grid.kinds.size() + view.kinds[k];
      sum += view.peak[k] * (grid.first[slot + 1] - grid.first[slot]);
      view.mass.push_back(sum);
    }
    before += sum;
  }
  view.mass_before.push_back(before);
  return view;
}

}  // namespace

SourceGrid make_source_grid(const NetworkSpec& spec, const V1Nodes& nodes, const ConnectionRule& rule) {
  const auto placing = make_placing(spec, nodes);
  SourceGrid grid{sort_sources(true, spec, nodes, rule, placing),
                  sort_sources(false, spec, nodes, rule, placing)};
  for (auto* sign : {&grid.excitatory, &grid.inhibitory})
    for (std::size_t kind = 0; kind < rule.kinds.size(); ++kind)
      sign->views.push_back(make_view(*sign, rule, kind));
  return grid;
}

}  // namespace striate::builder
