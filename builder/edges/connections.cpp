// SPDX-License-Identifier: BSD-3-Clause
#include "builder/edges/connections.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace striate::builder {
namespace {

/// Above this bound sources are tried one by one: there, most candidates are connections.
constexpr double direct_probability = 0.3;
/// A block is far where its bound is at most this and few candidates in vain are expected of it: they cost
/// less than a bound for each of its cells.
constexpr double far_probability = 0.1, most_far_candidates = 1;

inline double probability(const Gaussian2d& gaussian, const KindPair& pair, double tuning_angle,
                          double size_factor, const SourceCell& source) {
  double p = pair.peak * size_factor * gaussian_at(gaussian, source.x, source.z);
  if (pair.orientation.active)
    p *= pair.orientation.at(orientation_difference(source.tuning_angle, tuning_angle));
  return p;
}

}  // namespace

ConnectionSampler::ConnectionSampler(const NetworkSpec& spec, const V1Nodes& nodes,
                                     const ConnectionRule& rule, const SourceGrid& grid)
    : spec_(spec), nodes_(nodes), rule_(rule), grid_(grid), found_(nodes.size()) {}

void ConnectionSampler::sample(std::uint32_t id, SourceColumn& sources) {
  const auto& population = spec_.populations[spec_.models[nodes_.model[id]].population];
  const auto kind = rule_.kind_of_population[spec_.models[nodes_.model[id]].population];
  Target target{.id = id,
                .size_factor = nodes_.target_size[id] / static_cast<double>(population.size_mean),
                .tuning_angle = nodes_.tuning_angle[id],
                .gaussian = {}};
  core::RandomStream random(spec_.seed, core::Purpose::recurrent_connection, id);
  if (target.size_factor > 0)
    for (const bool excitatory : {true, false}) {
      const auto& grid = excitatory ? grid_.excitatory : grid_.inhibitory;
      target.gaussian = lateral_gaussian(spec_, nodes_, id, excitatory);
      sample_sign(grid, grid.views[kind], target, random);
    }
  found_.drain([&](std::uint32_t source) { sources.push_back(source); });
}

void ConnectionSampler::sample_sign(const SignGrid& grid, const TargetView& view, const Target& target,
                                    core::RandomStream& random) {
  if (grid.sources.empty()) return;
  bound_.resize(grid.cells.size());
  const std::size_t blocks = grid.blocks.size();
  if (blocks > 1) bound_gaussian(target.gaussian, grid.blocks, block_bound_);
  double distance = random.exponential();  // to the next candidate, in units of the bounding intensity
  for (std::size_t block = 0; block < blocks; ++block) {
    if (blocks > 1 && walk_far_block(grid, view, target, block, distance, random)) continue;
    walk_cells(grid, view, target, block, distance, random);
  }
  keep_some(grid, view, target);
}

/// With one bound for the whole block, where that pays; else does nothing and returns false.
bool ConnectionSampler::walk_far_block(const SignGrid& grid, const TargetView& view, const Target& target,
                                       std::size_t block, double& distance, core::RandomStream& random) {
  const double scale = block_bound_[block] * target.size_factor;
  const double largest = view.peak[0] * scale;
  const auto first = grid.first_cell[block], end = grid.first_cell[block + 1];
  const double before = view.mass_before[first], mass = view.mass_before[end] - before;
  if (largest > far_probability || mass * scale > most_far_candidates) return false;
  const double intensity_scale = intensity_bound(scale, largest);
  const double intensity = mass * intensity_scale;
  for (; distance < intensity; distance += random.exponential()) {
    const double point = before + distance / intensity_scale;
    const auto* cells = view.mass_before.data();
    auto cell = static_cast<std::size_t>(std::upper_bound(cells + first + 1, cells + end, point) - cells) - 1;
    while (cells[cell + 1] == cells[cell] && cell > first) --cell;  // rounding may land behind the last
    propose(grid, view, target, cell,
            {std::max(0.0, point - cells[cell]), random.uniform(), intensity_scale});
  }
  distance -= intensity;
  return true;
}

