// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/weights/cohort_landing.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "metrics/base/cell_sums.hpp"
#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
namespace {

constexpr EdgeQuantity rankings[] = {EdgeQuantity::outgoing_weight, EdgeQuantity::outgoing_synapses};
constexpr Region regions[] = {Region::core, Region::periphery};
constexpr std::size_t third_count = std::size(ranked_levels), all_levels = std::size(cohort_level_names),
                      class_count = std::size(target_classes), unknown_class = class_count - 1;

std::size_t class_index(const std::string& type) {
  const auto shown = is_excitatory(type) ? std::string("Exc") : simplify_inhibitory(type);
  const auto found = std::ranges::find(target_classes, shown);
  return std::min<std::size_t>(static_cast<std::size_t>(found - target_classes), unknown_class);
}

constexpr std::size_t place_of(const LandingGroups& g) {
  const std::size_t sources =
      ((static_cast<std::size_t>(g.mass) * region_count + g.source_region) * cohort_bases + g.base) *
          third_count +
      g.level;
  return (((sources * region_count + g.target_region) * class_count + g.target_class) * all_levels +
          static_cast<std::size_t>(g.target_level)) *
         2;
}
constexpr std::size_t sum_count =
    mass_count * region_count * cohort_bases * third_count * region_count * class_count * all_levels * 2;

std::size_t region_of(const Cells& cells, std::uint32_t row) {
  return cells.core[row] != 0 ? 0 : 1;
}

}  // namespace

std::int64_t CohortLanding::cells_in(const LandingGroups& sources) const {
  const auto& cohorts = ranks[static_cast<std::size_t>(sources.mass)][sources.source_region];
  return std::ranges::count(cohorts.level[sources.base], ranked_levels[sources.level]);
}

LandedMass CohortLanding::at(const LandingGroups& groups) const {
  const auto place = place_of(groups);
  return {sums[place], sums[place + 1]};
}

LandedMass CohortLanding::sum(const LandingGroups& sources, const WantedTargets& wanted) const {
  LandedMass total;
  for_targets(sources, [&](const LandingGroups& groups) {
    if (!wanted(groups)) return;
    const auto landed = at(groups);
    total.connections += landed.connections;
    total.mass += landed.mass;
  });
  return total;
}

CohortLanding land_cohorts(const LandingRequest& request, const core::Comm& comm) {
  CohortLanding landing;
  landing.cells = read_cells(request.base, request.core);
  const auto& cells = landing.cells;
  for (std::size_t mass = 0; mass < mass_count; ++mass) {
    const auto quantity = cell_sums(request.ranking_file, cells, rankings[mass], comm, request.block_rows);
    for (std::size_t r = 0; r < region_count; ++r)
      landing.ranks[mass][r] = make_cohorts(cells, quantity, {.region = regions[r]});
  }
  std::vector<std::size_t> class_of_type;
  for (const auto& type : cells.type_names) class_of_type.push_back(class_index(type));
  const io::EdgePopulation edges(request.edge_file, v1_edge_population);
  require_edge_weights(edges);
  const auto visit = [&](std::uint64_t, const io::EdgeSlab& slab, std::span<double> sums) {
    const auto synapses = synapse_counts(edges, slab);
    for (std::size_t i = 0; i < slab.size(); ++i) {
      const auto [source, target] = ends_of(slab, i, cells, edges.file());
      const double weight = std::abs(slab.syn_weight->values[i]), count = synapses ? synapses->values[i] : 1;
      if (!std::isfinite(weight) || !std::isfinite(count))
        throw core::FormatError("no syn_weight or number of synapses in row {} of {} (its group lacks them)",
                                slab.first + i, edges.file());
      LandingGroups groups{.source_region = region_of(cells, source),
                           .target_region = region_of(cells, target),
                           .target_class = class_of_type[cells.type[target]]};
      const auto target_base =
          static_cast<std::size_t>(groups.target_class == 0 ? CohortBase::exc : CohortBase::inh);
      for (const auto mass : {Mass::weight, Mass::synapses}) {
        const auto& ranks = landing.ranks[static_cast<std::size_t>(mass)];
        groups.mass = mass;
        groups.target_level = ranks[groups.target_region].level[target_base][target];
        for (groups.base = 0; groups.base < cohort_bases; ++groups.base) {
          const auto level = ranks[groups.source_region].level[groups.base][source];
          if (level == CohortLevel::none) continue;
          groups.level = static_cast<std::size_t>(level) - 1;
          const auto place = place_of(groups);
          sums[place] += 1;
          sums[place + 1] += mass == Mass::weight ? weight : count;
        }
      }
    }
  };
  landing.sums = sum_edge_blocks(edges, sum_count, visit, comm, request.block_rows);
  return landing;
}

}  // namespace striate::metrics
