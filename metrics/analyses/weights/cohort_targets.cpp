// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/weights/cohort_targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/values/nan.hpp"
#include "metrics/analyses/weights/cohort_landing.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/output.hpp"
#include "metrics/pooling/network_samples.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;

const char* name_of(CohortLevel level) {
  return cohort_level_names[static_cast<std::size_t>(level)];
}

bool is_any(const LandingGroups&) {
  return true;
}
bool is_in_core(const LandingGroups& targets) {
  return targets.target_region == 0;
}

/// Calls `visit(sources, cells)` for each group of sources with cells.
template <class Visit>
void for_sources(const CohortLanding& landing, Mass mass, std::span<const std::size_t> source_regions,
                 const Visit& visit) {
  for (const auto region : source_regions)
    for (std::size_t base = 0; base < cohort_bases; ++base)
      for (std::size_t level = 0; level < std::size(ranked_levels); ++level) {
        const LandingGroups sources{.mass = mass, .source_region = region, .base = base, .level = level};
        if (const auto members = landing.cells_in(sources); members > 0) visit(sources, members);
      }
}
constexpr std::size_t both_regions[] = {0, 1}, core_alone[] = {0};

std::string label_of(const LandingGroups& sources) {
  return fmt::format("{}_{}_{}", cohort_base_names[sources.base], name_of(ranked_levels[sources.level]),
                     region_names[sources.source_region]);
}

double fraction(double part, double whole) {
  return whole > 0 ? part / whole : nan;
}

/// Every group of targets that received something.
Table long_table(const std::string& network, const CohortLanding& landing) {
  std::vector<std::string> masses, source_regions, cohorts, source_levels, target_regions, shown_classes,
      target_levels;
  std::vector<std::int64_t> sources, connections;
  std::vector<double> totals, fractions;
  for (const auto mass : {Mass::weight, Mass::synapses})
    for_sources(landing, mass, both_regions, [&](const LandingGroups& groups, std::int64_t members) {
      const auto all = landing.sum(groups, is_any);
      for_targets(groups, [&](const LandingGroups& targets) {
        const auto landed = landing.at(targets);
        if (landed.connections == 0) return;
        masses.emplace_back(mass_names[static_cast<std::size_t>(mass)]);
        source_regions.emplace_back(region_names[groups.source_region]);
        cohorts.emplace_back(cohort_base_names[groups.base]);
        source_levels.emplace_back(name_of(ranked_levels[groups.level]));
        sources.push_back(members);
        target_regions.emplace_back(region_names[targets.target_region]);
        shown_classes.emplace_back(target_classes[targets.target_class]);
        target_levels.emplace_back(name_of(targets.target_level));
        connections.push_back(static_cast<std::int64_t>(landed.connections));
        totals.push_back(landed.mass);
        fractions.push_back(fraction(landed.mass, all.mass));
      });
    });
  return {{{"network", std::vector<std::string>(masses.size(), network)},
           {"mass", std::move(masses)},
           {"source_region", std::move(source_regions)},
           {"cohort", std::move(cohorts)},
           {"level", std::move(source_levels)},
           {"source_cells", std::move(sources)},
           {"target_region", std::move(target_regions)},
           {"target_class", std::move(shown_classes)},
           {"target_level", std::move(target_levels)},
           {"n_connections", std::move(connections)},
           {"total", std::move(totals)},
           {"fraction", std::move(fractions)}}};
}