/// With a bound for each cell of the block.
void ConnectionSampler::walk_cells(const SignGrid& grid, const TargetView& view, const Target& target,
                                   std::size_t block, double& distance, core::RandomStream& random) {
  const std::size_t kinds = view.kinds.size();
  const double highest = view.peak[0] * target.size_factor;
  const std::size_t first = grid.first_cell[block], end = grid.first_cell[block + 1];
  bound_gaussian(target.gaussian, grid.cells, first, end, bound_);
  const double* mass = view.mass.data() + first * (kinds + 1);
  for (std::size_t cell = first; cell < end; ++cell, mass += kinds + 1) {
    const double scale = bound_[cell] * target.size_factor;
    std::size_t skipped = 0;
    double largest = highest * bound_[cell];
    if (largest > direct_probability) {
      skipped = try_all(grid, view, target, cell, scale, random);
      if (skipped == kinds) continue;
      largest = view.peak[skipped] * scale;
    }
    const double intensity_scale = intensity_bound(scale, largest);
    const double intensity = (mass[kinds] - mass[skipped]) * intensity_scale;
    for (; distance < intensity; distance += random.exponential())
      propose(grid, view, target, cell,
              {mass[skipped] + distance / intensity_scale, random.uniform(), intensity_scale});
    distance -= intensity;
  }
}

/// Tries each source of the kinds whose bound is high; returns how many kinds that were.
std::size_t ConnectionSampler::try_all(const SignGrid& grid, const TargetView& view, const Target& target,
                                       std::size_t cell, double scale, core::RandomStream& random) {
  std::size_t k = 0;
  for (; k < view.kinds.size() && view.peak[k] * scale > direct_probability; ++k) {
    const auto slot = cell * grid.kinds.size() + view.kinds[k];
    candidates_ += grid.first[slot + 1] - grid.first[slot];
    for (auto i = grid.first[slot]; i < grid.first[slot + 1]; ++i) {
      const auto& source = grid.sources[i];
      const double p =
          probability(target.gaussian, *view.pairs[k], target.tuning_angle, target.size_factor, source);
      if (random.uniform() < p && source.id != target.id) found_.insert(source.id);
    }
  }
  return k;
}

/// Sources lie scattered in memory, so they are only asked for here and looked at when all candidates are
/// known.
void ConnectionSampler::propose(const SignGrid& grid, const TargetView& view,
                                [[maybe_unused]] const Target& target, std::size_t cell, const Point& point) {
  const double* sums = view.mass.data() + cell * (view.kinds.size() + 1);
  std::uint32_t k = 0;
  while (k + 1 < view.kinds.size() && point.mass >= sums[k + 1]) ++k;
  while (sums[k + 1] == sums[k] && k > 0) --k;  // rounding may land behind the last source
  const auto slot = cell * grid.kinds.size() + view.kinds[k];
  const auto first = grid.first[slot], count = grid.first[slot + 1] - first;
  const auto place = static_cast<std::uint32_t>(std::max(0.0, (point.mass - sums[k]) / view.peak[k]));
  const auto source = first + std::min(place, count - 1);
  __builtin_prefetch(&grid.sources[source]);
  assert(-std::log1p(-probability(target.gaussian, *view.pairs[k], target.tuning_angle, target.size_factor,
                                  grid.sources[source])) <= point.intensity_scale * view.peak[k]);
  proposed_.push_back({source, k, point.level * point.intensity_scale * view.peak[k]});
}

/// Keeps candidates with probability -log(1 - p) / bound.
void ConnectionSampler::keep_some(const SignGrid& grid, const TargetView& view, const Target& target) {
  for (const auto& candidate : proposed_) {
    const auto& source = grid.sources[candidate.source];
    const double p = probability(target.gaussian, *view.pairs[candidate.k], target.tuning_angle,
                                 target.size_factor, source);
    if (below_intensity(candidate.level, p) && source.id != target.id) found_.insert(source.id);
  }
  candidates_ += proposed_.size();
  proposed_.clear();
}

}  // namespace striate::builder