/// Core to core, by class of target; a row per cohort with connections.
Table complete_table(const CohortLanding& landing, Mass mass) {
  std::vector<std::string> labels;
  std::vector<std::int64_t> connections;
  std::vector<double> totals, excitatory, check;
  std::vector<double> exc_high, exc_low, exc_other;
  std::array<std::vector<double>, std::size(target_classes)> inhibitory;
  for_sources(landing, mass, core_alone, [&](const LandingGroups& groups, std::int64_t) {
    const auto all = landing.sum(groups, is_in_core);
    if (all.connections == 0) return;
    const auto part = [&](std::size_t target_class, const auto& takes_level) {
      const auto landed = landing.sum(groups, [&](const LandingGroups& targets) {
        return is_in_core(targets) && targets.target_class == target_class &&
               takes_level(targets.target_level);
      });
      return fraction(landed.mass, all.mass);
    };
    const auto any = [](CohortLevel) { return true; };
    const auto only = [](CohortLevel wanted) {
      return [wanted](CohortLevel level) { return level == wanted; };
    };
    labels.push_back(label_of(groups));
    connections.push_back(static_cast<std::int64_t>(all.connections));
    totals.push_back(all.mass);
    excitatory.push_back(part(0, any));
    exc_high.push_back(part(0, only(CohortLevel::high)));
    exc_low.push_back(part(0, only(CohortLevel::low)));
    exc_other.push_back(part(0, only(CohortLevel::mid)) + part(0, only(CohortLevel::none)));
    check.push_back(excitatory.back());
    for (std::size_t k = 1; k < std::size(target_classes); ++k) {
      inhibitory[k].push_back(part(k, any));
      check.back() += inhibitory[k].back();
    }
  });
  return {{{"group", std::move(labels)},
           {"n_connections", std::move(connections)},
           {mass == Mass::weight ? "total_weight(pA)" : "total_synapses", std::move(totals)},
           {"exc_total", std::move(excitatory)},
           {"exc_high", std::move(exc_high)},
           {"exc_low", std::move(exc_low)},
           {"exc_other", std::move(exc_other)},
           {"inh_pv", std::move(inhibitory[1])},
           {"inh_sst", std::move(inhibitory[2])},
           {"inh_vip", std::move(inhibitory[3])},
           {"inh_htr3a", std::move(inhibitory[4])},
           {"inh_other", std::move(inhibitory[5])},
           {"total_check", std::move(check)}}};
}

/// A group of targets of the reference's tables.
struct WantedGroup {
  std::string name;  ///< "inh_high_pv"
  bool excitatory;
  CohortLevel level;  ///< none: any
  std::size_t target_class = 0;  ///< 0: any inhibitory class
};

std::vector<WantedGroup> thirds() {
  return {{"exc_high", true, CohortLevel::high},
          {"exc_low", true, CohortLevel::low},
          {"inh_high", false, CohortLevel::high},
          {"inh_low", false, CohortLevel::low}};
}

std::vector<WantedGroup> all_target_groups() {
  constexpr const char* short_names[] = {"", "pv", "sst", "vip", "htr3a"};
  auto groups = thirds();
  for (const auto level : {CohortLevel::none, CohortLevel::high, CohortLevel::low})
    for (std::size_t k = 1; k < std::size(short_names); ++k)
      groups.push_back({level == CohortLevel::none ? fmt::format("inh_{}", short_names[k])
                                                   : fmt::format("inh_{}_{}", name_of(level), short_names[k]),
                        false, level, k});
  return groups;
}

bool belongs(const LandingGroups& targets, const WantedGroup& group) {
  return (targets.target_class == 0) == group.excitatory &&
         (group.level == CohortLevel::none || targets.target_level == group.level) &&
         (group.target_class == 0 || targets.target_class == group.target_class);
}

/// From the upper and lower thirds of both regions together to these, all connections being the whole.
Table fraction_table(const std::string& network, const CohortLanding& landing) {
  std::vector<std::string> sources, targets;
  std::vector<double> weights, fractions;
  const auto groups = thirds();
  for (const auto& source : groups) {
    const auto base = static_cast<std::size_t>(source.excitatory ? CohortBase::exc : CohortBase::inh);
    const auto sum = [&](const std::function<bool(const LandingGroups&)>& wanted) {
      double total = 0;
      for (const auto region : both_regions)
        total += landing
                     .sum({.source_region = region,
                           .base = base,
                           .level = static_cast<std::size_t>(source.level) - 1},
                          wanted)
                     .mass;
      return total;
    };
    const double all = sum(is_any);
    for (const auto& target : groups) {
      sources.push_back(source.name);
      targets.push_back(target.name);
      weights.push_back(sum([&](const LandingGroups& landed) { return belongs(landed, target); }));
      fractions.push_back(fraction(weights.back(), all));
    }
  }
  return {{{"network", std::vector<std::string>(sources.size(), network)},
           {"source", std::move(sources)},
           {"target", std::move(targets)},
           {"abs_weight", std::move(weights)},
           {"fraction", std::move(fractions)}}};
}

struct Granular {
  Table full, summary;
};

/// From the core and from the periphery to all cells.
Granular granular_tables(const CohortLanding& landing) {
  const auto groups = all_target_groups();
  std::vector<std::string> labels;
  std::vector<double> totals;
  std::vector<std::vector<double>> weights(groups.size()), fractions(groups.size());
  for_sources(landing, Mass::weight, both_regions, [&](const LandingGroups& sources, std::int64_t) {
    const auto all = landing.sum(sources, is_any);
    if (all.connections == 0) return;
    labels.push_back(label_of(sources));
    totals.push_back(all.mass);
    for (std::size_t g = 0; g < groups.size(); ++g) {
      weights[g].push_back(
          landing.sum(sources, [&](const LandingGroups& targets) { return belongs(targets, groups[g]); })
              .mass);
      fractions[g].push_back(fraction(weights[g].back(), all.mass));
    }
  });
  Granular tables{.full = {{{"source_group", labels}, {"total_weight", std::move(totals)}}},
                  .summary = {{{"group", labels}}}};
  for (std::size_t g = 0; g < groups.size(); ++g) {
    tables.full.columns.push_back({groups[g].name + "_weight", weights[g]});
    tables.full.columns.push_back({groups[g].name + "_fraction", fractions[g]});
    tables.summary.columns.push_back({groups[g].name, fractions[g]});
  }
  return tables;
}

}  // namespace

std::vector<fs::path> make_cohort_targets(const CohortTargetsRequest& request, const core::Comm& comm) {
  const auto edge_file = v1_edge_file(request.base, request.option),
             ranking_file = v1_edge_file(request.base, request.cohort_option);
  const auto landing = land_cohorts({.base = request.base,
                                     .edge_file = edge_file,
                                     .ranking_file = ranking_file,
                                     .core = request.core,
                                     .block_rows = request.block_rows},
                                    comm);
  std::vector<fs::path> files;
  for (const char* pattern : cohort_targets_files)
    files.push_back(table_file(pattern, request.output_directory, request.option));
  if (!comm.is_root()) return files;
  const Provenance provenance{
      .kind = "cohort-targets",
      .inputs = {landing.cells.nodes_file.string(), edge_file.string(), ranking_file.string()},
      .options = {{"cohorts by connections of", request.cohort_option},
                  {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  const auto network = network_name(request.base);
  const auto granular = granular_tables(landing);
  const Table tables[] = {long_table(network, landing),
                          complete_table(landing, Mass::weight),
                          complete_table(landing, Mass::synapses),
                          fraction_table(network, landing),
                          granular.full,
                          granular.summary};
  for (std::size_t k = 0; k < files.size(); ++k) write_csv(files[k], tables[k], ',', provenance);
  return files;
}

std::vector<fs::path> run_cohort_targets(const core::Call& call, const core::Comm& world) {
  const auto networks = all_networks(call);
  const auto output = output_directory(call);
  const std::vector<const char*> parts{"exc_total", "exc_high", "exc_low",   "exc_other", "inh_pv",
                                       "inh_sst",   "inh_vip",  "inh_htr3a", "inh_other"};
  const auto sampled = [](const char* stem, std::vector<const char*> keys, std::vector<const char*> values) {
    return SampledTable{.kind = "cohort-targets",
                        .each = fmt::format("{{tables}}/{}_{{option}}.csv", stem),
                        .means = fmt::format("{{tables}}/{}_networks_{{option}}.csv", stem),
                        .keys = std::move(keys),
                        .number_keys = {},
                        .values = std::move(values),
                        .value_column = "part"};
  };
  // Tables in which a group of targets that received nothing has its 0.
  const SampledTable samples[] = {
      sampled("outgoing_weight_complete_targets", {"group"}, parts),
      sampled("outgoing_synapsecount_complete_targets", {"group"}, parts),
      sampled("outgoing_weight_fraction_table", {"source", "target"}, {"fraction"})};
  std::vector<NetworkPaths> tables;
  for (const auto& what : samples)
    tables.push_back(sampled_files(what, networks, "metrics", output, call.option()));
  auto files =
      make_cohort_targets({.base = call.base(),
                           .option = call.option(),
                           .cohort_option = call.values.text_if("cohorts-from").value_or(call.option()),
                           .output_directory = output,
                           .core = core_rule(call.values)},
                          world);
  for (std::size_t i = 0; i < std::size(samples); ++i)
    for (const auto& file : make_network_means(samples[i], networks, tables[i], output, call.option(), world))
      files.push_back(file);
  return files;
}

}  // namespace striate::metrics
